package listed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"trainyard/launch"
	"trainyard/launch/files"
)

// Open implements launch.Backend: where the attempt's directory is seen here, all of
// it is; else the log is a copy of the service's.
func (b *Backend) Open(ctx context.Context, dir string, h launch.Handle, name string) (*launch.OpenFile, error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, launch.ErrGone)
	}
	there, seen := b.Volumes.Here(path.Join(b.there(dir), name))
	if seen {
		f, err := open(there)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	if name == launch.LogName {
		b.refresh(ctx, dir, h)
		return open(filepath.Join(dir, name))
	}
	var task launch.Task
	if _, err := files.ReadJSON(dir, specName, &task); err != nil {
		return nil, err
	}
	for _, f := range task.Command.Files {
		if path.Clean(f.Name) == path.Clean(name) {
			return sent(f)
		}
	}
	if seen {
		return nil, fmt.Errorf("%s: %w", there, fs.ErrNotExist)
	}
	return nil, fmt.Errorf("%s: %w", name, b.unseen(dir))
}

// refresh copies the log of one that has not ended, not more often than lists.
func (b *Backend) refresh(ctx context.Context, dir string, text launch.Handle) {
	info, err := os.Stat(filepath.Join(dir, launch.LogName))
	if exists(dir, endName) || err == nil && b.now().Sub(info.ModTime()) < b.Fresh {
		return
	}
	name, err := b.read(text)
	if err != nil {
		return
	}
	jobs, err := b.list(ctx)
	if err != nil {
		return
	}
	if ours := named(jobs, name); len(ours) > 0 && ours[0].State != launch.Queued {
		_ = b.fetch(ctx, dir, ours[0]) // what was copied before is there all the same
	}
}

func open(name string) (*launch.OpenFile, error) {
	f, info, err := files.OpenRegular(name)
	if err != nil {
		return nil, err
	}
	return &launch.OpenFile{ReaderAt: f, Closer: f, Size: info.Size(), ModTime: info.ModTime()}, nil
}

// sent gives a file of the command as it was sent.
func sent(f launch.File) (*launch.OpenFile, error) {
	if f.Link != "" {
		return open(f.Link)
	}
	text := readerAt(f.Content)
	return &launch.OpenFile{ReaderAt: text, Closer: io.NopCloser(nil), Size: int64(len(f.Content))}, nil
}

// List implements launch.Backend.
func (b *Backend) List(_ context.Context, dir string, _ launch.Handle, name string) ([]launch.Entry, error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, launch.ErrGone)
	}
	there, ok := b.Volumes.Here(path.Join(b.there(dir), name))
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, b.unseen(dir))
	}
	return files.List(there)
}

func (b *Backend) unseen(dir string) error {
	return fmt.Errorf("this service shows no files but the log: it lies in %s where the job runs; give the place's mount a here: where that is seen on this machine", b.there(dir))
}
