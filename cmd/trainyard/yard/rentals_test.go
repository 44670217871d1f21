package yard

import (
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

// renting is a yard with an account at a provider whose API is ours.
func renting(t *testing.T, name string) (*Yard, *providertest.Fake) {
	t.Helper()
	clock := &providertest.Haste{}
	fake := providertest.New(name, clock)
	fake.Unpaced()
	t.Cleanup(fake.Close)
	kind := provider.Providers[name]
	t.Setenv(kind.KeyEnv, providertest.Key)
	t.Setenv(kind.URLEnv, fake.URL)
	y := &Yard{Home: t.TempDir(), Clock: clock}
	t.Cleanup(func() { _ = y.Close() })
	return y, fake
}

// A box whose run no process looks after any more is given back at its longest life, also by a
// provider that lets no box end itself.
func TestAWatchGivesBackABoxThatIsOlderThanItMayBe(t *testing.T) {
	y, fake := renting(t, "lambda")
	p, err := fake.Open(provider.Config{Clock: y.Clock})
	if err != nil {
		t.Fatal(err)
	}
	offers, err := p.Offers(t.Context(), provider.Want{})
	if err != nil || len(offers) == 0 {
		t.Fatal(offers, err)
	}
	provider.Cheapest(offers)
	order := providertest.OrderFor(p, offers[0])
	order.MaxLife = time.Hour
	if _, err := y.Desk().Rent(t.Context(), p, order); err != nil {
		t.Fatal(err)
	}
	var told []string
	watch := Watchman{Told: func(_ launch.Run, what string, err error) {
		if err != nil {
			t.Error(err)
		}
		told = append(told, what)
	}}
	if err := y.Tend(t.Context(), watch); err != nil || len(fake.Billed()) != 1 || len(told) != 0 {
		t.Errorf("a young box: %d billed, %q, %v", len(fake.Billed()), told, err)
	}
	if err := y.Clock.Sleep(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := y.Tend(t.Context(), watch); err != nil || len(fake.Billed()) != 0 || len(told) != 1 {
		t.Errorf("an old box: %d billed, %q, %v", len(fake.Billed()), told, err)
	}
}
