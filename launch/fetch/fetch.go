package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"trainyard/launch/files"
	"trainyard/launch/task"
)

// A Source has the files of attempts: a launch.Backend.
type Source interface {
	Open(ctx context.Context, dir string, h task.Handle, name string) (*task.OpenFile, error)
	List(ctx context.Context, dir string, h task.Handle, name string) ([]task.Entry, error)
}

// A Digester is a Source that tells the SHA-256 of a file where it lies.
type Digester interface {
	Digest(ctx context.Context, dir string, h task.Handle, name string) (string, error)
}

// An Attempt is whose files they are.
type Attempt struct {
	Source Source
	Run    string
	N      int
	Dir    string // here, as the backend knows it
	Handle task.Handle
	// Keep says which files and directories come, by their names below the attempt's
	// directory; nil is all of them.
	Keep func(name string, e task.Entry) bool
}

// A Fetched is what fetched.json says.
type Fetched struct {
	Run     string `json:"run"`
	Attempt int    `json:"attempt"`
	Name    string `json:"name"` // below the attempt's directory
	Files   []File `json:"files"`
}

// A File is one that was fetched.
type File struct {
	Name     string    `json:"name"` // below the directory; of a single file its own
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"`
	Modified time.Time `json:"modified"`
	Checked  bool      `json:"checked"` // against the digest where it lay
}

// Bytes are those of all files.
func (f Fetched) Bytes() (n int64) {
	for _, file := range f.Files {
		n += file.Size
	}
	return n
}

// MarkerName is the file that is written last.
const MarkerName = "fetched.json"

// Fetch brings a file, or a directory with all below it, into the directory to. tell
// hears how many of how many bytes are there; it may be nil.
func Fetch(ctx context.Context, a Attempt, name, to string, tell func(done, total int64)) (Fetched, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return Fetched{}, fmt.Errorf("fetch %q of run %s: it lies outside of the attempt's directory: name what is below it, such as log or out", name, a.Run)
	}
	all, err := a.list(ctx, name)
	if err != nil {
		return Fetched{}, fmt.Errorf("fetch %s of run %s: %w", name, a.Run, err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return Fetched{}, err
	}
	if err := reopen(to); err != nil {
		return Fetched{}, err
	}
	result := Fetched{Run: a.Run, Attempt: a.N, Name: name}
	var done, total int64
	for _, f := range all {
		total += f.size
	}
	for _, f := range all {
		file, err := a.one(ctx, f, to, func(n int64) {
			if done += n; tell != nil {
				tell(done, total)
			}
		})
		if err != nil {
			return result, fmt.Errorf("fetch %s of run %s: %s: %w", name, a.Run, f.name, err)
		}
		result.Files = append(result.Files, file)
	}
	for _, f := range all {
		if err := os.Remove(filepath.Join(to, filepath.FromSlash(f.name)) + fromSuffix); err != nil {
			return result, err
		}
	}
	return result, files.WriteJSON(to, MarkerName, result)
}

// reopen makes of a directory that was fetched whole one that may be fetched again: what
// has not changed need not come again.
func reopen(to string) error {
	var before Fetched
	found, err := files.ReadJSON(to, MarkerName, &before)
	if err != nil || !found {
		return err
	}
	for _, f := range before.Files {
		final := filepath.Join(to, filepath.FromSlash(f.Name))
		if filepath.IsLocal(filepath.FromSlash(f.Name)) {
			// Where that fails, the file only comes again.
			_ = files.WriteJSON(filepath.Dir(final), filepath.Base(final)+fromSuffix, f)
		}
	}
	return os.Remove(filepath.Join(to, MarkerName))
}

// A found file lies at path below the attempt's directory.
type found struct {
	path, name string
	size       int64
}

// list walks a directory; a single file is a list of one.
func (a Attempt) list(ctx context.Context, name string) ([]found, error) {
	entries, err := a.Source.List(ctx, a.Dir, a.Handle, name)
	if err != nil {
		f, errOpen := a.Source.Open(ctx, a.Dir, a.Handle, name)
		if errOpen != nil {
			return nil, err
		}
		return []found{{name, path.Base(name), f.Size}}, f.Close()
	}
	return a.below(ctx, name, "", entries)
}

func (a Attempt) below(ctx context.Context, root, under string, entries []task.Entry) (all []found, err error) {
	for _, e := range entries {
		name := path.Join(under, e.Name)
		if a.Keep != nil && !a.Keep(path.Join(root, name), e) {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) || name == MarkerName {
			return nil, fmt.Errorf("%q is no name that could lie here", name)
		}
		if !e.Dir {
			all = append(all, found{path.Join(root, name), name, e.Size})
			continue
		}
		inner, err := a.Source.List(ctx, a.Dir, a.Handle, path.Join(root, name))
		if err != nil {
			return nil, err
		}
		more, err := a.below(ctx, root, name, inner)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// one brings one file. What is begun has .part behind its name, and says in .from which
// file it is a part of.
func (a Attempt) one(ctx context.Context, f found, to string, told func(int64)) (File, error) {
	source, err := a.Source.Open(ctx, a.Dir, a.Handle, f.path)
	if err != nil {
		return File{}, err
	}
	defer source.Close()
	final := filepath.Join(to, filepath.FromSlash(f.name))
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return File{}, err
	}
	file := File{Name: f.name, Size: source.Size, Modified: source.ModTime}
	part, sum, err := begun(final, file, told)
	if err != nil {
		return file, err
	}
	defer part.Close()
	at, err := part.Seek(0, io.SeekEnd)
	if err != nil {
		return file, err
	}
	n, err := io.CopyBuffer(io.MultiWriter(part, sum, counter(told)), io.LimitReader(ending{ctx, source.From(at)}, source.Size-at), make([]byte, 1<<20))
	if err != nil {
		return file, err
	}
	if at+n != source.Size {
		return file, fmt.Errorf("%d of %d bytes came: it changes while it is read", at+n, source.Size)
	}
	file.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if err := errors.Join(part.Sync(), a.compare(ctx, f, &file)); err != nil {
		return file, errors.Join(err, os.Remove(part.Name()))
	}
	return file, os.Rename(part.Name(), final)
}

const (
	partSuffix = ".part"
	fromSuffix = ".from"
)

// begun opens what is there of a file, if it is of this file as it is now, and hashes
// it. One that came whole before is a part with nothing to come.
func begun(final string, file File, told func(int64)) (*os.File, hash.Hash, error) {
	var from File
	known, err := files.ReadJSON(filepath.Dir(final), filepath.Base(final)+fromSuffix, &from)
	unchanged := err == nil && known && from.Size == file.Size && from.Modified.Equal(file.Modified)
	if !unchanged {
		if err := os.Remove(final + partSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		if err := files.WriteJSON(filepath.Dir(final), filepath.Base(final)+fromSuffix, file); err != nil {
			return nil, nil, err
		}
	}
	if _, err := os.Stat(final + partSuffix); errors.Is(err, fs.ErrNotExist) && unchanged {
		if err := os.Rename(final, final+partSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
	}
	part, err := os.OpenFile(final+partSuffix, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, nil, err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(sum, counter(told)), part); err != nil {
		return nil, nil, errors.Join(err, part.Close())
	}
	return part, sum, nil
}

// compare asks the backend what the file's digest is, where it can tell.
func (a Attempt) compare(ctx context.Context, f found, file *File) error {
	d, ok := a.Source.(Digester)
	if !ok {
		return nil
	}
	want, err := d.Digest(ctx, a.Dir, a.Handle, f.path)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err == nil && want != file.SHA256 {
		err = fmt.Errorf("what came has the digest %s, and it is %s there", file.SHA256, want)
	}
	file.Checked = err == nil
	return err
}

// A counter tells how much goes through it.
type counter func(int64)

func (c counter) Write(p []byte) (int, error) {
	c(int64(len(p)))
	return len(p), nil
}

// An ending reader ends with its context.
type ending struct {
	ctx context.Context
	r   io.Reader
}

func (e ending) Read(p []byte) (int, error) {
	if e.ctx.Err() != nil {
		return 0, context.Cause(e.ctx)
	}
	return e.r.Read(p)
}
