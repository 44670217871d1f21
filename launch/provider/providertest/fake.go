package providertest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
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
	// Address is where a box is reached by ssh; nil: at addresses that are nobody's. It
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

// A Rented is one box of the account, with its meter.
type Rented struct {
	ID, Name  string
	GPU       string // in the provider's words
	Count     int
	Price     float64 // dollars an hour while it runs
	Disk      float64 // dollars an hour while it is stopped
	Env       map[string]string
	Tags      map[string]string
	Region    string
	Keys      []string // ssh keys it was made with
	Onstart   string
	Spot      bool
	Stopped   bool
	NeverRan  bool // made, stopped, by a bid that was too low
	CreatedAt time.Time
	Visible   time.Time // in listings from then on
	EndAsked  time.Time
	GoneAt    time.Time // zero while it is there
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

// create is what all creates have in common: box is made where the fault lets it,
// and answer written where there is one.
func (f *Fake) create(w http.ResponseWriter, r *http.Request, box *Rented, answer func()) {
	switch {
	case f.strikes(OutOfStock):
		f.outOfStock(w)
		return
	case f.strikes(CreateDown):
		f.api.fail(w, http.StatusServiceUnavailable, "", "down")
		return
	case f.strikes(CreateLimited):
		f.api.fail(w, http.StatusTooManyRequests, "", "too frequent")
		return
	case f.strikes(CreateLimitedBy):
		w.Header().Set("Retry-After", "7")
		f.api.fail(w, http.StatusTooManyRequests, "", "too frequent")
		return
	}
	f.add(box)
	switch {
	case f.strikes(CreateTimeout):
		f.mu.Unlock()
		select {
		case <-r.Context().Done():
		case <-f.quit:
		}
		f.mu.Lock()
	case f.strikes(CreateLost):
		cut(w)
	case f.strikes(CreateBroken):
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, `{"id": "box-`)
	case f.strikes(CreateErrs):
		// The words repeat what was sent, as those of real ones may.
		f.api.fail(w, http.StatusInternalServerError, "", fmt.Sprintf("it went wrong with %s and %v", r.Header.Get("Authorization"), box.Env))
	default:
		answer()
	}
}

func (f *Fake) add(box *Rented) {
	now := f.clock.Now()
	box.CreatedAt, box.Visible = now, now
	if f.strikes(ListLag) {
		box.Visible = now.Add(f.lag)
	}
	if f.strikes(PriceChange) {
		box.Price *= 2
	}
	if f.strikes(StoppedBilled) {
		box.Stopped = true
	}
	f.boxes = append(f.boxes, box)
}

func (f *Fake) outOfStock(w http.ResponseWriter) {
	switch f.Name {
	case "runpod":
		f.api.fail(w, http.StatusBadRequest, "", "There are no longer any instances available with the requested specifications.")
	case "lambda":
		f.api.fail(w, http.StatusBadRequest, "instance-operations/launch/insufficient-capacity", "Not enough capacity to fulfill launch request.")
	case "vast":
		f.api.fail(w, http.StatusGone, "no_such_ask", "error 410/3907: no_such_ask Instance type 1 is no longer available.")
	}
}

// destroy is what all deletes have in common.
func (f *Fake) destroy(w http.ResponseWriter, id string, answer func(*Rented)) {
	box := f.find(id)
	switch {
	case box == nil || f.gone(box):
		f.absent(w)
	case f.seen(id) == nil && f.strikes(DestroyLate):
		f.absent(w)
	case f.strikes(DestroyDown):
		f.api.fail(w, http.StatusBadGateway, "", "down")
	case f.strikes(DestroyGone):
		f.end(box)
		f.absent(w)
	case f.strikes(DestroyLost):
		f.end(box)
		cut(w)
	default:
		f.end(box)
		answer(box)
	}
}

func (f *Fake) absent(w http.ResponseWriter) {
	code := map[string]string{"lambda": "global/object-does-not-exist", "vast": "not_found"}[f.Name]
	f.api.fail(w, http.StatusNotFound, code, "there is none")
}

// end ends a box, at once or after a while.
func (f *Fake) end(box *Rented) {
	if !box.EndAsked.IsZero() {
		return
	}
	box.EndAsked = f.clock.Now()
	box.GoneAt = box.EndAsked
	if f.strikes(SlowEnd) {
		box.GoneAt = box.EndAsked.Add(end)
	}
}

func (f *Fake) gone(box *Rented) bool {
	return !box.GoneAt.IsZero() && !f.clock.Now().Before(box.GoneAt)
}

// find is a box by its id, also one that is gone.
func (f *Fake) find(id string) *Rented {
	for _, b := range f.boxes {
		if b.ID == id {
			return b
		}
	}
	return nil
}

// seen is a box that a look by its id shows.
func (f *Fake) seen(id string) *Rented {
	b := f.find(id)
	if b == nil || f.gone(b) || f.clock.Now().Before(b.Visible) {
		return nil
	}
	return b
}

// listed are the boxes that a listing shows.
func (f *Fake) listed() []*Rented {
	var all []*Rented
	for _, b := range f.boxes {
		if f.seen(b.ID) != nil {
			all = append(all, b)
		}
	}
	return all
}

// Foreign puts a box that this project did not rent, or rented earlier, into the account.
func (f *Fake) Foreign(name string) *Rented {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := &Rented{ID: f.newID(), Name: name, GPU: f.word(), Count: 1, Price: 3.5, Disk: 0.1, Region: "us-west-1"}
	f.add(b)
	return b
}

func (f *Fake) word() string {
	return map[string]string{"runpod": "NVIDIA H100 80GB HBM3", "lambda": "H100 (80 GB SXM5)", "vast": "H100 SXM"}[f.Name]
}

func (f *Fake) newID() string {
	n := len(f.boxes) + 1
	if f.Name == "vast" {
		return fmt.Sprint(700000 + n)
	}
	return fmt.Sprintf("box-%04d", n)
}

// Made are the boxes, there or gone, that bear the nonce.
func (f *Fake) Made(nonce string) []Rented {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Rented
	for _, b := range f.boxes {
		if strings.Contains(b.Name, nonce) {
			all = append(all, *b)
		}
	}
	return all
}

// Billed are the boxes that cost money now.
func (f *Fake) Billed() []Rented {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Rented
	for _, b := range f.boxes {
		if !f.gone(b) {
			all = append(all, *b)
		}
	}
	return all
}

// Dollars is what all boxes have cost.
func (f *Fake) Dollars() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := 0.0
	for _, b := range f.boxes {
		sum += f.cost(b)
	}
	return sum
}

func (f *Fake) cost(b *Rented) float64 {
	until := f.clock.Now()
	if f.gone(b) {
		until = b.GoneAt
	}
	rate := b.Price
	if b.Stopped {
		rate = b.Disk
	}
	return rate * until.Sub(b.CreatedAt).Hours()
}

// Stop stops a box as the end of its container does, or a higher bid.
func (f *Fake) Stop(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.find(id).Stopped = true
}

// Violations are the requests that the schema does not allow.
func (f *Fake) Violations() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.violations)
}

// Limited is how often a request came too soon.
func (f *Fake) Limited() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.limited
}

// Requests counts the requests by method and path.
func (f *Fake) Requests() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := map[string]int{}
	for _, r := range f.requests {
		n[r]++
	}
	return maps.Clone(n)
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
