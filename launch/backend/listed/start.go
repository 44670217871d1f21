package listed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"trainyard/format/durable"
	"trainyard/launch"
	"trainyard/launch/files"
)

// asked is the claim. A void one was never asked for.
type asked struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
	Void bool      `json:"void,omitempty"`
}

// Start implements launch.Backend.
func (b *Backend) Start(ctx context.Context, task launch.Task) (launch.Handle, error) {
	h, err := b.start(ctx, task)
	if err != nil {
		return "", fmt.Errorf("%s: %w", b.Place.Name, err)
	}
	return h, nil
}

func (b *Backend) start(ctx context.Context, task launch.Task) (launch.Handle, error) {
	o, err := b.order(task)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(task.Dir), 0o700); err != nil {
		return "", err
	}
	if err := os.Mkdir(task.Dir, 0o700); errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s: %w", task.Dir, launch.ErrClaimed)
	} else if err != nil {
		return "", fmt.Errorf("claim attempt: %w", err)
	}
	if err := errors.Join(files.WriteJSON(task.Dir, specName, task), durable.SyncDir(filepath.Dir(task.Dir))); err != nil {
		return "", fmt.Errorf("prepare attempt: %w", err)
	}
	// The last thing before the service is asked: a Find that comes first has made it.
	err = files.ClaimJSON(task.Dir, askedName, asked{Name: o.Name, At: b.now()})
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s: %w", task.Dir, launch.ErrClaimed)
	}
	if err != nil {
		return "", fmt.Errorf("claim attempt: %w", err)
	}
	err = b.Service.Submit(ctx, o)
	if errors.Is(err, ErrRefused) {
		return "", errors.Join(err, files.WriteJSON(task.Dir, askedName, asked{Name: o.Name, At: b.now(), Void: true}))
	}
	if err != nil {
		return "", err
	}
	b.forget()
	return handleOf(o.Name), nil
}
