package provider_test

import (
	"testing"
	"time"

	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

// absent are ids of the right form that name no box of a fake.
var absent = map[string]string{"lambda": "no-such-instance", "runpod": "no-such-pod", "vast": "9"}

func TestEveryProviderKeepsThePromisesOfTheInterface(t *testing.T) {
	for _, name := range provider.Names() {
		t.Run(name, func(t *testing.T) {
			bench := newBench(t, name)
			bench.fake.Foreign("another project's")
			bench.fake.Foreign("another")
			bench.fake.Foreign("and one more")
			providertest.Conformance(t, providertest.Place{
				Provider: bench.provider, Desk: bench.desk, Spend: true, Most: 10, Absent: absent[name], Ready: 5 * time.Minute,
			})
			bench.wellBehaved(t)
			if n := len(bench.fake.Billed()); n != 3 {
				t.Errorf("%d boxes are billed, and 3 of them are another project's", n)
			}
		})
	}
}

// A bench is a fake with a desk over it.
type bench struct {
	fake     *providertest.Fake
	clock    *providertest.Clock
	provider provider.Provider
	desk     provider.Desk
}

// newBench has a provider that gives up on no request early, however busy the machine.
func newBench(t testing.TB, name string) bench { return patientBench(t, name, 5*time.Minute) }

// patientBench gives up on creates after so long. One that a busy machine delays is
// then one that has to be looked for as well.
func patientBench(t testing.TB, name string, patience time.Duration) bench {
	t.Helper()
	clock := providertest.NewClock()
	fake := providertest.New(name, clock)
	t.Cleanup(fake.Close)
	p, err := fake.Open(provider.Config{CreatePatience: patience, Patience: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return bench{fake, clock, p, provider.Desk{Journal: provider.DirJournal(t.TempDir()), Clock: clock}}
}

// wellBehaved fails where a request broke the schema or came too soon.
func (b bench) wellBehaved(t testing.TB) {
	t.Helper()
	if v := b.fake.Violations(); len(v) > 0 {
		t.Errorf("requests that the schema does not allow: %q", v)
	}
	if n := b.fake.Limited(); n > 0 {
		t.Errorf("%d requests came sooner than the provider allows", n)
	}
}

// offer is the cheapest H100 of the fake.
func (b bench) offer(t testing.TB, spot bool) provider.Offer {
	t.Helper()
	all, err := b.provider.Offers(t.Context(), provider.Want{GPU: "h100", Count: 1, Spot: spot})
	if err != nil {
		t.Fatal(err)
	}
	provider.Cheapest(all)
	for _, o := range all {
		if o.Spot == spot && o.InStock() {
			return o
		}
	}
	t.Fatalf("no offer (spot: %v) among %+v", spot, all)
	return provider.Offer{}
}

func (b bench) order(t testing.TB) provider.Order {
	t.Helper()
	return providertest.OrderFor(b.provider, b.offer(t, false))
}
