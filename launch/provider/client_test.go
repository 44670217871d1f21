package provider_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

// scripted is a provider over a server that answers as the test says.
func scripted(t *testing.T, name string, answer http.HandlerFunc) provider.Provider {
	p, _ := scriptedClock(t, name, answer)
	return p
}

func scriptedClock(t *testing.T, name string, answer http.HandlerFunc) (provider.Provider, *providertest.Clock) {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	clock := providertest.NewClock()
	p, err := provider.Providers[name].Open(provider.Config{Key: "k", URL: server.URL, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	return p, clock
}

// TestAReadIsAskedAgainAndACreateIsNot counts the requests of each.
func TestAReadIsAskedAgainAndACreateIsNot(t *testing.T) {
	for _, c := range []struct {
		status      int
		reads, asks int32
	}{{503, 5, 1}, {429, 5, 1}, {500, 5, 1}, {408, 5, 1}, {400, 1, 1}, {401, 1, 1}, {403, 1, 1}} {
		var n atomic.Int32
		p, clock := scriptedClock(t, "runpod", func(w http.ResponseWriter, _ *http.Request) {
			n.Add(1)
			w.WriteHeader(c.status)
			_, _ = fmt.Fprintf(w, `{"title":"no","status":%d,"detail":"words"}`, c.status)
		})
		_, err := p.List(t.Context())
		if n.Load() != c.reads || err == nil {
			t.Errorf("%d: a listing was asked for %d times: %v", c.status, n.Load(), err)
		}
		if slept := clock.Slept(); c.reads > 1 && (slept < 7*time.Second || slept > time.Minute) {
			t.Errorf("%d: the tries took %v", c.status, slept)
		}
		n.Store(0)
		err = p.Destroy(t.Context(), "x")
		if n.Load() != c.reads || err == nil {
			t.Errorf("%d: a delete was asked for %d times: %v", c.status, n.Load(), err)
		}
		n.Store(0)
		_, err = p.Create(t.Context(), simpleOrder(p))
		if n.Load() != c.asks || err == nil {
			t.Errorf("%d: a create was asked for %d times: %v", c.status, n.Load(), err)
		}
		if refused := errors.Is(err, provider.ErrRefused); refused != (c.reads == 1) {
			t.Errorf("%d: refused: %v", c.status, refused)
		}
	}
}

func simpleOrder(p provider.Provider) provider.Order {
	return providertest.OrderFor(p, provider.Offer{Provider: p.Name(), ID: "SECURE/NVIDIA H200", GPU: "h200-sxm-141gb", Count: 1, PricePerHour: 4, Region: "here"})
}

func TestAProviderThatSaysHowLongToWaitIsObeyed(t *testing.T) {
	at := providertest.NewClock().Now()
	for _, c := range []struct {
		header      string
		least, most time.Duration
	}{
		{"", 400 * time.Millisecond, time.Second},
		{"9", 9 * time.Second, 10 * time.Second},
		{at.Add(time.Minute).Format(http.TimeFormat), time.Minute, 62 * time.Second},
		{"-3", 400 * time.Millisecond, time.Second},
		{"soon", 400 * time.Millisecond, time.Second},
	} {
		first := true
		p, clock := scriptedClock(t, "runpod", func(w http.ResponseWriter, _ *http.Request) {
			if first {
				first = false
				w.Header().Set("Retry-After", c.header)
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			_, _ = io.WriteString(w, `{"pods":[]}`)
		})
		if _, err := p.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s := clock.Slept(); s < c.least || s > c.most {
			t.Errorf("Retry-After %q: waited %v", c.header, s)
		}
	}
}

// TestAProviderThatAsksForAnHourIsToldToTheCaller instead of waiting for it.
func TestAProviderThatAsksForAnHourIsToldToTheCaller(t *testing.T) {
	p, clock := scriptedClock(t, "runpod", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	_, err := p.List(t.Context())
	var fault *provider.Fault
	if !errors.As(err, &fault) || fault.Wait != time.Hour || clock.Slept() > 0 {
		t.Errorf("waited %v: %v", clock.Slept(), err)
	}
}

func TestRequestsAreSpacedAsTheProviderAsks(t *testing.T) {
	for _, name := range []string{"lambda", "vast"} {
		b := newBench(t, name)
		for range 4 {
			if _, err := b.provider.List(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 { // each launch is refused
			b.fake.Inject(providertest.OutOfStock, 1)
			if _, err := b.provider.Create(t.Context(), b.order(t)); !errors.Is(err, provider.ErrNoStock) {
				t.Errorf("%s: %v", name, err)
			}
		}
		b.wellBehaved(t)
	}
}

// TestAPageOfSomethingInBetweenSaysNothing: a proxy's 404 is no word on a box, and
// its 400 no refusal.
func TestAPageOfSomethingInBetweenSaysNothing(t *testing.T) {
	for _, name := range provider.Names() {
		for _, status := range []int{400, 404, 410} {
			p := scripted(t, name, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/ssh-keys") {
					_, _ = fmt.Fprintf(w, `{"data":[{"name":"mine","public_key":%q}]}`, providertest.PublicKey)
					return
				}
				w.WriteHeader(status)
				_, _ = io.WriteString(w, "<html>nginx</html>")
			})
			var gone *provider.GoneError
			if _, err := p.Get(t.Context(), "7"); err == nil || errors.As(err, &gone) {
				t.Errorf("%s: %d on a look: %v", name, status, err)
			}
			if err := p.Destroy(t.Context(), "7"); err == nil || errors.As(err, &gone) {
				t.Errorf("%s: %d on a delete: %v", name, status, err)
			}
			if _, err := p.Create(t.Context(), simpleOrder(p)); err == nil || errors.Is(err, provider.ErrRefused) {
				t.Errorf("%s: %d on a create: %v", name, status, err)
			}
		}
	}
}

// TestAKeyThatVastDoesNotKnowIsNoWordOnTheBox: it answers 404 for that too.
func TestAKeyThatVastDoesNotKnowIsNoWordOnTheBox(t *testing.T) {
	p := scripted(t, "vast", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"success": false, "error": "auth_error", "msg": "Invalid user key"}`)
	})
	var gone *provider.GoneError
	if err := p.Destroy(t.Context(), "7"); err == nil || errors.As(err, &gone) {
		t.Errorf("got %v", err)
	}
	_, err := p.Get(t.Context(), "7")
	if err == nil || errors.As(err, &gone) || !strings.Contains(err.Error(), "VAST_API_KEY") {
		t.Errorf("got %v", err)
	}
}

// TestAnAnswerWithoutAListIsNoEmptyList: {} would say that everything is gone.
func TestAnAnswerWithoutAListIsNoEmptyList(t *testing.T) {
	for _, name := range provider.Names() {
		for _, body := range []string{`{}`, `{"data": null}`, `{"pods": null}`, `{"instances": null}`, `null`, `[]`, ``, `{"pods"`} {
			p := scripted(t, name, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			if boxes, err := p.List(t.Context()); err == nil {
				t.Errorf("%s: %q is %d boxes", name, body, len(boxes))
			}
		}
	}
}

func TestALongAnswerIsNotReadToItsEnd(t *testing.T) {
	p := scripted(t, "runpod", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"pods":[], "x": "`+strings.Repeat("x", 17<<20)+`"}`)
	})
	if _, err := p.List(t.Context()); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("got %v", err)
	}
}

// TestAnEndOfTheContextIsToldAsSuch, and is not waited through.
func TestAnEndOfTheContextIsToldAsSuch(t *testing.T) {
	p := scripted(t, "lambda", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.List(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestOurOwnPatienceIsNoEndOfTheContext: a caller who looks for a deadline of its
// own must not find one.
func TestOurOwnPatienceIsNoEndOfTheContext(t *testing.T) {
	b := patientBench(t, "runpod", 100*time.Millisecond)
	b.fake.Inject(providertest.CreateTimeout, 1)
	_, err := b.provider.Create(t.Context(), b.order(t))
	if err == nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, provider.ErrRefused) {
		t.Errorf("got %v", err)
	}
}
