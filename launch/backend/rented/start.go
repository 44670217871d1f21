package rented

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/ssh"
	"trainyard/launch/files"
	"trainyard/launch/provider"
)

const (
	// bootLimit is how long a box may take until it can be dialled: images of 20 GB
	// are pulled in minutes.
	bootLimit = 20 * time.Minute
	// dialLimit is how long its sshd may take after that.
	dialLimit = 5 * time.Minute
	// tries is how many offers are asked for, where one is sold out meanwhile.
	tries = 3
)

// Start implements launch.Backend: the claim, the cheapest box, and the attempt on it.
// Where the attempt cannot be started, the box is given back.
func (r *Rented) Start(ctx context.Context, t launch.Task) (launch.Handle, error) {
	if len(t.Command.Argv) == 0 {
		return "", r.named(errors.New("the command is empty"))
	}
	if t.Nodes > 1 {
		return "", r.named(fmt.Errorf("the run wants %d machines: %w", t.Nodes, errNodes))
	}
	if _, err := r.c.life(t.Deadline); err != nil {
		return "", r.named(err)
	}
	p, err := r.provider()
	if err != nil {
		return "", r.named(err)
	}
	_, key, err := r.c.identity()
	if err != nil {
		return "", r.named(err)
	}
	offers, err := r.offers(ctx, p, t.GPUs)
	if err != nil {
		return "", r.named(err)
	}
	c := claim{Provider: p.Name()}
	if err := c.take(t.Dir); err != nil {
		return "", r.named(err)
	}
	r.reached("claimed")
	b, err := r.rent(ctx, p, &c, t, offers, key)
	if err != nil {
		return "", r.named(err)
	}
	h, err := r.startOn(ctx, b, t)
	if err != nil {
		return "", r.named(errors.Join(err, r.giveBack(ctx, p, t.Dir, b.Nonce)))
	}
	return h, nil
}

// rent asks for the offers in turn until one is to be had and can be dialled.
func (r *Rented) rent(ctx context.Context, p provider.Provider, c *claim, t launch.Task, offers []provider.Offer, key string) (held, error) {
	desk := r.desk(t.Dir)
	var faults []error
	for _, offer := range offers[:min(len(offers), tries)] {
		order, err := r.order(c, t, p, offer, key)
		if err != nil {
			return held{}, err
		}
		r.reached("intended")
		asked := time.Now()
		box, err := desk.Rent(ctx, p, order)
		switch {
		case errors.Is(err, provider.ErrNoStock):
			faults = append(faults, err)
			continue
		case err != nil:
			return held{}, err
		}
		r.reached("rented")
		b, err := r.boot(ctx, p, desk, box, order.Nonce, asked)
		if err != nil {
			return held{}, errors.Join(err, r.giveBack(ctx, p, t.Dir, order.Nonce))
		}
		b.Brought = brought(t.Command.Files)
		return b, files.WriteJSON(t.Dir, heldName, b)
	}
	return held{}, errors.Join(faults...)
}

func (r *Rented) order(c *claim, t launch.Task, p provider.Provider, offer provider.Offer, key string) (provider.Order, error) {
	life, err := r.c.life(t.Deadline)
	if err != nil {
		return provider.Order{}, err
	}
	nonce, err := c.next(t.Dir)
	return provider.Order{
		Offer: offer, Nonce: nonce, Name: provider.Owner(t.Run, t.Attempt), Image: r.c.Image, PublicKey: key, DiskGB: r.c.Disk,
		MaxLife: life, MaxPrice: r.c.dearest(offer.Count), Bootstrap: watchdog(p),
	}, err
}

// boot waits until the box can be dialled.
func (r *Rented) boot(ctx context.Context, p provider.Provider, desk provider.Desk, box provider.Box, nonce string, asked time.Time) (held, error) {
	ready, err := desk.Wait(ctx, p, box.ID, bootLimit)
	if err != nil {
		return held{}, err
	}
	b := held{
		Nonce: nonce, Box: ready.ID, SSH: ready.SSH, GPU: ready.GPU, Count: ready.Count, PricePerHour: ready.PricePerHour,
		AskedAt: asked.UnixMilli(), ReadyAt: time.Now().UnixMilli(),
	}
	if b.SSH.User == "" {
		b.SSH.User = "root"
	}
	if d, can := p.SelfDestruct(ready); can {
		b.Destroy = &d
	}
	return b, nil
}

// startOn starts the attempt on a box that has just come up: its sshd may take a while.
func (r *Rented) startOn(ctx context.Context, b held, t launch.Task) (launch.Handle, error) {
	s, err := r.box(t.Dir, b)
	if err != nil {
		return "", err
	}
	if err := r.dial(ctx, s); err != nil {
		return "", err
	}
	r.reached("dialled")
	t.GPUs = 0 // the box is the attempt's alone: there is no queue for its GPUs
	h, err := s.Start(ctx, t)
	if err != nil {
		return "", err
	}
	r.reached("started")
	return handle{b, h}.text()
}

func (r *Rented) dial(ctx context.Context, s *ssh.SSH) error {
	ctx, cancel := context.WithTimeoutCause(ctx, dialLimit, fmt.Errorf("waited for %v", dialLimit))
	defer cancel()
	for {
		_, err := s.LookPath("sh")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the box is up, and its sshd does not let us in: %w", err)
		case <-time.After(2 * time.Second):
		}
	}
}

// giveBack ends the box of a nonce, for which an interrupt is no reason to stop.
func (r *Rented) giveBack(ctx context.Context, p provider.Provider, dir, nonce string) error {
	if err := r.desk(dir).Release(context.WithoutCancel(ctx), p, nonce); err != nil {
		return fmt.Errorf("give the box back: %w", err)
	}
	return nil
}
