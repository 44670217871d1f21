package yard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"trainyard/format/durable"
	"trainyard/launch/provider"
)

// A GPUQuery says which offers are compared.
type GPUQuery struct {
	provider.Want
	Provider string        // empty: all whose keys are set
	MaxPrice float64       // dollars for one GPU and one hour; 0: any
	MaxAge   time.Duration // older figures are asked for anew; 0: always
}

// A GPULine is an offer with what it is compared by.
type GPULine struct {
	provider.Offer
	PerGPU float64 `json:"price_per_gpu_hour"`
	Age    float64 `json:"age_s"` // of the figures, in seconds
}

// GPUs are the offers of all providers, the cheapest first.
type GPUs struct {
	Offers []GPULine       `json:"offers"`
	Unset  []Unset         `json:"not_configured"`
	Failed []ProviderFault `json:"failed"` // their offers, if any, are those of an earlier answer
}

// GPUs compares what can be rented now. Figures that are young enough are not asked
// for again, and those of a provider that does not answer are told with their age.
func (y *Yard) GPUs(ctx context.Context, q GPUQuery) (*GPUs, error) {
	open, unset, err := y.Providers(q.Provider)
	if len(open) == 0 {
		return nil, err
	}
	answers, failed := each(open, func(p provider.Provider) ([]provider.Offer, error) { return y.offers(ctx, p, q) })
	found := &GPUs{Offers: []GPULine{}, Unset: append([]Unset{}, unset...), Failed: append([]ProviderFault{}, failed...)}
	if err != nil {
		found.Failed = append(found.Failed, ProviderFault{"configuration", err.Error()})
	}
	var all []provider.Offer
	for _, offers := range answers {
		all = append(all, offers...)
	}
	provider.Cheapest(all)
	for _, o := range all {
		if q.MaxPrice == 0 || o.PerGPU() <= q.MaxPrice {
			found.Offers = append(found.Offers, GPULine{o, o.PerGPU(), max(0, y.now().Sub(o.AsOf).Seconds())})
		}
	}
	return found, nil
}

func (y *Yard) now() time.Time {
	if y.Clock == nil {
		return time.Now()
	}
	return y.Clock.Now()
}

// keptOffers is the answer of one provider to one question.
type keptOffers struct {
	Want   provider.Want    `json:"want"`
	AsOf   time.Time        `json:"as_of"`
	Offers []provider.Offer `json:"offers"`
}

func (y *Yard) offers(ctx context.Context, p provider.Provider, q GPUQuery) ([]provider.Offer, error) {
	path := y.offersFile(p.Name(), q.Want)
	kept, ok := readOffers(path, q.Want)
	if age := y.now().Sub(kept.AsOf); ok && age >= 0 && age < q.MaxAge {
		return kept.Offers, nil
	}
	fresh, err := p.Offers(ctx, q.Want)
	if err != nil {
		return kept.Offers, err
	}
	// A disk that cannot be written costs the next question a look, and no more.
	_ = writeOffers(path, keptOffers{q.Want, y.now(), fresh})
	return fresh, nil
}

// offersFile is named for the question: what a user typed is no name of a file.
func (y *Yard) offersFile(name string, want provider.Want) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %d %v", want.GPU, want.Count, want.DiskGB, want.Spot))
	return filepath.Join(y.Home, "offers", name+"-"+hex.EncodeToString(sum[:6])+".json")
}

// readOffers reports false for what is not there or cannot be used: it is only a
// memory.
func readOffers(path string, want provider.Want) (kept keptOffers, ok bool) {
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &kept) != nil || kept.Want != want {
		return keptOffers{}, false
	}
	return kept, true
}

func writeOffers(path string, kept keptOffers) error {
	data, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return durable.Write(path, "", 0o600, durable.Bytes(data))
}
