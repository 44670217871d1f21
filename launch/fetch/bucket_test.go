package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/bucket"
	"trainyard/launch/bucket/buckettest"
)

// A counted store is a bucket that counts what is written, and dies after a number of
// writes.
type counted struct {
	Store
	puts []string
	left int // writes until it dies; below 0 never
}

func (c *counted) Put(ctx context.Context, name string, r io.Reader, size int64) error {
	if c.left == 0 {
		return errCut
	}
	c.left--
	c.puts = append(c.puts, name)
	return c.Store.Put(ctx, name, r, size)
}

func inBucket(t *testing.T) (*bucket.Bucket, string) {
	t.Helper()
	server := buckettest.Up(t, "127.0.0.1")
	b, err := bucket.Open(server.Place)
	if err != nil {
		t.Fatal(err)
	}
	return b, server.Dir
}

func TestACheckpointGoesToABucketAndComesBack(t *testing.T) {
	dir, weights := checkpoint(t)
	b, there := inBucket(t)
	a := Attempt{Source: here{Machine: attempt.Here("")}, Run: "r", N: 2, Dir: dir}
	var done, total int64
	got, err := ToStore(t.Context(), a, "out/checkpoint-7", b, func(d, of int64) { done, total = d, of })
	if err != nil || len(got.Files) != 3 || done != total || total != got.Bytes() {
		t.Fatalf("%d of %d: %+v, %v", done, total, got, err)
	}
	if data, err := os.ReadFile(filepath.Join(there, "model.safetensors")); err != nil || !bytes.Equal(data, weights) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if _, err := os.Stat(filepath.Join(there, doneName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is left: %v", doneName, err)
	}
	to := t.TempDir()
	back, err := FromStore(t.Context(), b, to, nil)
	if err != nil || back.Run != "r" || back.Attempt != 2 {
		t.Fatalf("%+v, %v", back, err)
	}
	for _, name := range []string{"model.safetensors", "deep/state.json", "empty"} {
		was, errWas := os.ReadFile(filepath.Join(dir, "out/checkpoint-7", name))
		is, errIs := os.ReadFile(filepath.Join(to, name))
		if errWas != nil || errIs != nil || !bytes.Equal(was, is) {
			t.Errorf("%s: %v, %v", name, errWas, errIs)
		}
	}
}

// TestAnUploadThatDiesAnywhereHasNoMarkerAndGoesOn: after every number of writes, what
// is there is refused; asked again, no file that was there comes again.
func TestAnUploadThatDiesAnywhereHasNoMarkerAndGoesOn(t *testing.T) {
	dir, _ := checkpoint(t)
	b, there := inBucket(t)
	a := Attempt{Source: here{Machine: attempt.Here("")}, Run: "r", N: 1, Dir: dir}
	whole := &counted{Store: b, left: -1}
	if _, err := ToStore(t.Context(), a, "out/checkpoint-7", whole, nil); err != nil {
		t.Fatal(err)
	}
	for n := range len(whole.puts) {
		if err := os.RemoveAll(there); err != nil {
			t.Fatal(err)
		}
		dying := &counted{Store: b, left: n}
		if _, err := ToStore(t.Context(), a, "out/checkpoint-7", dying, nil); !errors.Is(err, errCut) {
			t.Fatalf("after %d writes: %v", n, err)
		}
		if _, err := FromStore(t.Context(), b, t.TempDir(), nil); !errors.Is(err, ErrUnmarked) {
			t.Errorf("after %d writes, what is there is taken: %v", n, err)
		}
		again := &counted{Store: b, left: -1}
		if _, err := ToStore(t.Context(), a, "out/checkpoint-7", again, nil); err != nil {
			t.Fatalf("after %d writes: %v", n, err)
		}
		if _, err := FromStore(t.Context(), b, t.TempDir(), nil); err != nil {
			t.Errorf("after %d writes: %v", n, err)
		}
		// One file may come twice: the one that was there, and not yet said to be.
		if files := ofFiles(dying.puts) + ofFiles(again.puts); files > 4 {
			t.Errorf("after %d writes, %d files came in all", n, files)
		}
	}
}

func ofFiles(puts []string) (n int) {
	for _, name := range puts {
		if name != doneName && name != MarkerName {
			n++
		}
	}
	return n
}

func TestAFileThatChangedComesAgainAndNoOther(t *testing.T) {
	dir, _ := checkpoint(t)
	b, there := inBucket(t)
	a := Attempt{Source: here{Machine: attempt.Here("")}, Run: "r", N: 1, Dir: dir}
	if _, err := ToStore(t.Context(), a, "out/checkpoint-7", b, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "out/checkpoint-7/deep/state.json"), []byte(`{"a": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &counted{Store: b, left: -1}
	if _, err := ToStore(t.Context(), a, "out/checkpoint-7", c, nil); err != nil || ofFiles(c.puts) != 1 {
		t.Errorf("%v, %v", c.puts, err)
	}
	if data, err := os.ReadFile(filepath.Join(there, "deep/state.json")); err != nil || string(data) != `{"a": 1}` {
		t.Errorf("%q, %v", data, err)
	}
}

func TestAnObjectThatIsAnotherIsRefused(t *testing.T) {
	dir, _ := checkpoint(t)
	b, _ := inBucket(t)
	a := Attempt{Source: here{Machine: attempt.Here("")}, Run: "r", N: 1, Dir: dir}
	if _, err := ToStore(t.Context(), a, "out/checkpoint-7", b, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), "deep/state.json", bytes.NewReader([]byte("[]")), 2); err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	if _, err := FromStore(t.Context(), b, to, nil); err == nil {
		t.Error("it was taken")
	}
	if _, err := os.Stat(filepath.Join(to, MarkerName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is marked: %v", err)
	}
}
