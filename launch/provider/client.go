package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// A client speaks JSON to one provider: it spaces requests, asks reads and deletes
// again after failures that pass, limits what it reads, and hides the key.
type client struct {
	kind           Kind
	base           *url.URL
	key            string
	http           *http.Client
	clock          Clock
	patience       time.Duration
	createPatience time.Duration
	paces          map[string]time.Duration // the least time between two requests of a name

	mu   sync.Mutex
	next map[string]time.Time // when a request of a name may go out
}

func newClient(k Kind, cfg Config) (*client, error) {
	if cfg.Key == "" {
		return nil, fmt.Errorf("%s needs a key: put it into the environment variable %s", k.Name, k.KeyEnv)
	}
	address := k.URL
	if cfg.URL != "" {
		address = cfg.URL
	}
	base, err := checkURL(k.Name, strings.TrimRight(address, "/"))
	if err != nil {
		return nil, err
	}
	c := &client{
		kind: k, base: base, key: cfg.Key, clock: cfg.Clock,
		patience: orElse(cfg.Patience, time.Minute), createPatience: orElse(cfg.CreatePatience, 2*time.Minute),
		next: map[string]time.Time{},
	}
	if c.clock == nil {
		c.clock = SystemClock{}
	}
	// A redirect would carry the key, and a create, to a place that nothing vouches for.
	c.http = &http.Client{Transport: cfg.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c, nil
}

func orElse(d, fallback time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return fallback
}

// A request is one call of the API.
type request struct {
	doing        string // for errors: "list pods"
	method, path string
	query        url.Values
	body         any
	create       bool     // asked once, and with more patience
	paces        []string // names of the limits that it counts against
	hide         []string // texts that no error may show
	into         any      // the answer's JSON; nil: there is none to read
}

// tries is how often a read or a delete is asked.
const tries = 5

// do sends the request. Its error is a *Fault.
func (c *client) do(ctx context.Context, r request) error {
	r.hide = append(r.hide, c.key)
	for try := 1; ; try++ {
		fault := c.once(ctx, r)
		if fault == nil {
			return nil
		}
		if r.create || try == tries || !fault.passing() || ctx.Err() != nil {
			return fault
		}
		wait := backoff(try, fault.Wait)
		if wait > longestWait {
			return fault
		}
		if c.clock.Sleep(ctx, wait) != nil {
			return fault
		}
	}
}

func (c *client) once(ctx context.Context, r request) *Fault {
	if err := c.await(ctx, r.paces); err != nil {
		return unanswered(ctx, c.kind.Name, r.doing, err, r.hide)
	}
	patience := c.patience
	if r.create {
		patience = c.createPatience
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := c.request(limited, r)
	if err != nil {
		return unanswered(ctx, c.kind.Name, r.doing, err, r.hide)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return unanswered(ctx, c.kind.Name, r.doing, err, r.hide)
	}
	defer resp.Body.Close()
	return c.read(ctx, resp, r)
}

func (c *client) request(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		data, err := json.Marshal(r.body)
		if err != nil {
			return nil, errors.New("the request cannot be written as JSON")
		}
		body = bytes.NewReader(data)
	}
	to := c.base.JoinPath(r.path)
	to.RawQuery = r.query.Encode()
	req, err := http.NewRequestWithContext(ctx, r.method, to.String(), body)
	if err != nil {
		return nil, errors.New("the request cannot be made")
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Accept", "application/json, application/problem+json")
	req.Header.Set("User-Agent", "trainyard")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// maxBody is far more than any of the answers holds.
const maxBody = 16 << 20

func (c *client) read(ctx context.Context, resp *http.Response, r request) *Fault {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = fmt.Errorf("the answer is longer than %d bytes", maxBody)
	}
	good := resp.StatusCode/100 == 2
	if good && err == nil && r.into != nil {
		if json.Unmarshal(body, r.into) != nil {
			err = errors.New("the answer is no JSON of the shape that it should have")
		}
	}
	if good && err == nil {
		return nil
	}
	if good {
		return unanswered(ctx, c.kind.Name, r.doing, err, r.hide)
	}
	f := &Fault{Provider: c.kind.Name, Doing: r.doing, Status: resp.StatusCode, Wait: retryAfter(resp.Header, c.clock.Now())}
	f.explain(body, r.hide)
	f.clear = refusals[resp.StatusCode] && f.spoken && f.Made == ""
	return f
}

// await waits for the turn of a request under all limits that it counts against.
func (c *client) await(ctx context.Context, names []string) error {
	c.mu.Lock()
	now := c.clock.Now()
	turn := now
	for _, name := range names {
		if c.next[name].After(turn) {
			turn = c.next[name]
		}
	}
	for _, name := range names {
		c.next[name] = turn.Add(c.paces[name])
	}
	c.mu.Unlock()
	if wait := turn.Sub(now); wait > 0 {
		return c.clock.Sleep(ctx, wait)
	}
	return ctx.Err()
}
