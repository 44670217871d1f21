package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"trainyard/launch"
	"trainyard/launch/files"
)

// Open implements launch.Backend: the log and the progress file are copies that are
// brought up to date first; the files of the command are those that were sent; all
// else is read where the place says that its volume is seen here.
func (k *Kubernetes) Open(ctx context.Context, dir string, h launch.Handle, name string) (*launch.OpenFile, error) {
	var s spec
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, launch.ErrGone)
	}
	if _, err := files.ReadJSON(dir, specName, &s); err != nil {
		return nil, err
	}
	switch {
	case name == launch.LogName:
		k.refresh(ctx, dir, h)
		return openHere(filepath.Join(dir, name))
	case name == s.Progress && name != "":
		k.refresh(ctx, dir, h)
		return openHere(filepath.Join(dir, progressName))
	}
	there, seen := k.o.volumes().Here(path.Join(k.inPod(dir), name))
	if seen {
		f, err := openHere(there)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	for _, f := range s.Files { // its pod may not have begun
		if path.Clean(f.Name) == path.Clean(name) {
			return openSent(f)
		}
	}
	if seen {
		return nil, fmt.Errorf("%s: %w", there, fs.ErrNotExist)
	}
	return nil, fmt.Errorf("%s: %w", name, k.unseen(dir))
}

// refresh brings the copies up to date, where it can.
func (k *Kubernetes) refresh(ctx context.Context, dir string, text launch.Handle) {
	if whole, err := files.ReadJSON(dir, wholeName, &object{}); whole || err != nil {
		return
	}
	h, err := readHandle(text)
	if err != nil {
		return
	}
	c, err := k.client()
	if err != nil {
		return
	}
	if s, err := c.look(ctx, h, dir); err == nil {
		_ = k.collect(ctx, c, dir, s.pods, s.judge().State.Ended()) // what was copied before is there all the same
	}
}

func openHere(name string) (*launch.OpenFile, error) {
	f, info, err := files.OpenRegular(name)
	if err != nil {
		return nil, err
	}
	return &launch.OpenFile{ReaderAt: f, Closer: f, Size: info.Size(), ModTime: info.ModTime()}, nil
}

// openSent gives a file of the command as it was sent.
func openSent(f launch.File) (*launch.OpenFile, error) {
	if f.Link != "" {
		return openHere(f.Link)
	}
	text := []byte(f.Content)
	return &launch.OpenFile{ReaderAt: readerAt(text), Closer: closer{}, Size: int64(len(text))}, nil
}

// List implements launch.Backend.
func (k *Kubernetes) List(_ context.Context, dir string, _ launch.Handle, name string) ([]launch.Entry, error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, launch.ErrGone)
	}
	there, ok := k.o.volumes().Here(path.Join(k.inPod(dir), name))
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, k.unseen(dir))
	}
	return files.List(there)
}

// unseen is why a file cannot be read, with the way out. It is no file that is not
// there: it may well be.
func (k *Kubernetes) unseen(dir string) error {
	if k.o.Runs == "" {
		return fmt.Errorf("the API of Kubernetes shows no files of a pod, and this place keeps runs in the pod (ephemeral): give it runs: on a mount with local:, or look with `kubectl cp` while it runs")
	}
	return fmt.Errorf("the API of Kubernetes shows no files of a volume: where the mount of runs: is seen here too, give it local:; else look at %s from a pod that mounts it", k.inPod(dir))
}
