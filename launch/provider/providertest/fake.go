package providertest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"time"

	"trainyard/launch/provider"
)

// Key is the credential that the fakes take.
const Key = "rpa_PLANTEDTOKEN1234567890abcdefghij"

// PublicKey is a key that opens nothing.
const PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILXGDNtestonlytestonlytestonlytestonlyQQ test@example.com"

// A Fake is a provider's API with one account.
type Fake struct {
	Name string // of the provider
	URL  string
	// Address is where a box is reached by ssh; nil: at addresses that reach no machine. It
	// is set before the first request.
	Address func(b *Rented) (host string, port int)

	clock provider.Clock
	api   api
	quit  chan struct{}

	mu         sync.Mutex
	boxes      []*Rented
	keys       map[string]string // ssh keys by name
	faults     map[Fault]int
	lag        time.Duration
	struck     map[Fault]int
	requests   []string
	violations []string
	limited    int
	last       map[string]time.Time // of requests, by their pace
	unpaced    bool                 // it takes requests as fast as they come
	offer      int                  // number of the next offer
	taken      map[string]bool      // offers that can be taken once
}

// An api is how one provider speaks. It is called with mu held.
type api interface {
	// routes answer requests, by "METHOD /path" with * for an id.
	routes() map[string]route
	// fail writes an error in the provider's shape.
	fail(w http.ResponseWriter, status int, code, words string)
	// paces are the limits on requests: the least time between two of a route, by its
	// name, and "all" for any two.
	paces() map[string]time.Duration
}

type route func(w http.ResponseWriter, r *http.Request, id string, body any)

var apis = map[string]func(*Fake) api{
	"lambda": func(f *Fake) api { return lambdaAPI{f} },
	"runpod": func(f *Fake) api { return runPodAPI{f} },
	"vast":   func(f *Fake) api { return vastAPI{f} },
}

// New starts the fake of a provider. Close ends it.
func New(name string, clock provider.Clock) *Fake {
	f := &Fake{
		Name: name, clock: clock, quit: make(chan struct{}), keys: map[string]string{},
		faults: map[Fault]int{}, struck: map[Fault]int{}, last: map[string]time.Time{}, taken: map[string]bool{}, offer: 4001, lag: lag,
	}
	f.api = apis[name](f)
	server := httptest.NewServer(f)
	f.URL = server.URL
	go func() {
		<-f.quit
		server.CloseClientConnections()
		server.Close()
	}()
	return f
}

func (f *Fake) address(b *Rented, host string, port int) (string, int) {
	if f.Address != nil {
		return f.Address(b)
	}
	return host, port
}

// Unpaced lifts the limits on requests, for programs whose clock is another.
func (f *Fake) Unpaced() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unpaced = true
}

// Close ends the server.
func (f *Fake) Close() { close(f.quit) }

var idPart = regexp.MustCompile(`^[0-9]+$|^box-[a-z0-9]+$|^no-such.*$`)

// pattern is the path with * for the id that it names.
func pattern(path string) (shape, id string) {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if idPart.MatchString(part) {
			id, parts[i] = part, "*"
		}
	}
	return strings.Join(parts, "/"), id
}

func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	shape, id := pattern(r.URL.Path)
	name := r.Method + " " + shape
	f.requests = append(f.requests, name)
	handle := f.api.routes()[name]
	switch {
	case handle == nil:
		f.violations = append(f.violations, "no route "+name)
		f.api.fail(w, http.StatusNotFound, "", "no such path")
		return
	case r.Header.Get("Authorization") != "Bearer "+Key:
		f.api.fail(w, http.StatusUnauthorized, "", "the key "+r.Header.Get("Authorization")+" is not valid")
		return
	case f.tooSoon(name):
		f.limited++
		f.api.fail(w, http.StatusTooManyRequests, "", "requests are too frequent")
		return
	}
	var body any
	if len(data) > 0 {
		if err := json.Unmarshal(data, &body); err != nil {
			f.violations = append(f.violations, name+": no JSON")
			f.api.fail(w, http.StatusBadRequest, "", "no JSON")
			return
		}
	}
	handle(w, r, id, body)
}

// tooSoon holds requests to the provider's limits.
func (f *Fake) tooSoon(name string) bool {
	if f.unpaced {
		return false
	}
	now := f.clock.Now()
	for _, limit := range []string{"all", name} {
		least, ok := f.api.paces()[limit]
		if !ok {
			continue
		}
		// A tenth is for two clocks that are not the same.
		if last, seen := f.last[limit]; seen && now.Sub(last) < least*9/10 {
			return true
		}
		f.last[limit] = now
	}
	return false
}

func (f *Fake) json(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close() // it is to be cut, and that is all
	}
}

// wrong notes that a body is none that the schema allows.
func (f *Fake) wrong(what string, faults []string) bool {
	for _, fault := range faults {
		f.violations = append(f.violations, what+": "+fault)
	}
	return len(faults) > 0
}

// Open opens the provider over the fake.
func (f *Fake) Open(cfg provider.Config) (provider.Provider, error) {
	cfg.URL = f.URL
	if cfg.Key == "" {
		cfg.Key = Key
	}
	if cfg.Clock == nil {
		cfg.Clock = f.clock
	}
	return provider.Providers[f.Name].Open(cfg)
}
