package provider_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

func TestEightCallersOfOneOrderGetOneBox(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		o := b.order(t)
		var all sync.WaitGroup
		ids := make([]string, 8)
		for i := range ids {
			all.Go(func() {
				box, err := b.desk.Rent(t.Context(), b.provider, o)
				if err != nil {
					t.Error(err)
				}
				ids[i] = box.ID
			})
		}
		all.Wait()
		slices.Sort(ids)
		if made := b.fake.Made(o.Nonce); len(made) != 1 || len(slices.Compact(ids)) != 1 {
			t.Errorf("%s: %d boxes were made, and told as %v", name, len(made), ids)
		}
	}
}

// TestTheIntentIsOnDiskBeforeTheProviderIsAsked, and the id at once after.
func TestTheIntentIsOnDiskBeforeTheProviderIsAsked(t *testing.T) {
	b := newBench(t, "runpod")
	o := b.order(t)
	for at, want := range map[int]provider.Phase{3: provider.Asked, 4: provider.Asked, 6: provider.Held} {
		o.Nonce = provider.NewNonce()
		if !b.until(at, func(d provider.Desk, p provider.Provider) { _, _ = d.Rent(t.Context(), p, o) }) {
			t.Fatalf("step %d was not reached", at)
		}
		r, found, err := b.desk.Journal.Load(o.Nonce)
		if err != nil || !found || r.Phase != want {
			t.Errorf("step %d: %+v, %v, %v", at, r, found, err)
		}
		if made := len(b.fake.Made(o.Nonce)); made != map[int]int{3: 0, 4: 1, 6: 1}[at] {
			t.Errorf("step %d: %d boxes were made", at, made)
		}
	}
}

// TestWhatCannotBeFoundOutStaysOpen: without a listing nothing is asked for again,
// and Recover finds the box when the listing is back.
func TestWhatCannotBeFoundOutStaysOpen(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		o := b.order(t)
		b.fake.Inject(providertest.CreateLost, 1)
		b.fake.Inject(providertest.ListDown, 1000)
		for range 3 {
			var open *provider.OpenError
			if _, err := b.desk.Rent(t.Context(), b.provider, o); !errors.As(err, &open) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		if n := len(b.fake.Made(o.Nonce)); n != 1 {
			t.Errorf("%s: %d boxes were made", name, n)
		}
		b.fake.Inject(providertest.ListDown, 0)
		done, err := b.desk.Recover(t.Context(), map[string]provider.Provider{name: b.provider})
		if err != nil || len(done) != 1 || done[0].Err != nil || done[0].Rental.Phase != provider.Held {
			t.Errorf("%s: recovered %+v: %v", name, done, err)
		}
		box, err := b.desk.Rent(t.Context(), b.provider, o)
		if err != nil || box.ID != b.fake.Made(o.Nonce)[0].ID {
			t.Errorf("%s: %+v: %v", name, box, err)
		}
	}
}

func TestARentalOfAProviderThatCannotBeAskedIsTold(t *testing.T) {
	b := newBench(t, "vast")
	b.fake.Inject(providertest.CreateLost, 1)
	b.fake.Inject(providertest.ListDown, 1000)
	_, err := b.desk.Rent(t.Context(), b.provider, b.order(t))
	if err == nil {
		t.Fatal("it went well")
	}
	done, err := b.desk.Recover(t.Context(), nil)
	if err != nil || len(done) != 1 || done[0].Err == nil || !strings.Contains(done[0].Err.Error(), "VAST_API_KEY") {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestTheEndOfAnOrderWhoseAnswerWasLostWaitsForLateListings: the box is listed 20 s
// after it was made, and until then every listing shows none.
func TestTheEndOfAnOrderWhoseAnswerWasLostWaitsForLateListings(t *testing.T) {
	for _, name := range provider.Names() {
		for _, kept := range []bool{true, false} {
			b := newBench(t, name)
			o := b.order(t)
			b.fake.Inject(providertest.ListLag, 9)
			if !b.until(4, func(d provider.Desk, p provider.Provider) { _, _ = d.Rent(t.Context(), p, o) }) || len(b.fake.Billed()) != 1 {
				t.Fatal("it did not die behind the create")
			}
			if !kept {
				b.desk.Journal = provider.DirJournal(t.TempDir()) // on another machine
			}
			err := b.desk.Release(t.Context(), b.provider, o.Nonce)
			if left := b.fake.Billed(); err != nil || len(left) > 0 {
				t.Errorf("%s, journal kept %v: %v, and %d boxes are billed", name, kept, err, len(left))
			}
		}
	}
}

// TestABoxThatTurnsUpLaterThanAnyShouldIsFoundByTheListingBehindTheSecondCreate: what
// Settle promises does not hold here, and still there is one box in the end.
func TestABoxThatTurnsUpLaterThanAnyShouldIsFoundByTheListingBehindTheSecondCreate(t *testing.T) {
	for name, late := range map[string]time.Duration{"runpod": 300 * time.Millisecond, "lambda": 1500 * time.Millisecond} {
		b := newBench(t, name)
		o := b.order(t)
		b.fake.Lag(b.provider.Facts().Settle + late)
		b.fake.Inject(providertest.ListLag, 1)
		b.fake.Inject(providertest.CreateLost, 1)
		box, err := b.desk.Rent(t.Context(), b.provider, o)
		if err != nil {
			t.Fatal(err)
		}
		if made, left := b.fake.Made(o.Nonce), b.fake.Billed(); len(made) != 2 || len(left) != 1 || left[0].ID != box.ID || box.ID != made[0].ID {
			t.Errorf("%s: box %s; made %+v, left %+v", name, box.ID, made, left)
		}
	}
}

// TestABoxThatWasJustMadeIsGivenBackThoughNoListingShowsItYet: its id answers with
// 404 for a while.
func TestABoxThatWasJustMadeIsGivenBackThoughNoListingShowsItYet(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		o := b.order(t)
		b.fake.Inject(providertest.ListLag, 9)
		box, err := b.provider.Create(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		r := provider.Rental{Nonce: o.Nonce, Provider: name, Phase: provider.Held, Box: box.ID, AskedAt: b.clock.Now()}
		if err := b.desk.Journal.Save(r); err != nil {
			t.Fatal(err)
		}
		b.fake.Inject(providertest.DestroyLate, 9)
		err = b.desk.Release(t.Context(), b.provider, o.Nonce)
		if left := b.fake.Billed(); err != nil || len(left) > 0 {
			t.Errorf("%s: %v, and %d boxes are billed", name, err, len(left))
		}
	}
}

// TestRecoverKeepsTheOldestAndDestroysTheRest, as Rent does.
func TestRecoverKeepsTheOldestAndDestroysTheRest(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		o := b.order(t)
		b.until(3, func(d provider.Desk, p provider.Provider) { _, _ = d.Rent(t.Context(), p, o) })
		keep := b.fake.Foreign("trainyard-" + o.Nonce)
		_ = b.clock.Sleep(t.Context(), time.Minute)
		b.fake.Foreign("trainyard-" + o.Nonce)
		done, err := b.desk.Recover(t.Context(), map[string]provider.Provider{name: b.provider})
		if err != nil || len(done) != 1 || done[0].Err != nil || done[0].Rental.Box != keep.ID || len(done[0].Rental.Extra) > 0 {
			t.Errorf("%s: %+v, %v", name, done, err)
		}
		if left := b.fake.Billed(); len(left) != 1 || left[0].ID != keep.ID {
			t.Errorf("%s: %+v are left", name, left)
		}
	}
}

// TestTheOldestOfSeveralIsKept: boxes of one nonce that another program, or a bug,
// made are destroyed but for the oldest that is of use.
func TestTheOldestOfSeveralIsKept(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		o := b.order(t)
		o.MaxPrice = 10
		died := b.until(3, func(d provider.Desk, p provider.Provider) { _, _ = d.Rent(t.Context(), p, o) })
		if !died {
			t.Fatal("it did not die")
		}
		label := "trainyard-" + o.Nonce + "-conformance"
		stopped := b.fake.Foreign(label)
		b.fake.Stop(stopped.ID)
		keep := b.fake.Foreign(label)
		_ = b.clock.Sleep(t.Context(), time.Minute)
		b.fake.Foreign(label)
		other := b.fake.Foreign("trainyard-" + provider.NewNonce() + "-conformance")
		box, err := b.desk.Rent(t.Context(), b.provider, o)
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		for _, r := range b.fake.Billed() {
			left = append(left, r.ID)
		}
		// Lambda tells no time of creation: then it is the first by its id.
		if box.ID != keep.ID || !slices.Equal(left, []string{keep.ID, other.ID}) {
			t.Errorf("%s: %s is kept, and %v are left", name, box.ID, left)
		}
	}
}

func TestADearerBoxIsGivenBack(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		b.fake.Inject(providertest.PriceChange, 1)
		o := b.order(t)
		_, err := b.desk.Rent(t.Context(), b.provider, o)
		var dear *provider.PriceError
		if !errors.As(err, &dear) || dear.Box.PricePerHour < 1.9*o.Offer.PricePerHour || len(b.fake.Billed()) > 0 {
			t.Errorf("%s: %v, and %d boxes are billed", name, err, len(b.fake.Billed()))
		}
		o.Nonce, o.MaxPrice = provider.NewNonce(), 2*o.Offer.PricePerHour-0.001
		b.fake.Inject(providertest.PriceChange, 1)
		if name == "vast" {
			o.Offer = b.offer(t, false) // an offer can be taken once
		}
		if _, err := b.desk.Rent(t.Context(), b.provider, o); !errors.As(err, &dear) || len(b.fake.Billed()) > 0 {
			t.Errorf("%s: a tenth of a cent above what was allowed: %v, and %d boxes are billed", name, err, len(b.fake.Billed()))
		}
		o.Nonce, o.MaxPrice = provider.NewNonce(), 100
		b.fake.Inject(providertest.PriceChange, 1)
		if name == "vast" {
			o.Offer = b.offer(t, false) // an offer can be taken once
		}
		if _, err := b.desk.Rent(t.Context(), b.provider, o); err != nil {
			t.Errorf("%s: it was allowed to cost $100: %v", name, err)
		}
	}
}

func TestOutOfStockIsARefusalAtOnce(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		b.fake.Inject(providertest.OutOfStock, 1)
		o := b.order(t)
		before := b.clock.Now()
		_, err := b.desk.Rent(t.Context(), b.provider, o)
		if !errors.Is(err, provider.ErrNoStock) || !errors.Is(err, provider.ErrRefused) || b.clock.Now().Sub(before) > 20*time.Second {
			t.Errorf("%s: after %v: %v", name, b.clock.Now().Sub(before), err)
		}
		var spent *provider.SpentError
		if _, err := b.desk.Rent(t.Context(), b.provider, o); !errors.As(err, &spent) {
			t.Errorf("%s: the nonce of a refused order: %v", name, err)
		}
	}
}

// TestABidThatIsTooLowLeavesNothing: the error of Vast.ai comes with a stopped box.
func TestABidThatIsTooLowLeavesNothing(t *testing.T) {
	b := newBench(t, "vast")
	o := providertest.OrderFor(b.provider, b.offer(t, true))
	b.fake.Inject(providertest.BidTooLow, 9)
	b.fake.Inject(providertest.ListLag, 9)
	_, err := b.desk.Rent(t.Context(), b.provider, o)
	if err == nil || len(b.fake.Made(o.Nonce)) != 1 || len(b.fake.Billed()) > 0 {
		t.Errorf("%v; made %d, billed %d", err, len(b.fake.Made(o.Nonce)), len(b.fake.Billed()))
	}
}

// TestARentalThatDoesNotEndSaysSo, and stays open.
func TestARentalThatDoesNotEndSaysSo(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		o := b.order(t)
		box, err := b.desk.Rent(t.Context(), b.provider, o)
		if err != nil {
			t.Fatal(err)
		}
		b.fake.Inject(providertest.DestroyDown, 100000)
		err = b.desk.Release(t.Context(), b.provider, o.Nonce)
		var still *provider.StillThereError
		if !errors.As(err, &still) || !slices.Equal(still.IDs, []string{box.ID}) {
			t.Errorf("%s: got %v", name, err)
		}
		r, _, err := b.desk.Journal.Load(o.Nonce)
		if err != nil || r.Phase != provider.Releasing || !r.Open() {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		b.fake.Inject(providertest.DestroyDown, 0)
		if err := b.desk.Release(t.Context(), b.provider, o.Nonce); err != nil || len(b.fake.Billed()) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestABoxThatStopsIsToldAsBilled, by the look at it and by the listing.
func TestABoxThatStopsIsToldAsBilled(t *testing.T) {
	want := map[string]provider.State{"runpod": provider.Stopped, "lambda": provider.Broken, "vast": provider.Preempted}
	for _, name := range provider.Names() {
		b := newBench(t, name)
		box, err := b.desk.Rent(t.Context(), b.provider, b.order(t))
		if err != nil {
			t.Fatal(err)
		}
		b.fake.Stop(box.ID)
		_, err = b.desk.Wait(t.Context(), b.provider, box.ID, time.Hour)
		var notReady *provider.NotReadyError
		if !errors.As(err, &notReady) || notReady.Box.State != want[name] || !notReady.Box.Billing {
			t.Errorf("%s: %v", name, err)
		}
		boxes, err := b.provider.List(t.Context())
		if err != nil || len(boxes) != 1 || boxes[0].State != want[name] || !boxes[0].Billing {
			t.Errorf("%s: %+v, %v", name, boxes, err)
		}
	}
}

func TestAnOrderWithFaultsCostsNothing(t *testing.T) {
	b := newBench(t, "runpod")
	good := b.order(t)
	for what, spoil := range map[string]func(*provider.Order){
		"another provider's offer": func(o *provider.Order) { o.Offer.Provider = "vast" },
		"no nonce":                 func(o *provider.Order) { o.Nonce = "" },
		"a nonce of words":         func(o *provider.Order) { o.Nonce = "../../etc/passwd" },
		"a name with a quote":      func(o *provider.Order) { o.Name = "x'; rm -rf /" },
		"no public key":            func(o *provider.Order) { o.PublicKey = "" },
		"a key of two lines":       func(o *provider.Order) { o.PublicKey += "\nssh-rsa AAAA evil" },
		"a key with a quote":       func(o *provider.Order) { o.PublicKey += " '; reboot" },
		"no end":                   func(o *provider.Order) { o.MaxLife = 0 },
		"no image":                 func(o *provider.Order) { o.Image = "" },
		"a variable's name":        func(o *provider.Order) { o.Env = provider.Env{"A=B": planted} },
	} {
		o := good
		o.Nonce = provider.NewNonce()
		spoil(&o)
		_, err := b.desk.Rent(t.Context(), b.provider, o)
		if err == nil || strings.Contains(err.Error(), planted) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := b.fake.Requests()["POST /v2/pods"]; n > 0 {
		t.Errorf("%d creates were sent", n)
	}
}

// TestABoxIsOpenedByTheKeyOfItsOrder and by no key of the account.
func TestABoxIsOpenedByTheKeyOfItsOrder(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		o := b.order(t)
		o.Bootstrap = "echo it's $HOME"
		if _, err := b.desk.Rent(t.Context(), b.provider, o); err != nil {
			t.Fatal(err)
		}
		made := b.fake.Made(o.Nonce)
		if len(made) != 1 || len(made[0].Keys) != 1 || !strings.Contains(made[0].Keys[0], o.PublicKey) {
			t.Errorf("%s: %+v", name, made)
		}
		b.wellBehaved(t)
	}
}

func TestAnOwnerIsReadFromTheNameOfABox(t *testing.T) {
	run := "43c1597f-0f3e-4c0e-9f3c-2f4b8a3c1d5e"
	for _, name := range provider.Names() {
		b := newBench(t, name)
		o := b.order(t)
		o.Name = provider.Owner(run, 117)
		box, err := b.desk.Rent(t.Context(), b.provider, o)
		if err != nil {
			t.Fatal(err)
		}
		gotRun, attempt, ok := provider.ReadOwner(box.Name)
		if !ok || gotRun != run || attempt != 117 || box.Nonce != o.Nonce {
			t.Errorf("%s: %+v: %s %d %v", name, box, gotRun, attempt, ok)
		}
	}
	for _, other := range []string{"", "conformance", run + "-a1", "43c1597f0f3e4c0e9f3c2f4b8a3c1d5e-a", "43c1597f0f3e4c0e9f3c2f4b8a3c1d5e-a99999999999999999999"} {
		if r, a, ok := provider.ReadOwner(other); ok {
			t.Errorf("%q is %s %d", other, r, a)
		}
	}
}

func TestABoxEndsItselfOnlyWhereItHasAKey(t *testing.T) {
	want := map[string]string{
		"runpod": "DELETE https://api.runpod.io/v2/pods/7 RUNPOD_API_KEY RUNPOD_POD_ID false",
		"vast":   "DELETE https://console.vast.ai/api/v0/instances/7/ CONTAINER_API_KEY CONTAINER_ID true",
		"lambda": "none",
	}
	for _, name := range provider.Names() {
		p, err := provider.Providers[name].Open(provider.Config{Key: "k"})
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if s, ok := p.SelfDestruct(provider.Box{ID: "7"}); ok {
			got = fmt.Sprint(s.Method, " ", s.URL, " ", s.KeyEnv, " ", s.IDEnv, " ", s.Verified)
		}
		if got != want[name] {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestTheMeterAndTheBillAgree on what two hours cost.
func TestTheMeterAndTheBillAgree(t *testing.T) {
	for _, name := range []string{"runpod", "vast"} {
		b := newBench(t, name)
		o := b.order(t)
		began := b.clock.Now()
		box, err := b.desk.Rent(t.Context(), b.provider, o)
		if err != nil {
			t.Fatal(err)
		}
		_ = b.clock.Sleep(t.Context(), 2*time.Hour)
		charges, err := b.provider.Billing(t.Context(), began)
		if err != nil || len(charges) != 1 || charges[0].Box != box.ID {
			t.Fatalf("%s: %+v, %v", name, charges, err)
		}
		if want := 2 * o.Offer.PricePerHour; charges[0].Dollars < want || charges[0].Dollars > 1.01*want {
			t.Errorf("%s: $%.4f for two hours at $%.2f", name, charges[0].Dollars, o.Offer.PricePerHour)
		}
	}
}
