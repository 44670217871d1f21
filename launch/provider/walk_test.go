package provider_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

// crashed is the end of a process.
type crashed struct{}

// A crash ends the process at its nth step. A step is before or after anything that
// changes the world or the disk.
type crash struct{ at, n int }

func (c *crash) step() {
	if c.n++; c.n == c.at {
		panic(crashed{})
	}
}

type crashingJournal struct {
	provider.Journal
	*crash
}

func (j crashingJournal) Save(r provider.Rental) error {
	j.step()
	err := j.Journal.Save(r)
	j.step()
	return err
}

type crashingProvider struct {
	provider.Provider
	*crash
}

func (p crashingProvider) Create(ctx context.Context, o provider.Order) (provider.Box, error) {
	p.step()
	box, err := p.Provider.Create(ctx, o)
	p.step()
	return box, err
}

func (p crashingProvider) Destroy(ctx context.Context, id string) error {
	p.step()
	err := p.Provider.Destroy(ctx, id)
	p.step()
	return err
}

func (p crashingProvider) List(ctx context.Context) ([]provider.Box, error) {
	boxes, err := p.Provider.List(ctx)
	p.step()
	return boxes, err
}

func (p crashingProvider) Get(ctx context.Context, id string) (provider.Box, error) {
	box, err := p.Provider.Get(ctx, id)
	p.step()
	return box, err
}

// until runs do with a process that ends at step at, and reports whether it got there.
func (b bench) until(at int, do func(provider.Desk, provider.Provider)) (died bool) {
	c := &crash{at: at}
	defer func() {
		switch r := recover(); r {
		case nil:
		case crashed{}:
			died = true
		default:
			panic(r)
		}
	}()
	desk := b.desk
	desk.Journal = crashingJournal{b.desk.Journal, c}
	do(desk, crashingProvider{b.provider, c})
	return false
}

// A trial is one fault of one provider, at one point where the process dies. A late
// one has listings that lag as well.
type trial struct {
	provider string
	fault    providertest.Fault
	times    int
	late     bool
}

func (tr trial) String() string {
	name := tr.provider + "/" + string(tr.fault)
	if tr.late {
		name += " and list lag"
	}
	return name
}

func (tr trial) spot() bool { return tr.fault == providertest.BidTooLow }

// trials are all faults of all providers, and none.
func trials() (all []trial) {
	for _, name := range provider.Names() {
		all = append(all, trial{provider: name, fault: "no fault"})
		for _, fault := range providertest.Faults {
			times := map[providertest.Fault]int{providertest.ListDown: 3, providertest.DestroyDown: 7, providertest.OutOfStock: 9, providertest.PriceChange: 9, providertest.KeysDown: 6}[fault]
			if fault == providertest.DestroyLate {
				continue // it is about listings that lag, and has a test of its own
			}
			of := map[providertest.Fault]string{providertest.BidTooLow: "vast", providertest.KeysDown: "lambda"}[fault]
			if of == "" || of == name {
				all = append(all, trial{name, fault, max(1, times), false})
				if fault != providertest.ListLag && !testing.Short() {
					all = append(all, trial{name, fault, max(1, times), true})
				}
			}
		}
	}
	return all
}

func (tr trial) begin(t *testing.T) (bench, provider.Order) {
	patience := 5 * time.Minute
	if tr.fault == providertest.CreateTimeout {
		patience = 100 * time.Millisecond
	}
	b := patientBench(t, tr.provider, patience)
	if tr.times > 0 {
		b.desk.Journal = &memoryJournal{rentals: map[string]provider.Rental{}}
	}
	o := providertest.OrderFor(b.provider, b.offer(t, tr.spot()))
	o.Name = provider.Owner("43c1597f-0f3e-4c0e-9f3c-2f4b8a3c1d5e", 12)
	if b.provider.Facts().Env {
		o.Env = provider.Env{"HF_TOKEN": planted}
	}
	b.fake.Inject(tr.fault, tr.times)
	if tr.late {
		b.fake.Inject(providertest.ListLag, 100)
	}
	return b, o
}

// most is more steps than any trial has: a walk that does not end fails.
const most = 400

// TestWhateverDiesWhereverAnOrderMakesOneBoxOrNone walks all points at which a
// process can die, under every fault of every provider. After each it asks again, as
// the next process would, until the answer is a box or a clear no; then it gives the
// box back. No two boxes of an order are ever there at once, and none is left.
func TestWhateverDiesWhereverAnOrderMakesOneBoxOrNone(t *testing.T) {
	for _, tr := range trials() {
		t.Run(tr.String(), func(t *testing.T) {
			t.Parallel()
			at, struck := 1, 0
			for ; at < most; at++ {
				died, hit := tr.rent(t, at)
				if struck += hit; !died || t.Failed() {
					break
				}
			}
			if at == most {
				t.Fatal("the walk does not end")
			}
			if struck == 0 && tr.times > 0 && !tr.aboutEnds() {
				t.Error("the fault never came about")
			}
			t.Logf("%d points", at)
		})
	}
}

// aboutEnds says that the fault needs a box that is destroyed.
func (tr trial) aboutEnds() bool {
	switch tr.fault {
	case providertest.DestroyDown, providertest.DestroyGone, providertest.DestroyLost, providertest.SlowEnd, providertest.ListDown:
		return true
	}
	return false
}

func (tr trial) rent(t *testing.T, at int) (died bool, struck int) {
	b, o := tr.begin(t)
	ctx := t.Context()
	var box provider.Box
	var err error
	died = b.until(at, func(d provider.Desk, p provider.Provider) { box, err = d.Rent(ctx, p, o) })
	for range 5 {
		if !died && !open(err) {
			break
		}
		if at%2 == 1 { // the next process reconciles before it asks
			_, errRecover := b.desk.Recover(ctx, map[string]provider.Provider{tr.provider: b.provider})
			if errRecover != nil {
				t.Fatal(errRecover)
			}
		}
		if box, err = b.desk.Rent(ctx, b.provider, o); !open(err) {
			break
		}
	}
	tr.judge(t, b, o, at, box, err)
	if err := b.desk.Release(ctx, b.provider, o.Nonce); err != nil {
		t.Errorf("died at %d: the release: %v", at, err)
	}
	tr.nothingLeft(t, b, at)
	return died, b.fake.Struck(tr.fault)
}

// open reports whether an error leaves it open what there is.
func open(err error) bool {
	var open *provider.OpenError
	var still *provider.StillThereError
	return errors.As(err, &open) || errors.As(err, &still)
}

// judge: with a box there is one, with an error none; and never two at once.
func (tr trial) judge(t *testing.T, b bench, o provider.Order, at int, box provider.Box, err error) {
	t.Helper()
	var there []string
	for _, r := range b.fake.Billed() {
		there = append(there, r.ID)
	}
	switch {
	case err == nil && fmt.Sprint(there) != fmt.Sprint([]string{box.ID}):
		t.Errorf("died at %d: box %s, and the account has %v", at, box.ID, there)
	case err != nil && len(there) > 0:
		t.Errorf("died at %d: %v, and the account has %v", at, err, there)
	}
	made := b.fake.Made(o.Nonce)
	for i, x := range made {
		for _, y := range made[:i] {
			if overlap(x, y) {
				t.Errorf("died at %d: boxes %s and %s were there at once", at, y.ID, x.ID)
			}
		}
	}
}

// overlap leaves out what never ran: it is destroyed, and never adopted.
func overlap(x, y providertest.Rented) bool {
	until := func(r providertest.Rented) time.Time {
		if r.GoneAt.IsZero() {
			return time.Unix(1<<40, 0)
		}
		return r.GoneAt
	}
	return !x.NeverRan && !y.NeverRan && x.CreatedAt.Before(until(y)) && y.CreatedAt.Before(until(x))
}

func (tr trial) nothingLeft(t *testing.T, b bench, at int) {
	t.Helper()
	if left := b.fake.Billed(); len(left) > 0 {
		t.Errorf("died at %d: these are still billed: %+v", at, left)
	}
	b.wellBehaved(t)
}

// TestAReleaseThatDiesIsFinishedByTheNextProcess walks the points of a release.
func TestAReleaseThatDiesIsFinishedByTheNextProcess(t *testing.T) {
	for _, tr := range trials() {
		if !tr.aboutEnds() && tr.times > 0 && tr.fault != providertest.ListLag {
			continue
		}
		t.Run(tr.String(), func(t *testing.T) {
			t.Parallel()
			struck := 0
			for at := 1; at < most; at++ {
				b, o := tr.begin(t)
				if _, err := b.desk.Rent(t.Context(), b.provider, o); err != nil {
					t.Fatal(err)
				}
				var err error
				died := b.until(at, func(d provider.Desk, p provider.Provider) { err = d.Release(t.Context(), p, o.Nonce) })
				if died {
					err = finish(t, b, o)
				}
				if err != nil {
					t.Errorf("died at %d: %v", at, err)
				}
				tr.nothingLeft(t, b, at)
				var spent *provider.SpentError
				if _, err := b.desk.Rent(t.Context(), b.provider, o); !errors.As(err, &spent) {
					t.Errorf("died at %d: the nonce of a box that was given back made %v", at, err)
				}
				if struck += b.fake.Struck(tr.fault); !died || t.Failed() {
					break
				}
			}
			if struck == 0 && tr.times > 0 {
				t.Error("the fault never came about")
			}
		})
	}
}

// finish is what the next process does: Recover where the release had begun, and
// Release again where it had not.
func finish(t *testing.T, b bench, o provider.Order) error {
	t.Helper()
	done, err := b.desk.Recover(t.Context(), map[string]provider.Provider{b.provider.Name(): b.provider})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range done {
		if d.Err != nil {
			return d.Err
		}
	}
	return b.desk.Release(t.Context(), b.provider, o.Nonce)
}
