package rented

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/session"
	"trainyard/launch/backend/ssh"
	"trainyard/launch/provider"
)

// Rented is a place of one provider.
type Rented struct {
	name  string
	kind  provider.Kind
	c     Config
	agent session.AgentFor
	clock provider.Clock // nil: the machine's

	at func(point string) // tests die here
}

var (
	_ launch.Backend   = (*Rented)(nil)
	_ launch.Pricer    = (*Rented)(nil)
	_ launch.Environer = (*Rented)(nil)
	_ launch.Noder     = (*Rented)(nil)
	_ launch.Payer     = (*Rented)(nil)
)

// Open checks the config. The provider is asked nothing, and its key is read when it
// is.
func Open(kind provider.Kind, name string, c Config, agent session.AgentFor) (*Rented, error) {
	if err := c.check(kind); err != nil {
		return nil, err
	}
	return &Rented{name: name, kind: kind, c: c, agent: agent}, nil
}

// WaitBy has the provider waited for by another clock than the machine's. It is called
// before anything else.
func (r *Rented) WaitBy(clock provider.Clock) { r.clock = clock }

// Name implements launch.Backend.
func (r *Rented) Name() string { return r.name }

// Image implements launch.Imager.
func (r *Rented) Image() string { return r.c.Image }

// Summary implements launch.Backend.
func (r *Rented) Summary() string { return Summary(r.kind) }

// Summary says when to choose boxes of a provider.
func Summary(kind provider.Kind) string {
	return "boxes rented from " + kind.Name + " for one run and given back: " + kind.Summary
}

// Bucket implements launch.Stager.
func (r *Rented) Bucket() string { return r.c.Stage }

// MaxNodes implements launch.Noder.
func (r *Rented) MaxNodes() int { return 1 }

// Site implements launch.Backend: as on a host of one's own.
func (r *Rented) Site(dir, self string) launch.Site { return r.layout().Site(dir, self) }

// layout is the box protocol over ssh before there is a box.
func (r *Rented) layout() *ssh.SSH {
	s, err := ssh.Open(r.name, ssh.Config{Hosts: []ssh.HostConfig{{Host: "root@box.invalid"}}, Path: r.c.Path, Env: r.c.env(), Index: r.c.Index, Python: r.c.Python, Stage: r.c.Stage}, r.agent)
	if err != nil {
		panic("rented: " + err.Error()) // the config is our own
	}
	return s
}

// LookPath implements launch.Backend. There is no box to look at yet: what the image
// lacks shows when the trainer is started.
func (r *Rented) LookPath(program string) (string, error) { return program, nil }

// Environment implements launch.Environer.
func (r *Rented) Environment(trainer string) (launch.Environment, error) {
	return r.layout().Environment(trainer)
}

// Environments implements launch.Environer: a box that is not there yet has none.
func (r *Rented) Environments(context.Context, string) (there, missing []string) {
	return nil, []string{"the box"}
}

func (r *Rented) provider() (provider.Provider, error) {
	key := os.Getenv(r.kind.KeyEnv)
	if key == "" {
		return nil, fmt.Errorf("%s is not set: put the account's API key there", r.kind.KeyEnv)
	}
	return r.kind.Open(provider.Config{Key: key, URL: os.Getenv(r.kind.URLEnv), Clock: r.clock})
}

// desk keeps rentals beside the runs, where orphans are looked for.
func (r *Rented) desk(dir string) provider.Desk {
	return provider.Desk{Journal: provider.JournalIn(filepath.Dir(filepath.Dir(filepath.Dir(dir)))), Clock: r.clock}
}

// box is the box protocol over ssh to one rented box. Its key is taken when it is first
// seen, into a file of this attempt alone.
func (r *Rented) box(dir string, b held) (*ssh.SSH, error) {
	identity, _, err := r.c.identity()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "ssh_config")
	if _, err := os.Stat(config); err != nil {
		text := fmt.Sprintf("Host *\n\tUserKnownHostsFile %s\n\tIdentitiesOnly yes\n", filepath.Join(dir, "known_hosts"))
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	s, err := ssh.Open(r.name, ssh.Config{
		Hosts:    []ssh.HostConfig{{Host: fmt.Sprintf("%s@%s:%d", b.SSH.User, b.SSH.Host, b.SSH.Port)}},
		Identity: identity, AcceptNew: true, SSHConfig: config, Path: r.c.Path, Env: r.c.env(), Index: r.c.Index, Python: r.c.Python, Stage: r.c.Stage,
	}, r.agent)
	if err == nil {
		s.Amend(func(o *attempt.Order) { r.amend(o, b) })
	}
	return s, err
}

// collectWindow is how long a box that ends itself waits for its log to be fetched.
const collectWindow = 30 * time.Minute

// amend has the supervisor in the box watch the money, and end the box.
func (r *Rented) amend(o *attempt.Order, b held) {
	o.PricePerHour = b.PricePerHour
	if r.c.SelfDestruct && b.Destroy != nil {
		o.Collect = collectWindow
		o.Destroy = &attempt.Destroy{
			Method: b.Destroy.Method, URL: b.Destroy.URL, Check: b.Destroy.URL,
			Header: map[string]string{"Authorization": "Bearer ${" + b.Destroy.KeyEnv + "}"},
		}
	}
}

// Price implements launch.Pricer: the cheapest offer that fits now.
func (r *Rented) Price(ctx context.Context, gpus int) (float64, string, error) {
	p, err := r.provider()
	if err != nil {
		return 0, "", r.named(err)
	}
	fitting, err := r.offers(ctx, p, gpus)
	if err != nil {
		return 0, "", r.named(err)
	}
	o := fitting[0]
	return o.PerGPU(), fmt.Sprintf("%s's cheapest %s in stock, $%.2f an hour for %d, as of %s", r.kind.Name, o.GPU, o.PricePerHour, o.Count, o.AsOf.Format(time.TimeOnly)), nil
}

// Most implements launch.Renter: another offer may be taken than the one that was
// cheapest when it was asked, and the box is paid while it comes up and is emptied.
func (r *Rented) Most(deadline time.Duration) (float64, time.Duration) {
	life, err := r.c.life(deadline)
	if err != nil {
		life = deadline // Start refuses a box that ends before
	}
	return r.c.MaxPrice, life
}

// offers are those that fit, the cheapest first; none is an error that says what there is.
func (r *Rented) offers(ctx context.Context, p provider.Provider, gpus int) ([]provider.Offer, error) {
	all, err := p.Offers(ctx, provider.Want{GPU: r.c.GPU, Count: max(1, gpus), DiskGB: r.c.Disk, Spot: r.c.Spot})
	if err != nil {
		return nil, err
	}
	provider.Cheapest(all)
	var fitting []provider.Offer
	for _, o := range all {
		if r.c.fits(o) {
			fitting = append(fitting, o)
		}
	}
	if len(fitting) > 0 {
		return fitting, nil
	}
	words := "none is offered"
	if len(all) > 0 {
		words = fmt.Sprintf("the cheapest of %d offers is %d x %s for $%.2f a GPU-hour, stock %q", len(all), all[0].Count, all[0].GPU, all[0].PerGPU(), all[0].Stock)
	}
	return nil, fmt.Errorf("no box with %d x %s for at most $%.2f a GPU-hour is in stock: %s", max(1, gpus), r.c.GPU, r.c.MaxPrice, words)
}

func (r *Rented) reached(point string) {
	if r.at != nil {
		r.at(point)
	}
}

func (r *Rented) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", r.name, err)
}

var errNodes = errors.New("a rented box is one machine: give --nodes 1")
