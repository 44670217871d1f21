package provider

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"trainyard/launch/price"
)

// A State is where a box stands, in one vocabulary for all providers.
type State string

const (
	Provisioning State = "provisioning" // being allotted, booting, pulling its image
	Running      State = "running"      // the box is up; what runs on it is another matter
	Stopped      State = "stopped"      // halted, and its disk is still billed
	Preempted    State = "preempted"    // taken away or outbid
	Terminating  State = "terminating"  // on its way out
	Gone         State = "gone"         // nothing is left, and nothing is billed
	Broken       State = "error"        // the provider says that it failed
	Unknown      State = "unknown"      // the provider cannot see it, or says a word that we do not know
)

// A Box is one rented machine or container.
type Box struct {
	Provider string `json:"provider"`
	ID       string `json:"id"`
	Label    string `json:"label"`           // its name as the provider shows it
	Nonce    string `json:"nonce,omitempty"` // "": it bears no mark of ours
	Name     string `json:"name,omitempty"`  // of the order, as far as it fitted
	State    State  `json:"state"`
	Word     string `json:"word"` // the provider's own word for the state
	SSH      SSH    `json:"ssh,omitzero"`
	// PricePerHour is what it costs now in dollars; 0: not told.
	PricePerHour float64   `json:"price_per_hour"`
	CreatedAt    time.Time `json:"created_at,omitzero"` // zero: not told
	// Billing says that it costs money now, and BillingWhy on what grounds. Where it
	// is not known, it is taken to cost.
	Billing    bool   `json:"billing"`
	BillingWhy string `json:"billing_why"`
	GPU        string `json:"gpu,omitempty"` // canonical
	Count      int    `json:"count,omitempty"`
	Region     string `json:"region,omitempty"`
}

// SSH is where a box is reached; Host is empty while it is not.
type SSH struct {
	Host string `json:"host"`
	Port int    `json:"port"`
	User string `json:"user"`
}

// Ready reports whether the box can be dialled.
func (b Box) Ready() bool { return b.State == Running && b.SSH.Host != "" && b.SSH.Port > 0 }

// Live reports whether anything is left of the box.
func (b Box) Live() bool { return b.State != Gone }

// usable reports whether a box is worth adopting. One that cannot be seen may come
// back, and is billed meanwhile.
func (b Box) usable() bool {
	return b.State == Provisioning || b.State == Running || b.State == Unknown
}

// marked gives the box what its name says.
func (b Box) marked(label string) Box {
	b.Label = label
	b.Nonce, b.Name = readMark(label)
	return b
}

// ofNonce are the boxes of a nonce of which anything is left, the oldest first.
func ofNonce(boxes []Box, nonce string) []Box {
	return live(boxes, func(b Box) bool { return b.Nonce == nonce })
}

func live(boxes []Box, ours func(Box) bool) []Box {
	var found []Box
	for _, b := range boxes {
		if b.Live() && ours(b) {
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(a, b Box) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.ID, b.ID))
	})
	return found
}

// A Charge is what a provider says that a box cost: see [price.Charge].
type Charge = price.Charge

// A SelfDestruct is how a program in the box ends the box through the provider's
// API: the request is Method URL with the header Authorization: Bearer and the value
// of the environment variable KeyEnv, which the provider sets. The box is gone when
// a GET of the same URL says so.
type SelfDestruct struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	KeyEnv string `json:"key_env"`
	IDEnv  string `json:"id_env"` // the variable with the box's own id, to make sure that it is this one
	// Verified says that the provider documents that the key may do this.
	Verified bool   `json:"verified"`
	Note     string `json:"note,omitempty"`
}
