package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/launch/files"
)

// A Store keeps objects by name, below a place of its own: launch/bucket.
type Store interface {
	Put(ctx context.Context, name string, r io.Reader, size int64) error
	Size(ctx context.Context, name string) (int64, error)
	Get(ctx context.Context, name string, from int64) (io.ReadCloser, error)
	Remove(ctx context.Context, name string) error
}

// doneName is the object that says which files are there already of an upload that
// goes on.
const doneName = "fetching.json"

// ToStore is Fetch into a store. fetched.json is written last, and removed before
// anything else is changed. What was cut goes on: a file that had come whole, and has
// not changed where it is from, does not come again.
func ToStore(ctx context.Context, a Attempt, name string, to Store, tell func(done, total int64)) (Fetched, error) {
	all, err := a.list(ctx, name)
	if err != nil {
		return Fetched{}, fmt.Errorf("fetch %s of run %s: %w", name, a.Run, err)
	}
	if slices.ContainsFunc(all, func(f found) bool { return f.name == doneName }) {
		return Fetched{}, fmt.Errorf("fetch %s of run %s: %q is no name that could lie there", name, a.Run, doneName)
	}
	u := upload{a: a, to: to, result: Fetched{Run: a.Run, Attempt: a.N, Name: name}}
	if err := u.reopen(ctx); err != nil {
		return Fetched{}, err
	}
	var done, total int64
	for _, f := range all {
		total += f.size
	}
	for _, f := range all {
		file, err := u.one(ctx, f)
		if err == nil {
			u.result.Files = append(u.result.Files, file)
			err = u.write(ctx, doneName, Fetched{Run: a.Run, Attempt: a.N, Name: name, Files: u.all()})
		}
		if err != nil {
			return u.result, fmt.Errorf("fetch %s of run %s: %s: %w", name, a.Run, f.name, err)
		}
		if done += file.Size; tell != nil {
			tell(done, total)
		}
	}
	if err := u.write(ctx, MarkerName, u.result); err != nil {
		return u.result, err
	}
	return u.result, to.Remove(ctx, doneName)
}

// An upload is a fetch into a store on its way.
type upload struct {
	a      Attempt
	to     Store
	before []File // that are there from before
	result Fetched
}

// all are the files that are there: those of now, and what is left of before.
func (u upload) all() []File {
	list := append([]File(nil), u.result.Files...)
	for _, f := range u.before {
		if _, again := find(list, f.Name); !again {
			list = append(list, f)
		}
	}
	return list
}

// reopen reads what is there, writes it down, and takes the marker away.
func (u *upload) reopen(ctx context.Context) error {
	for _, name := range []string{doneName, MarkerName} {
		var before Fetched
		if err := readObject(ctx, u.to, name, &before); err == nil {
			u.before = append(u.before, before.Files...)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := u.write(ctx, doneName, Fetched{Run: u.a.Run, Attempt: u.a.N, Name: u.result.Name, Files: u.before}); err != nil {
		return err
	}
	return u.to.Remove(ctx, MarkerName)
}

func (u upload) write(ctx context.Context, name string, v Fetched) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return u.to.Put(ctx, name, strings.NewReader(string(text)+"\n"), int64(len(text))+1)
}

func find(list []File, name string) (File, bool) {
	for _, f := range list {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// one brings one file, unless it is there as it is now.
func (u upload) one(ctx context.Context, f found) (File, error) {
	source, err := u.a.Source.Open(ctx, u.a.Dir, u.a.Handle, f.path)
	if err != nil {
		return File{}, err
	}
	defer source.Close()
	if known, there := find(u.before, f.name); there && known.Size == source.Size && known.Modified.Equal(source.ModTime) {
		if size, err := u.to.Size(ctx, f.name); err == nil && size == source.Size {
			return known, nil
		}
	}
	file := File{Name: f.name, Size: source.Size, Modified: source.ModTime}
	sum := sha256.New()
	from := io.TeeReader(io.LimitReader(ending{ctx, source.From(0)}, source.Size), sum)
	if err := u.to.Put(ctx, f.name, from, source.Size); err != nil {
		return file, err
	}
	file.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if err := u.a.compare(ctx, f, &file); err != nil {
		return file, errors.Join(err, u.to.Remove(ctx, f.name))
	}
	return file, nil
}

// maxMarker is far more than a list of files has, in bytes.
const maxMarker = 64 << 20

func readObject(ctx context.Context, s Store, name string, v any) error {
	r, err := s.Get(ctx, name, 0)
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxMarker))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// ErrUnmarked: a fetch into a store was cut, or never was: what lies there may be half
// of it.
var ErrUnmarked = errors.New("it has no " + MarkerName + ", which is written last")

// FromStore brings what ToStore brought there into a directory here. What has no marker
// is refused, since it may be half of a checkpoint.
func FromStore(ctx context.Context, from Store, to string, tell func(done, total int64)) (Fetched, error) {
	var all Fetched
	err := readObject(ctx, from, MarkerName, &all)
	if errors.Is(err, fs.ErrNotExist) {
		return all, fmt.Errorf("%w: %w: finish the fetch that writes it", ErrUnmarked, err)
	}
	if err != nil {
		return all, err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return all, err
	}
	if err := reopen(to); err != nil {
		return all, err
	}
	var done int64
	for _, f := range all.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return all, fmt.Errorf("%q is no name that could lie here", f.Name)
		}
		if err := down(ctx, from, f, to, func(n int64) {
			if done += n; tell != nil {
				tell(done, all.Bytes())
			}
		}); err != nil {
			return all, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	for _, f := range all.Files {
		if err := os.Remove(filepath.Join(to, filepath.FromSlash(f.Name)) + fromSuffix); err != nil {
			return all, err
		}
	}
	return all, files.WriteJSON(to, MarkerName, all)
}

// down brings one object, from where it was cut.
func down(ctx context.Context, from Store, f File, to string, told func(int64)) error {
	final := filepath.Join(to, filepath.FromSlash(f.Name))
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return err
	}
	part, sum, err := begun(final, f, told)
	if err != nil {
		return err
	}
	defer part.Close()
	at, err := part.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if at < f.Size {
		r, err := from.Get(ctx, f.Name, at)
		if err != nil {
			return err
		}
		defer r.Close()
		if _, err := io.Copy(io.MultiWriter(part, sum, counter(told)), io.LimitReader(ending{ctx, r}, f.Size-at)); err != nil {
			return err
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != f.SHA256 {
		return errors.Join(fmt.Errorf("what came has the digest %s, and it is to be %s", got, f.SHA256), os.Remove(part.Name()))
	}
	return errors.Join(part.Sync(), os.Rename(part.Name(), final))
}
