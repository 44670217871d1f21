package provider_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

// A box is rented, waited for and given back. With a real provider Open takes its
// key, and neither a URL nor a clock.
func ExampleDesk() {
	ctx, clock := context.Background(), providertest.NewClock()
	fake := providertest.New("runpod", clock)
	defer fake.Close()
	p, err := fake.Open(provider.Config{})
	check(err)
	journal, err := os.MkdirTemp("", "rentals")
	check(err)
	defer os.RemoveAll(journal)
	desk := provider.Desk{Journal: provider.DirJournal(journal), Clock: clock}

	offers, err := p.Offers(ctx, provider.Want{GPU: "h100-sxm", Count: 8})
	check(err)
	provider.Cheapest(offers)
	order := provider.Order{
		Offer: offers[0], MaxPrice: 24, Nonce: provider.NewNonce(), Name: provider.Owner("43c1597f-0f3e-4c0e-9f3c-2f4b8a3c1d5e", 1),
		Image: "ubuntu:24.04", PublicKey: providertest.PublicKey, MaxLife: 12 * time.Hour,
	}
	box, err := desk.Rent(ctx, p, order)
	check(err)
	box, err = desk.Wait(ctx, p, box.ID, 10*time.Minute)
	check(err)
	fmt.Printf("%d x %s, $%.2f an hour, %s at port %d\n", box.Count, box.GPU, box.PricePerHour, box.State, box.SSH.Port)
	check(desk.Release(ctx, p, order.Nonce))
	fmt.Println(len(fake.Billed()), "boxes are left")
	// Output:
	// 8 x h100-sxm-80gb, $21.52 an hour, running at port 34446
	// 0 boxes are left
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
