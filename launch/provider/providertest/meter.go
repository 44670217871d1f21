package providertest

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// A Rented is one box of the account, with its meter.
type Rented struct {
	ID, Name  string
	GPU       string // in the provider's words
	Count     int
	Price     float64 // dollars an hour while it runs
	Disk      float64 // dollars an hour while it is stopped
	Env       map[string]string
	Tags      map[string]string
	Region    string
	Keys      []string // ssh keys it was made with
	Onstart   string
	Spot      bool
	Stopped   bool
	NeverRan  bool // made, stopped, by a bid that was too low
	CreatedAt time.Time
	Visible   time.Time // in listings from then on
	EndAsked  time.Time
	GoneAt    time.Time // zero while it is there
}

// Made are the boxes, there or gone, that bear the nonce.
func (f *Fake) Made(nonce string) []Rented {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Rented
	for _, b := range f.boxes {
		if strings.Contains(b.Name, nonce) {
			all = append(all, *b)
		}
	}
	return all
}

// Billed are the boxes that cost money now.
func (f *Fake) Billed() []Rented {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Rented
	for _, b := range f.boxes {
		if !f.gone(b) {
			all = append(all, *b)
		}
	}
	return all
}

// Dollars is what all boxes have cost.
func (f *Fake) Dollars() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := 0.0
	for _, b := range f.boxes {
		sum += f.cost(b)
	}
	return sum
}

func (f *Fake) cost(b *Rented) float64 {
	until := f.clock.Now()
	if f.gone(b) {
		until = b.GoneAt
	}
	rate := b.Price
	if b.Stopped {
		rate = b.Disk
	}
	return rate * until.Sub(b.CreatedAt).Hours()
}

// Violations are the requests that the schema does not allow.
func (f *Fake) Violations() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.violations)
}

// Limited is how often a request came too soon.
func (f *Fake) Limited() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.limited
}

// Requests counts the requests by method and path.
func (f *Fake) Requests() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := map[string]int{}
	for _, r := range f.requests {
		n[r]++
	}
	return maps.Clone(n)
}
