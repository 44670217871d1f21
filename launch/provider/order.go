package provider

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Order is everything that a create needs.
type Order struct {
	Offer Offer
	// Nonce marks what this order makes: of NewNonce, and never used for another.
	Nonce string
	// Name is for whom the box is, such as Owner(run, attempt): it stands in the
	// box's name behind the nonce, cut where the provider has no room for it.
	Name string
	// Image is a container image, best by digest, where Facts.Image says so.
	Image string
	// PublicKey is the line of authorized_keys that opens the box.
	PublicKey string
	DiskGB    int // 0: the provider's default
	// Env reaches the box where Facts.Env says so. Secrets belong elsewhere if they
	// can: the provider's listings show this.
	Env Env
	// Bootstrap is a shell script that runs when the box starts; "": none. On RunPod
	// it takes the place of the image's own command, which starts sshd there: it has
	// to do that itself, as with exec /start.sh.
	Bootstrap string
	// MaxLife is written into the box's environment as TRAINYARD_MAX_LIFE in seconds
	// where Facts.Env says so: no provider's own timer can be trusted.
	MaxLife time.Duration
	// MaxPrice is the dearest that the box may turn out, in dollars an hour for all of it:
	// a box above it is given back at once.
	MaxPrice float64
}

// Env are environment variables. However it is printed, it tells no name and no value.
type Env map[string]string

func (e Env) String() string { return fmt.Sprintf("[%d variables]", len(e)) }

// GoString is String, for %#v.
func (e Env) GoString() string { return e.String() }

// MarshalJSON writes String.
func (e Env) MarshalJSON() ([]byte, error) { return json.Marshal(e.String()) }

// NewNonce is 64 random bits in hexadecimal digits.
func NewNonce() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// mark begins the name of everything that we rent.
const mark = "trainyard-"

var (
	nonceShape = regexp.MustCompile(`^[0-9a-f]{12,32}$`)
	markShape  = regexp.MustCompile(`^` + mark + `([0-9a-f]{12,32})(?:-(.*))?$`)
	nameShape  = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)
	keyShape   = regexp.MustCompile(`^(ssh|ecdsa|sk)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/=]+( [A-Za-z0-9@._+=:/ -]*)?$`)
	envShape   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	ownerShape = regexp.MustCompile(`^([0-9a-f]{32})-a([0-9]+)$`)
)

// marked is the name of the box, at most limit bytes of it.
func (o Order) marked(limit int) string {
	name := strings.TrimSuffix(mark+o.Nonce+"-"+o.Name, "-")
	if limit > 0 && len(name) > limit {
		return name[:limit]
	}
	return name
}

// readMark reads the nonce and the order's name from a box's name; "" where it
// bears no mark.
func readMark(name string) (nonce, rest string) {
	m := markShape.FindStringSubmatch(name)
	if m == nil {
		return "", ""
	}
	return m[1], m[2]
}

// Owner is the Name of an order for an attempt of a run. It is so short that it
// fits behind every provider's mark.
func Owner(run string, attempt int) string {
	return strings.ReplaceAll(run, "-", "") + "-a" + strconv.Itoa(attempt)
}

// ReadOwner is the other way round; ok is false for names of another kind.
func ReadOwner(name string) (run string, attempt int, ok bool) {
	m := ownerShape.FindStringSubmatch(name)
	if m == nil {
		return "", 0, false
	}
	attempt, err := strconv.Atoi(m[2])
	id := m[1]
	return strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-"), attempt, err == nil
}

// check reports every fault of an order before money is spent. It names no value
// of the environment.
func (o Order) check(p Provider) error {
	facts := p.Facts()
	var faults []error
	bad := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf("order: "+format, args...))
		}
	}
	bad(o.Offer.Provider == p.Name(), "the offer is of %q, and %s is asked", o.Offer.Provider, p.Name())
	bad(o.Offer.ID != "", "the offer has no id")
	bad(nonceShape.MatchString(o.Nonce), "nonce %q: give 12 to 32 hexadecimal digits, as NewNonce does", o.Nonce)
	bad(nameShape.MatchString(o.Name), "name %q: give letters, digits, dots and dashes", o.Name)
	bad(keyShape.MatchString(o.PublicKey), "the public key is no line of authorized_keys such as ssh-ed25519 AAAA… me@host")
	bad(o.DiskGB >= 0, "disk of %d GB: give a size", o.DiskGB)
	bad(o.MaxLife > 0, "max life is %v: a box needs an end", o.MaxLife)
	bad(o.MaxPrice > 0, "max price is %v: give the most dollars an hour that the box may cost", o.MaxPrice)
	if err := Providers[p.Name()].ImageFault(o.Image); err != nil {
		faults = append(faults, err)
	}
	bad(facts.Env || len(o.Env) == 0, "%s has no environment for a box: hand the %d variables over another way", p.Name(), len(o.Env))
	for _, name := range slices.Sorted(maps.Keys(o.Env)) {
		ok := envShape.MatchString(name) && !strings.ContainsRune(o.Env[name], 0)
		bad(ok, "a variable of the environment has a name or a value that none can have")
	}
	return errors.Join(faults...)
}

// environment is what the box gets: ours on top of the order's.
func (o Order) environment() map[string]string {
	env := maps.Clone(map[string]string(o.Env))
	if env == nil {
		env = map[string]string{}
	}
	env["TRAINYARD_NONCE"] = o.Nonce
	env["TRAINYARD_MAX_LIFE"] = strconv.FormatInt(int64(o.MaxLife.Seconds()), 10)
	return env
}

// hidden are the texts that no error may show.
func (o Order) hidden() (all []string) {
	for name, value := range o.Env {
		all = append(all, name, value)
	}
	return all
}
