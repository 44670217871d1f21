package provider

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Want says which offers are looked for. Zero values ask for nothing.
type Want struct {
	GPU    string // canonical name or the beginning of one: h100, h100-sxm
	Count  int    // GPUs of one box; 0: any number that is sold
	DiskGB int    // of the box, where its size changes the price
	Spot   bool   // also boxes that may be taken away
}

// An Offer is a box that can be rented. 0 and "" are figures that the provider does
// not tell.
type Offer struct {
	Provider string `json:"provider"`
	// ID names the offer to its provider; only the provider that told it reads it.
	ID           string  `json:"id"`
	GPU          string  `json:"gpu"` // canonical: h100-sxm-80gb
	Count        int     `json:"count"`
	GPUMemory    int     `json:"gpu_memory_gb"`  // of one GPU
	PricePerHour float64 `json:"price_per_hour"` // of the whole box, in dollars
	// Region is where it would stand: one place, or several with commas, of which
	// the provider chooses.
	Region string `json:"region,omitempty"`
	// Stock is the provider's own word: high, medium, low, available, none.
	Stock string    `json:"stock,omitempty"`
	Spot  bool      `json:"spot,omitempty"`
	CPU   int       `json:"cpus,omitempty"`
	RAM   int       `json:"ram_gb,omitempty"`
	Disk  int       `json:"disk_gb,omitempty"` // the most that it can have
	AsOf  time.Time `json:"as_of"`
	// Note says what the price leaves out.
	Note string `json:"note,omitempty"`
}

// PerGPU is the price of one GPU and one hour.
func (o Offer) PerGPU() float64 { return o.PricePerHour / float64(max(1, o.Count)) }

// InStock reports whether the provider says that there are any.
func (o Offer) InStock() bool { return o.Stock != "none" }

// Cheapest sorts offers: what is in stock first, then by the price of one GPU and
// hour, then by names so that the order is always the same.
func Cheapest(offers []Offer) {
	slices.SortStableFunc(offers, func(a, b Offer) int {
		if a.InStock() != b.InStock() {
			if a.InStock() {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.PerGPU(), b.PerGPU()), strings.Compare(a.Provider, b.Provider), strings.Compare(a.GPU, b.GPU), strings.Compare(a.ID, b.ID))
	})
}

// fits reports whether an offer is one that is wanted.
func (w Want) fits(o Offer) bool {
	return (w.Count == 0 || w.Count == o.Count) && (w.Spot || !o.Spot) && MatchGPU(o.GPU, w.GPU) && o.PricePerHour > 0
}
