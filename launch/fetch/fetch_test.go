package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/files"
	"trainyard/launch/task"
)

// here has attempts of this machine, and cuts a read where it is told to.
type here struct {
	attempt.Machine
	cut *int64 // bytes that may still be read; nil is no limit
}

func (s here) Open(ctx context.Context, dir string, _ task.Handle, name string) (*task.OpenFile, error) {
	f, err := s.Machine.Open(ctx, dir, name)
	if err == nil && s.cut != nil {
		f.ReaderAt = cutReader{f.ReaderAt, s.cut}
	}
	return f, err
}

func (s here) List(ctx context.Context, dir string, _ task.Handle, name string) ([]task.Entry, error) {
	return s.Machine.List(ctx, dir, name)
}

var errCut = errors.New("the line was cut")

type cutReader struct {
	io.ReaderAt
	left *int64
}

func (c cutReader) ReadAt(p []byte, at int64) (int, error) {
	if *c.left <= 0 {
		return 0, errCut
	}
	n, err := c.ReaderAt.ReadAt(p[:min(int64(len(p)), *c.left)], at)
	*c.left -= int64(n)
	return n, err
}

func checkpoint(t *testing.T) (dir string, weights []byte) {
	t.Helper()
	dir = t.TempDir()
	weights = bytes.Repeat([]byte("weights "), 1<<20)
	for name, data := range map[string][]byte{"out/checkpoint-7/model.safetensors": weights, "out/checkpoint-7/deep/state.json": []byte("{}"), "out/checkpoint-7/empty": nil, "log": []byte("words\n")} {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, weights
}

func TestADirectoryComesWholeWithItsMarkerLast(t *testing.T) {
	dir, weights := checkpoint(t)
	to := t.TempDir()
	var done, total int64
	got, err := Fetch(t.Context(), Attempt{Source: here{Machine: attempt.Here("")}, Run: "r", N: 2, Dir: dir}, "out/checkpoint-7", to, func(d, of int64) { done, total = d, of })
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(to, "model.safetensors")); err != nil || !bytes.Equal(data, weights) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if done != total || total != got.Bytes() || len(got.Files) != 3 {
		t.Errorf("%d of %d, %+v", done, total, got)
	}
	var marker Fetched
	if found, err := files.ReadJSON(to, MarkerName, &marker); err != nil || !found || marker.Name != "out/checkpoint-7" || marker.Attempt != 2 {
		t.Errorf("%+v, %v", marker, err)
	}
	if left, _ := filepath.Glob(filepath.Join(to, "*"+fromSuffix)); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestASingleFileIsFetchedToo(t *testing.T) {
	dir, _ := checkpoint(t)
	to := t.TempDir()
	if _, err := Fetch(t.Context(), Attempt{Source: here{Machine: attempt.Here("")}, Dir: dir}, "log", to, nil); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(to, "log")); err != nil || string(data) != "words\n" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := Fetch(t.Context(), Attempt{Source: here{Machine: attempt.Here("")}, Dir: dir}, "none", to, nil); err == nil {
		t.Error("what is not there was fetched")
	}
}

func TestAFetchThatWasCutGoesOnWhereItWas(t *testing.T) {
	dir, weights := checkpoint(t)
	to := t.TempDir()
	left := int64(3 << 20)
	a := Attempt{Source: here{attempt.Here(""), &left}, Dir: dir}
	if _, err := Fetch(t.Context(), a, "out/checkpoint-7", to, nil); !errors.Is(err, errCut) {
		t.Fatalf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(to, MarkerName)); err == nil {
		t.Fatal("a fetch that was cut has its marker")
	}
	left = int64(len(weights)) - 3<<20 + 100 // enough for the rest, not for all of it again
	if _, err := Fetch(t.Context(), a, "out/checkpoint-7", to, nil); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(to, "model.safetensors")); err != nil || !bytes.Equal(data, weights) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

func TestWhatLiesOutsideOfTheAttemptIsRefused(t *testing.T) {
	dir, _ := checkpoint(t)
	for _, name := range []string{"..", "../log", "out/../..", "out/../../log", "/etc/passwd", ""} {
		to := filepath.Join(t.TempDir(), "to")
		if _, err := Fetch(t.Context(), Attempt{Source: here{Machine: attempt.Here("")}, Dir: dir}, name, to, nil); err == nil || !strings.Contains(err.Error(), "outside") {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := os.Stat(to); err == nil {
			t.Errorf("%q: a directory was made", name)
		}
	}
}

func TestWhatCameWholeDoesNotComeAgain(t *testing.T) {
	dir, _ := checkpoint(t)
	to := t.TempDir()
	if _, err := Fetch(t.Context(), Attempt{Source: here{Machine: attempt.Here("")}, Dir: dir}, "out/checkpoint-7", to, nil); err != nil {
		t.Fatal(err)
	}
	none := int64(0)
	got, err := Fetch(t.Context(), Attempt{Source: here{attempt.Here(""), &none}, Dir: dir}, "out/checkpoint-7", to, nil)
	if err != nil || len(got.Files) != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAPartOfAnotherFileIsNotGoneOnWith(t *testing.T) {
	dir, weights := checkpoint(t)
	to := t.TempDir()
	left := int64(3 << 20)
	if _, err := Fetch(t.Context(), Attempt{Source: here{attempt.Here(""), &left}, Dir: dir}, "out/checkpoint-7", to, nil); !errors.Is(err, errCut) {
		t.Fatalf("%v", err)
	}
	changed := []byte(strings.ToUpper(string(weights)))
	if err := os.WriteFile(filepath.Join(dir, "out/checkpoint-7/model.safetensors"), changed, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Fetch(t.Context(), Attempt{Source: here{Machine: attempt.Here("")}, Dir: dir}, "out/checkpoint-7", to, nil); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(to, "model.safetensors")); err != nil || !bytes.Equal(data, changed) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

// damaged tells a digest that no file has.
type damaged struct{ here }

func (damaged) Digest(context.Context, string, task.Handle, string) (string, error) {
	return strings.Repeat("0", 64), nil
}

func TestWhatComesOtherwiseThanItLiesThereIsRefused(t *testing.T) {
	dir, _ := checkpoint(t)
	to := t.TempDir()
	if _, err := Fetch(t.Context(), Attempt{Source: damaged{here{Machine: attempt.Here("")}}, Dir: dir}, "log", to, nil); err == nil || !strings.Contains(err.Error(), "digest") {
		t.Errorf("%v", err)
	}
	if entries, err := os.ReadDir(to); err != nil || len(entries) > 1 {
		t.Errorf("%v, %v", entries, err)
	}
}
