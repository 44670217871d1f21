package attempt

import (
	"context"
	"errors"
	"time"

	"trainyard/launch/task"
)

// Hello implements Machine.
func (c *client) Hello(ctx context.Context) (Box, error) {
	a, _, err := c.ask(ctx, opHello, request{Protocol: Protocol}, nil)
	if err != nil {
		return Box{}, err
	}
	if a.Box == nil {
		return Box{}, errors.New("the machine said nothing of itself")
	}
	return *a.Box, nil
}

// LookPath implements Machine.
func (c *client) LookPath(ctx context.Context, program string) (string, error) {
	a, _, err := c.ask(ctx, opLookPath, request{Name: program}, nil)
	return a.Path, err
}

// Has implements Machine.
func (c *client) Has(ctx context.Context, digest string) (int64, bool, error) {
	a, _, err := c.ask(ctx, opHas, request{Digest: digest}, nil)
	return a.Size, a.Whole, err
}

// Put implements Machine.
func (c *client) Put(ctx context.Context, digest string, size, offset int64, data []byte) error {
	_, _, err := c.ask(ctx, opPut, request{Digest: digest, Size: size, Offset: offset}, data)
	return err
}

// Place implements Machine.
func (c *client) Place(ctx context.Context, dir string, files []task.File) error {
	_, _, err := c.ask(ctx, opPlace, request{Dir: dir, Files: files}, nil)
	return err
}

// Start implements Machine. Values of secrets are in the message and nowhere else.
func (c *client) Start(ctx context.Context, order Order) (task.Handle, error) {
	a, _, err := c.ask(ctx, opStart, request{Order: &order, Secrets: secretsOf(order.Command.Env)}, nil)
	return a.Handle, err
}

// Find implements Machine.
func (c *client) Find(ctx context.Context, dir string) (task.Handle, error) {
	a, _, err := c.ask(ctx, opFind, request{Dir: dir}, nil)
	return a.Handle, err
}

// Status implements Machine.
func (c *client) Status(ctx context.Context, dir string, h task.Handle) (task.Status, error) {
	a, _, err := c.ask(ctx, opStatus, request{Dir: dir, Handle: h}, nil)
	if err != nil {
		return task.Status{}, err
	}
	if a.Status == nil {
		return task.Status{}, errors.New("the machine told no status")
	}
	// In the zone of this machine, where two looks at one time are the same value.
	a.Status.StartedAt, a.Status.EndedAt = local(a.Status.StartedAt), local(a.Status.EndedAt)
	return *a.Status, nil
}

// Stop implements Machine.
func (c *client) Stop(ctx context.Context, dir string, h task.Handle, grace time.Duration) error {
	_, _, err := c.ask(ctx, opStop, request{Dir: dir, Handle: h, Grace: grace}, nil)
	return err
}

// Collected implements Machine.
func (c *client) Collected(ctx context.Context, dir string) error {
	_, _, err := c.ask(ctx, opCollected, request{Dir: dir}, nil)
	return err
}

// List implements Machine.
func (c *client) List(ctx context.Context, dir, name string) ([]task.Entry, error) {
	a, _, err := c.ask(ctx, opList, request{Dir: dir, Name: name}, nil)
	return a.Entries, err
}

// Exec implements Machine.
func (c *client) Exec(ctx context.Context, argv []string, stdin []byte) (Result, error) {
	a, _, err := c.ask(ctx, opExec, request{Argv: argv, Stdin: stdin}, nil)
	if err != nil || a.Result == nil {
		return Result{}, err
	}
	return a.Result.clean(), nil
}

func local(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return at.Local()
}
