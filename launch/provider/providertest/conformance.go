package providertest

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"trainyard/launch/provider"
)

// A Place is what a provider is tried on.
type Place struct {
	Provider provider.Provider
	Desk     provider.Desk
	// Spend lets the suite rent the cheapest box and give it back.
	Spend bool
	// Most is the dearest box that it rents, in dollars an hour.
	Most float64
	// Absent is an id of the right form that names no box.
	Absent string
	// Ready is how long a box may take until it can be dialled.
	Ready time.Duration
}

// OrderFor is an order of the suite.
func OrderFor(p provider.Provider, offer provider.Offer) provider.Order {
	// A real one may count its disk as well.
	o := provider.Order{Offer: offer, MaxPrice: offer.PricePerHour*1.02 + 0.005, Nonce: provider.NewNonce(), Name: "conformance", PublicKey: PublicKey, MaxLife: 20 * time.Minute, DiskGB: 20}
	if p.Facts().Image {
		o.Image = "ubuntu:24.04"
	}
	return o
}

// Conformance holds a provider to what the interface promises.
func Conformance(t *testing.T, place Place) {
	ctx, p := t.Context(), place.Provider
	t.Run("it is in the registry under its name", func(t *testing.T) {
		if kind, ok := provider.Providers[p.Name()]; !ok || kind.Name != p.Name() || p.Summary() == "" || p.Facts().Settle < 10*time.Second {
			t.Errorf("%q: %+v", p.Name(), p.Facts())
		}
	})
	t.Run("offers have a name, a price and a time", func(t *testing.T) { offers(ctx, t, p) })
	t.Run("a listing tells states of the vocabulary", func(t *testing.T) {
		boxes, err := p.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range boxes {
			sane(t, p, b)
		}
	})
	t.Run("an id that is not there is told", func(t *testing.T) {
		_, err := p.Get(ctx, place.Absent)
		var gone *provider.GoneError
		if !errors.As(err, &gone) || gone.ID != place.Absent {
			t.Errorf("got %v", err)
		}
	})
	t.Run("charges are told, or that there are none to tell", func(t *testing.T) {
		charges, err := p.Billing(ctx, place.now().Add(-48*time.Hour))
		if err != nil && !errors.Is(err, provider.ErrNoBilling) {
			t.Error(err)
		}
		for _, c := range charges {
			if c.Box == "" || c.Dollars < 0 || c.End.Before(c.Start) {
				t.Errorf("%+v", c)
			}
		}
	})
	t.Run("a box is rented once and given back", func(t *testing.T) {
		if !place.Spend {
			t.Skip("it costs money: set TRAINYARD_CONTRACT_SPEND=1")
		}
		rent(ctx, t, place)
	})
}

func (place Place) now() time.Time {
	if place.Desk.Clock == nil {
		return time.Now()
	}
	return place.Desk.Clock.Now()
}

var canonical = regexp.MustCompile(`^[a-z0-9.]+(-[a-z0-9.]+)*$`)

func offers(ctx context.Context, t *testing.T, p provider.Provider) {
	all, err := p.Offers(ctx, provider.Want{})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Error("there is nothing to rent")
	}
	for _, o := range all {
		if o.Provider != p.Name() || o.ID == "" || !canonical.MatchString(o.GPU) || o.Count < 1 || o.PricePerHour <= 0 || o.AsOf.IsZero() || o.Spot {
			t.Errorf("%+v", o)
		}
	}
	h100, err := p.Offers(ctx, provider.Want{GPU: "h100", Count: 8})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range h100 {
		if !strings.HasPrefix(o.GPU, "h100") || o.Count != 8 {
			t.Errorf("eight H100 were wanted, and got %+v", o)
		}
	}
}

func sane(t *testing.T, p provider.Provider, b provider.Box) {
	t.Helper()
	states := []provider.State{provider.Provisioning, provider.Running, provider.Stopped, provider.Preempted, provider.Terminating, provider.Gone, provider.Broken, provider.Unknown}
	known := false
	for _, s := range states {
		known = known || s == b.State
	}
	if !known || b.ID == "" || b.Provider != p.Name() || b.BillingWhy == "" || b.State == provider.Gone && b.Billing {
		t.Errorf("%+v", b)
	}
}

// rent walks one box from its order to its end.
func rent(ctx context.Context, t *testing.T, place Place) {
	p := place.Provider
	all, err := p.Offers(ctx, provider.Want{Count: 1, DiskGB: 20})
	if err != nil {
		t.Fatal(err)
	}
	provider.Cheapest(all)
	if len(all) == 0 || !all[0].InStock() || all[0].PricePerHour > place.Most {
		t.Skipf("nothing is in stock below $%.2f an hour", place.Most)
	}
	o := OrderFor(p, all[0])
	defer func() {
		if err := place.Desk.Release(context.WithoutCancel(ctx), p, o.Nonce); err != nil {
			t.Errorf("LOOK AT YOUR ACCOUNT: %v", err)
		}
		boxes, err := p.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range boxes {
			if b.Nonce == o.Nonce && b.Live() {
				t.Errorf("it is there still: %+v", b)
			}
		}
	}()
	box, err := place.Desk.Rent(ctx, p, o)
	if err != nil {
		t.Fatal(err)
	}
	again, err := place.Desk.Rent(ctx, p, o)
	if err != nil || again.ID != box.ID {
		t.Errorf("the same order again gave %v, %v", again, err)
	}
	ready, err := place.Desk.Wait(ctx, p, box.ID, place.Ready)
	if err != nil {
		t.Fatal(err)
	}
	sane(t, p, ready)
	if ready.Nonce != o.Nonce || ready.Name != o.Name || !ready.Billing || ready.PricePerHour <= 0 || !ready.Ready() || ready.GPU != all[0].GPU {
		t.Errorf("%+v\nof the offer %+v", ready, all[0])
	}
}
