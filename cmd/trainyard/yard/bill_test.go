package yard

import (
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/price"
	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

// What a provider charged for a box that is gone takes the place of our own count, and
// charges for boxes of others are summed alone.
func TestACompleteBillIsTheCostOfItsAttempt(t *testing.T) {
	const run = "0199aaaa-0000-4000-8000-000000000001"
	y, fake := renting(t, "runpod")
	l, err := y.Launcher()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Ledger.Intend(t.Context(), launch.Intent{ID: run, Job: launch.Job{Recipe: "r"}}); err != nil {
		t.Fatal(err)
	}
	began := y.now()
	p, err := fake.Open(provider.Config{Clock: y.Clock})
	if err != nil {
		t.Fatal(err)
	}
	offers, err := p.Offers(t.Context(), provider.Want{Count: 1})
	if err != nil || len(offers) == 0 {
		t.Fatal(offers, err)
	}
	order := providertest.OrderFor(p, offers[0])
	order.Name = provider.Owner(run, 1)
	if _, err := y.Desk().Rent(t.Context(), p, order); err != nil {
		t.Fatal(err)
	}
	fake.Foreign("my-notebook")
	if err := y.Clock.Sleep(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	bill, err := y.Bill(t.Context(), began, "")
	if err != nil || len(bill.Boxes) != 1 || bill.Boxes[0].Run != run || bill.Others.Boxes != 1 {
		t.Fatalf("%+v, %v", bill, err)
	}
	if attempt, err := l.Ledger.RunAt(t.Context(), run, 1); err != nil || attempt.Cost != nil {
		t.Errorf("the box is there still: cost %v, %v", attempt.Cost, err)
	}
	if err := y.Desk().Release(t.Context(), p, order.Nonce); err != nil {
		t.Fatal(err)
	}
	bill, err = y.Bill(t.Context(), began, "")
	if err != nil || len(bill.Boxes) != 1 || bill.Boxes[0].Verdict != price.Agrees {
		t.Fatalf("%+v, %v", bill, err)
	}
	attempt, err := l.Ledger.RunAt(t.Context(), run, 1)
	if err != nil || attempt.Cost == nil || *attempt.Cost != bill.Boxes[0].Charged || *attempt.Cost < 2*offers[0].PricePerHour {
		t.Errorf("cost %v, %v", attempt.Cost, err)
	}
}
