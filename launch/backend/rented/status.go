package rented

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/ssh"
	"trainyard/launch/files"
	"trainyard/launch/provider"
)

const (
	endedName    = "ended.json"
	returnedName = "returned.json"
	wishName     = "stop.json" // that its end was asked for here
)

// An end is ended.json.
type end struct {
	Status launch.Status `json:"status"`
}

// Status implements launch.Backend. An attempt whose trainer has ended is brought home
// and its box given back here, a step at each look, and its end is told when the box is
// gone: until then it costs.
func (r *Rented) Status(ctx context.Context, dir string, text launch.Handle) (launch.Status, error) {
	h, err := readHandle(text)
	if err != nil {
		return launch.Status{}, r.named(err)
	}
	e, ended, err := readEnd(dir)
	if err != nil {
		return launch.Status{}, r.named(err)
	}
	if !ended {
		var status launch.Status
		var over bool
		h, status, over, err = r.see(ctx, dir, h)
		if err != nil || !over {
			return r.priced(status, h), r.named(err)
		}
		if e, err = r.bringHome(ctx, dir, h, status); err != nil {
			return r.waiting(h, status, err), nil
		}
	}
	return r.returned(ctx, dir, h, e)
}

func readEnd(dir string) (e end, found bool, err error) {
	found, err = files.ReadJSON(dir, endedName, &e)
	return e, found, err
}

// see is look, for a handle that may not know its attempt yet.
func (r *Rented) see(ctx context.Context, dir string, h handle) (handle, launch.Status, bool, error) {
	found, err := r.resolve(ctx, dir, h)
	switch {
	case err == nil:
		status, over, err := r.look(ctx, dir, found)
		return found, status, over, err
	case errors.Is(err, launch.ErrNeverStarted):
		return h, launch.NeverStarted(), true, nil
	}
	unseen := launch.Status{State: launch.Running, Code: -1, LastKnown: true, Reason: "not known to have started: the trainyard that was starting it died, and since then its box does not answer: " + err.Error()}
	status, over, err := r.ask(ctx, dir, h, unseen)
	return h, status, over, err
}

// look asks the box, and where it does not answer, the provider. over says that nothing
// of the attempt runs any more.
func (r *Rented) look(ctx context.Context, dir string, h handle) (status launch.Status, over bool, err error) {
	s, err := r.box(dir, h.held)
	if err != nil {
		return status, false, err
	}
	status, err = s.Status(ctx, dir, h.Attempt)
	if err != nil || !status.LastKnown {
		return status, status.State.Ended(), err
	}
	return r.ask(ctx, dir, h, status)
}

// ask tells from the provider's word what became of a box that does not answer.
func (r *Rented) ask(ctx context.Context, dir string, h handle, unseen launch.Status) (launch.Status, bool, error) {
	p, err := r.provider()
	if err != nil {
		unseen.Reason += "; " + err.Error()
		return unseen, false, nil
	}
	box, err := p.Get(ctx, h.Box)
	var gone *provider.GoneError
	switch {
	case errors.As(err, &gone):
		box.State = provider.Gone
	case err != nil:
		unseen.Reason += fmt.Sprintf("; %s cannot tell: %v", p.Name(), err)
		return unseen, false, nil
	}
	w, is := wished(dir)
	if status, over := fate(box, h, w, is); over {
		return status, true, nil
	}
	unseen.Reason += fmt.Sprintf("; %s says that the box is %s", p.Name(), box.State)
	return unseen, false, nil
}

// fate is what a box that is gone or halted means for its attempt.
func fate(box provider.Box, h handle, w wish, wished bool) (launch.Status, bool) {
	status := launch.Status{Code: -1, EndedAt: time.Now()}
	switch {
	case box.State == provider.Gone && wished:
		status.State, status.Reason = launch.Cancelled, "stopped on request; its box is gone"
		if w.Fault != "" {
			status.Reason += ", since it could not be asked to end the trainer: " + w.Fault
		}
	case box.State == provider.Gone:
		status.State, status.Reason = launch.Lost, fmt.Sprintf("its box %s is gone, and no trainyard of this state directory ended it: at its longest life, by its owner, or in the provider's console", h.Box)
	case box.State == provider.Preempted, box.State == provider.Stopped:
		status.State, status.Reason = launch.Preempted, fmt.Sprintf("its box %s was taken away (%s); its disk is billed until it is given back", h.Box, box.Word)
	case box.State == provider.Broken:
		status.State, status.Reason = launch.Lost, fmt.Sprintf("the provider says that its box %s has failed (%s)", h.Box, box.Word)
	default:
		return status, false
	}
	return status, true
}

// releaseStep is how much of a look may go into giving the box back: a look has ten
// seconds in all. The journal keeps what was seen, so that the next look goes on from
// there.
const releaseStep = 6 * time.Second

// returned gives the box back, and tells the end when it is gone.
func (r *Rented) returned(ctx context.Context, dir string, h handle, e end) (launch.Status, error) {
	if at, gone, err := readReturn(dir); gone || err != nil {
		return r.priced(at.end(e.Status), h), r.named(err)
	}
	p, err := r.provider()
	if err != nil {
		return r.waiting(h, e.Status, err), nil
	}
	step, cancel := context.WithTimeout(ctx, releaseStep)
	defer cancel()
	if err := r.desk(dir).Release(step, p, h.Nonce); err != nil {
		return r.waiting(h, e.Status, err), nil
	}
	err = files.WriteJSON(dir, returnedName, giving{h.Box, time.Now()})
	if errors.Is(err, syscall.ENOSPC) {
		return r.priced(giving{At: time.Now()}.end(e.Status), h), nil // it is gone, and the provider says so at the next look
	}
	if err != nil {
		return r.waiting(h, e.Status, err), nil
	}
	at, _, err := readReturn(dir) // as every later look has it
	return r.priced(at.end(e.Status), h), r.named(err)
}

// A giving is returned.json.
type giving struct {
	Box string    `json:"box"`
	At  time.Time `json:"at"`
}

func readReturn(dir string) (g giving, found bool, err error) {
	found, err = files.ReadJSON(dir, returnedName, &g)
	return g, found, err
}

// end is the end of an attempt as it is told: it is paid until its box is gone, so it ends
// then, and not when its trainer did.
func (g giving) end(s launch.Status) launch.Status {
	if g.At.After(s.EndedAt) {
		s.EndedAt = g.At
	}
	return s
}

// waiting is an attempt that has ended, and whose box still costs.
func (r *Rented) waiting(h handle, ended launch.Status, why error) launch.Status {
	return r.priced(launch.Status{
		State: launch.Running, Code: -1, StartedAt: ended.StartedAt,
		Reason: fmt.Sprintf("its trainer has ended (%s); the box %s is being given back and costs until it is gone: %v", ended.Reason, h.Box, why),
	}, h)
}

// priced adds what is known of place and price.
func (r *Rented) priced(s launch.Status, h handle) launch.Status {
	s.Facts.GPU, s.Facts.GPUs = h.GPU, h.Count
	s.Facts.Environment = ssh.EnvironmentOf(h.Attempt)
	s.Facts.AskedAt, s.Facts.ReadyAt = time.UnixMilli(h.AskedAt), time.UnixMilli(h.ReadyAt)
	if h.PricePerHour > 0 {
		s.Facts.Price = &h.PricePerHour
	}
	return s
}
