package cache

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"trainyard/format"
)

func opened(t *testing.T, dir string) *Cache {
	t.Helper()
	c, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func closed(t *testing.T, c *Cache) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func partOf(t *testing.T, path, text string) Part {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return Part{Files: []format.File{stat(t, path)}}
}

func stat(t *testing.T, path string) format.File {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return format.FileOf(path, info)
}

// fill makes the entry of a part that was opened at a time.
func fill(t *testing.T, p *Preparation, part Part, began time.Time, records, rows string) {
	t.Helper()
	lock, err := p.Lock(context.Background(), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	w, err := p.Create(part, began)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, records); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Row([]byte(rows)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit([]string{"digest"}); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, e *Entry) (records, rows string) {
	t.Helper()
	r, err := e.Records()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a, err := io.ReadAll(r)
	b, err2 := os.ReadFile(e.Rows)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return string(a), string(b)
}

func TestAnEntryIsServedByTimesWhereTheyTellAndByDigestWhereNot(t *testing.T) {
	c := opened(t, t.TempDir())
	p := c.Preparation([]byte("k"), About{})
	part := partOf(t, filepath.Join(t.TempDir(), "a"), "hello")
	hashes := 0
	says := func(digest string) func(int) (string, error) {
		return func(int) (string, error) { hashes++; return digest, nil }
	}
	find := func(hash func(int) (string, error)) *Entry {
		t.Helper()
		e, err := p.Find(part, hash)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if find(says("digest")) != nil {
		t.Error("there is an entry before it is made")
	}
	fill(t, p, part, time.Now(), "records", "rows")
	if e := find(says("digest")); e == nil || hashes != 1 {
		t.Errorf("opened at the time of its last change: %v, hashed %d times", e, hashes)
	}
	if e := find(says("other")); e != nil {
		t.Error("another content is served")
	}
	fill(t, p, part, time.Now().Add(time.Minute), "records", "rows")
	hashes = 0
	e := find(says("other"))
	if e == nil || hashes != 0 {
		t.Fatalf("long unchanged: %v, hashed %d times", e, hashes)
	}
	if records, rows := read(t, e); records != "records" || rows != "rows" {
		t.Errorf("it holds %q and %q", records, rows)
	}
	part = partOf(t, part.Files[0].Path, "hallo")
	if e := find(says("other")); e != nil || hashes != 1 {
		t.Errorf("rewritten: %v, hashed %d times", e, hashes)
	}
	if e := find(says("digest")); e == nil {
		t.Error("touched, with its content: not served")
	}
	part.Marks = "x"
	if e := find(says("digest")); e != nil {
		t.Error("other marks are served")
	}
}

func TestPruneRemovesWhatWasNotUsedForLongest(t *testing.T) {
	dir, files := t.TempDir(), t.TempDir()
	c := opened(t, dir)
	p := c.Preparation([]byte("k"), About{Recipe: "r"})
	names := []string{"a", "b", "c"}
	for i, name := range names {
		part := partOf(t, filepath.Join(files, name), name)
		fill(t, p, part, time.Now(), "records", string(make([]byte, 1000)))
		used := time.Now().Add(time.Duration(i-10) * time.Hour)
		if err := os.Chtimes(filepath.Join(p.dir, part.name()+".index"), used, used); err != nil {
			t.Fatal(err)
		}
	}
	fill(t, p, partOf(t, filepath.Join(files, "a"), "again"), time.Now(), "records", "rows") // its old rows are of no entry now
	if err := os.WriteFile(filepath.Join(p.dir, "mine.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Prune(dir, time.Time{}, 0); !errors.Is(err, ErrInUse) {
		t.Fatalf("while the cache is open: %v", err)
	}
	closed(t, c)
	list, err := List(dir)
	if err != nil || len(list) != 1 || list[0].Entries != 3 || list[0].Recipe != "r" {
		t.Fatalf("list: %+v, %v", list, err)
	}
	done, err := Prune(dir, time.Time{}, list[0].Bytes-500)
	if err != nil || done.Entries != 1 || done.Bytes+done.Left != list[0].Bytes {
		t.Fatalf("%+v of %d, %v", done, list[0].Bytes, err)
	}
	for name, want := range map[string]bool{"a": true, "b": false, "c": true} {
		part := Part{Files: []format.File{stat(t, filepath.Join(files, name))}}
		e, err := opened(t, dir).Preparation([]byte("k"), About{}).Find(part, func(int) (string, error) { return "digest", nil })
		if err != nil || (e != nil) != want {
			t.Errorf("%s: served %v, want %v (%v)", name, e != nil, want, err)
		}
	}
}

func TestPruneTouchesNothingOfOthers(t *testing.T) {
	dir := t.TempDir()
	c := opened(t, dir)
	p := c.Preparation([]byte("k"), About{})
	fill(t, p, partOf(t, filepath.Join(t.TempDir(), "a"), "a"), time.Now(), "", "")
	w, err := p.Create(partOf(t, filepath.Join(t.TempDir(), "b"), "b"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Keep(); err != nil { // as a killed process leaves it
		t.Fatal(err)
	}
	closed(t, c)
	mine := []string{filepath.Join(dir, "notes.rows"), filepath.Join(p.dir, "notes.txt"), filepath.Join(dir, "other", "x.rows")}
	for _, path := range mine {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if done, err := Prune(dir, time.Now().Add(time.Hour), 0); err != nil || done.Entries != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	for _, path := range mine {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(p.dir, "*.part")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestAnotherVersionsEntryIsNoEntry(t *testing.T) {
	dir := t.TempDir()
	p := opened(t, dir).Preparation([]byte("k"), About{})
	part := partOf(t, filepath.Join(t.TempDir(), "a"), "a")
	fill(t, p, part, time.Now(), "records", "rows")
	path := filepath.Join(p.dir, part.name()+".index")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append([]byte(`{"version":0,`), text[len(`{"version":1,`):]...), 0o644); err != nil {
		t.Fatal(err)
	}
	if e, err := p.Find(part, func(int) (string, error) { return "digest", nil }); e != nil || err != nil {
		t.Errorf("%v, %v", e, err)
	}
}
