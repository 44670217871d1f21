package provider_test

import (
	"context"
	"testing"
	"time"

	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

// A brief clock is that of callers who have ten seconds: a longer sleep ends them.
type brief struct {
	*providertest.Clock
	end context.CancelFunc
}

func (c brief) Sleep(ctx context.Context, d time.Duration) error {
	const all = 10 * time.Second
	if err := c.Clock.Sleep(ctx, min(d, all)); err != nil || d <= all {
		return err
	}
	c.end()
	return context.Canceled
}

// inLooks calls do, which has ten seconds each time, until it is done.
func inLooks(t *testing.T, b bench, do func(context.Context, provider.Desk) error) {
	t.Helper()
	var err error
	for range 12 {
		ctx, cancel := context.WithCancel(t.Context())
		desk := b.desk
		desk.Clock = brief{b.clock, cancel}
		err = do(ctx, desk)
		cancel()
		if err == nil {
			return
		}
		_ = b.clock.Sleep(t.Context(), time.Second) // until the next look
	}
	t.Errorf("it came to no end in 12 looks: %v", err)
}

// Two listings are further apart than one look takes: the next one goes on from what the
// last one saw.
func TestABoxIsGivenBackByCallersWithLittleTime(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		o := b.order(t)
		if _, err := b.desk.Rent(t.Context(), b.provider, o); err != nil {
			t.Fatal(err)
		}
		release := func(nonce string) func(context.Context, provider.Desk) error {
			return func(ctx context.Context, d provider.Desk) error { return d.Release(ctx, b.provider, nonce) }
		}
		inLooks(t, b, release(o.Nonce))
		inLooks(t, b, release(provider.NewNonce())) // of which nothing is known
		if billed := b.fake.Billed(); len(billed) > 0 {
			t.Errorf("%s: %d boxes are billed", name, len(billed))
		}
	}
}

// What is seen while a box is missing is forgotten when it is there.
func TestListingsBeforeABoxCameProveNothingOfItsEnd(t *testing.T) {
	b := newBench(t, "runpod")
	o := b.order(t)
	b.fake.Inject(providertest.ListLag, 1)
	b.fake.Inject(providertest.CreateLost, 1)
	inLooks(t, b, func(ctx context.Context, d provider.Desk) error {
		_, err := d.Rent(ctx, b.provider, o)
		return err
	})
	if r, _, err := b.desk.Journal.Load(o.Nonce); err != nil || r.Box == "" || !r.EmptyAt.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
	if made := b.fake.Made(o.Nonce); len(made) != 1 {
		t.Errorf("%d boxes were made", len(made))
	}
}
