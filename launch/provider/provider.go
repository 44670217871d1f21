package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A Provider rents and returns boxes of one account. Its methods may be called by
// several goroutines at once; requests are spaced as the provider asks. Only reads
// and deletes are asked again after a failure.
type Provider interface {
	// Name is the key of the registry.
	Name() string
	// Summary says in one line when to choose it.
	Summary() string
	// Facts are what differs between providers and does not change.
	Facts() Facts
	// Offers lists what fits, in no order. None is no error.
	Offers(ctx context.Context, want Want) ([]Offer, error)
	// Create asks for a box, once. An error that is no ErrRefused may have made one.
	Create(ctx context.Context, order Order) (Box, error)
	// List is every box of the account, also those of other programs.
	List(ctx context.Context) ([]Box, error)
	// Get looks at one box; a *GoneError says that there is none of this id.
	Get(ctx context.Context, id string) (Box, error)
	// Destroy ends a box with its disk. nil says that the provider answered that it
	// is gone or going, a *GoneError that there was none.
	Destroy(ctx context.Context, id string) error
	// Billing tells what was charged since then, or ErrNoBilling.
	Billing(ctx context.Context, since time.Time) ([]Charge, error)
	// SelfDestruct says how a box ends itself from inside; false: it cannot.
	SelfDestruct(box Box) (SelfDestruct, bool)
}

// Facts are what differs between providers and does not change.
type Facts struct {
	// Settle is the longest time that a new box may be missing in a listing. No
	// provider publishes it: it is our guess, on the careful side.
	Settle time.Duration
	// Image says that an order names a container image; else the box boots the
	// provider's own machine image.
	Image bool
	// Env says that an order's environment reaches the box.
	Env bool
	// Spot says that there are boxes that may be taken away.
	Spot bool
	// NameLimit is the longest name in bytes; 0: none is published.
	NameLimit int
}

// A Kind is an entry of the registry: a provider before its key is known.
type Kind struct {
	Name, Summary string
	KeyEnv        string // environment variable with the key
	URLEnv        string // environment variable that moves the API, for tests
	URL           string // of the API
	open          func(*client) Provider
}

// Providers is the registry by name.
var Providers = map[string]Kind{
	"lambda": {"lambda", "whole virtual machines with Lambda Stack, by the minute; no spot, often sold out",
		"LAMBDA_API_KEY", "TRAINYARD_LAMBDA_URL", "https://cloud.lambda.ai", openLambda},
	"runpod": {"runpod", "containers on its own machines or those of others, by the second; wide choice",
		"RUNPOD_API_KEY", "TRAINYARD_RUNPOD_URL", "https://api.runpod.io", openRunPod},
	"vast": {"vast", "containers on machines of many hosts; the cheapest, spot as well, uneven in quality",
		"VAST_API_KEY", "TRAINYARD_VAST_URL", "https://console.vast.ai", openVast},
}

// Names are the keys of [Providers], sorted.
func Names() []string { return slices.Sorted(maps.Keys(Providers)) }

// Config opens a provider.
type Config struct {
	Key   string
	URL   string // empty: the provider's own
	Clock Clock  // nil: the machine's
	// Patience is how long one request may take; 0 is 60 s.
	Patience time.Duration
	// CreatePatience is that of a create; 0 is 120 s, because giving up early on a
	// create makes work.
	CreatePatience time.Duration
	Transport      http.RoundTripper // nil: the usual one
}

// Open makes a provider of its registry entry.
func (k Kind) Open(cfg Config) (Provider, error) {
	c, err := newClient(k, cfg)
	if err != nil {
		return nil, err
	}
	return k.open(c), nil
}

// Facts are those of the provider, which needs no key for them.
func (k Kind) Facts() Facts { return k.open(&client{kind: k}).Facts() }

// ImageFault is what is wrong with an order's image; nil where nothing is.
func (k Kind) ImageFault(image string) error {
	if k.Facts().Image == (image != "") {
		return nil
	}
	return fmt.Errorf("image %q: %s", image, k.imageWords())
}

func (k Kind) imageWords() string {
	if k.Facts().Image {
		return k.Name + " boots a container: give its image, best by digest"
	}
	return k.Name + " boots its own machine image: leave it out"
}

// Configured opens every provider whose key is in the environment, and lists the
// others. getenv is os.Getenv; cfg needs no key and no URL.
func Configured(getenv func(string) string, cfg Config) (open []Provider, missing []Kind, err error) {
	var faults []error
	for _, name := range Names() {
		kind := Providers[name]
		cfg.Key, cfg.URL = strings.TrimSpace(getenv(kind.KeyEnv)), getenv(kind.URLEnv)
		if cfg.Key == "" {
			missing = append(missing, kind)
			continue
		}
		p, err := kind.Open(cfg)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		open = append(open, p)
	}
	return open, missing, errors.Join(faults...)
}

// checkURL refuses to send a key over a line that others can read.
func checkURL(name, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("%s: its API's address is no URL such as https://host", name)
	}
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return u, nil
	}
	return nil, fmt.Errorf("%s: its API's address %s would carry the key in the clear: use https", name, u.Redacted())
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
