package rented

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trainyard/launch/bucket"
	"trainyard/launch/env"
	"trainyard/launch/provider"
)

// A Config is what the settings say of a place.
type Config struct {
	GPU      string  `json:"gpu"`       // canonical name or its beginning: h100, h100-sxm
	MaxPrice float64 `json:"max_price"` // the dearest GPU-hour in US dollars; required
	Region   string  `json:"region"`    // words that the offer's region must have
	Image    string  `json:"image"`     // container image, best by digest, where the provider takes one
	Disk     int     `json:"disk"`      // GB; 0: the provider's default
	Spot     bool    `json:"spot"`      // also boxes that may be taken away
	// Identity is the file of the private key that opens the box; the public one lies
	// beside it as NAME.pub. Empty: ~/.ssh/id_ed25519.
	Identity string `json:"identity"`
	// MaxLife ends the box whatever happens; empty: the attempt's deadline and an hour,
	// or 24h.
	MaxLife string `json:"max_life"`
	// Keep is what is brought home before the box is given back: model (the default:
	// everything but checkpoints), all, or logs.
	Keep string `json:"keep"`
	// Path are directories on the box that programs are looked for in first.
	Path []string `json:"path"`
	// SelfDestruct has the supervisor in the box end it after the collection window,
	// with the key that the provider puts into the box's environment.
	SelfDestruct bool `json:"self_destruct"`
	// Env, Index and Python are as those of ssh. Empty Env: none where Image or Path
	// says what the box has, else lock.
	Env    string `json:"env"`
	Index  string `json:"index"`
	Python string `json:"python"`
	Stage  string `json:"stage"` // as that of ssh
}

// env is Env with its default.
func (c Config) env() string {
	switch {
	case c.Env != "":
		return c.Env
	case c.Image != "" || len(c.Path) > 0:
		return env.None
	}
	return env.OfTrainer
}

// Example is a place as config.yaml has it.
func Example(kind provider.Kind) string {
	image := ""
	if kind.Facts().Image {
		image = `image: "you/trainer@sha256:…"   # has sshd and the trainer
`
	}
	return `gpu: h100-sxm        # as trainyard gpus names it, or its beginning: h100
max_price: 3.20      # the dearest GPU-hour
` + image + `disk: 800            # GB
identity: ~/.ssh/id_ed25519     # opens the box; its .pub lies beside it
keep: model          # what comes home: all but checkpoints; or all, or logs`
}

var keeps = []string{"model", "all", "logs"}

func (c Config) check(kind provider.Kind) error {
	var faults []error
	if c.GPU == "" {
		faults = append(faults, errors.New("gpu is missing: give one, such as h100 (trainyard gpus lists them)"))
	}
	if !(c.MaxPrice > 0) {
		faults = append(faults, errors.New("max_price is missing: give the dearest GPU-hour in US dollars"))
	}
	if err := kind.ImageFault(c.Image); err != nil {
		faults = append(faults, err)
	}
	if c.Keep != "" && !slices.Contains(keeps, c.Keep) {
		faults = append(faults, fmt.Errorf("keep is %q: give %s", c.Keep, strings.Join(keeps, ", ")))
	}
	if _, _, err := bucket.Parse(c.Stage); c.Stage != "" && err != nil {
		faults = append(faults, fmt.Errorf("stage: %w", err))
	}
	if c.Disk < 0 {
		faults = append(faults, fmt.Errorf("disk is %d: give GB", c.Disk))
	}
	if _, err := c.life(0); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// life is how long the box may live.
func (c Config) life(deadline time.Duration) (time.Duration, error) {
	switch {
	case c.MaxLife != "":
		d, err := time.ParseDuration(c.MaxLife)
		if err != nil || d < 10*time.Minute {
			return 0, fmt.Errorf("max_life is %q: give a length of time of 10m or more, such as 12h", c.MaxLife)
		}
		if d <= deadline {
			return 0, fmt.Errorf("max_life is %v and the deadline %v: the box would end before the run; give a longer max_life, or a shorter --deadline", d, deadline)
		}
		return d, nil
	case deadline > 0:
		return deadline + time.Hour, nil
	}
	return 24 * time.Hour, nil
}

// identity is the private key's file and the public key's line.
func (c Config) identity() (file, line string, err error) {
	file = c.Identity
	home, err := os.UserHomeDir()
	if file == "" && err == nil {
		file = filepath.Join(home, ".ssh", "id_ed25519")
	}
	if rest, ok := strings.CutPrefix(file, "~/"); ok && err == nil {
		file = filepath.Join(home, rest)
	}
	data, err := os.ReadFile(file + ".pub")
	if err != nil {
		return "", "", fmt.Errorf("the public key that opens the box: %w (make one: ssh-keygen -t ed25519 -f %s)", err, file)
	}
	return file, strings.TrimSpace(string(data)), nil
}

// fits reports whether an offer is what the place wants.
func (c Config) fits(o provider.Offer) bool {
	return o.InStock() && o.PricePerHour <= c.dearest(o.Count) && provider.MatchGPU(o.GPU, c.GPU) &&
		(c.Region == "" || strings.Contains(strings.ToLower(o.Region), strings.ToLower(c.Region)))
}

// dearest is what an hour of a box with so many GPUs may cost. Offers are chosen by it,
// and a box that turns out dearer is given back.
func (c Config) dearest(gpus int) float64 { return c.MaxPrice * float64(max(1, gpus)) }
