package attempt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"trainyard/launch/task"
)

func object(size int) (data []byte, digest string) {
	data = bytes.Repeat([]byte("0123456789abcde\n"), size/16+1)[:size]
	sum := sha256.Sum256(data)
	return data, hex.EncodeToString(sum[:])
}

// put sends an object in chunks from an offset on.
func put(t *testing.T, m Machine, digest string, data []byte, from, chunk int) error {
	t.Helper()
	for at := from; at < len(data); at += chunk {
		if err := m.Put(t.Context(), digest, int64(len(data)), int64(at), data[at:min(at+chunk, len(data))]); err != nil {
			return err
		}
	}
	return nil
}

func TestAnObjectGoesOnWhereItsSessionEnded(t *testing.T) {
	root := t.TempDir()
	data, digest := object(100_000)
	first := session(t, root)
	if size, whole, err := first.Has(t.Context(), digest); size != 0 || whole || err != nil {
		t.Fatalf("before: %d, %v, %v", size, whole, err)
	}
	for at := 0; at < 63_000; at += 7_000 {
		if err := first.Put(t.Context(), digest, int64(len(data)), int64(at), data[at:at+7_000]); err != nil {
			t.Fatal(err)
		}
	}
	second := session(t, root)
	size, whole, err := second.Has(t.Context(), digest)
	if size != 63_000 || whole || err != nil {
		t.Fatalf("half: %d, %v, %v", size, whole, err)
	}
	if err := put(t, second, digest, data, int(size), 20_000); err != nil {
		t.Fatal(err)
	}
	if size, whole, err := first.Has(t.Context(), digest); size != 100_000 || !whole || err != nil {
		t.Errorf("whole: %d, %v, %v", size, whole, err)
	}
	if err := put(t, first, digest, data, 0, 50_000); err != nil {
		t.Errorf("again: %v", err)
	}
	box, err := first.Hello(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(box.Store, digest)); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestChunksThatComeALittleEarlyWait(t *testing.T) {
	m := session(t, t.TempDir())
	data, digest := object(1 << 20)
	var sending sync.WaitGroup
	const chunk = 1 << 17
	for at := len(data) - chunk; at >= 0; at -= chunk { // the last one first
		sending.Go(func() {
			if err := m.Put(t.Context(), digest, int64(len(data)), int64(at), data[at:at+chunk]); err != nil {
				t.Errorf("at %d: %v", at, err)
			}
		})
	}
	sending.Wait()
	if size, whole, err := m.Has(t.Context(), digest); size != 1<<20 || !whole || err != nil {
		t.Errorf("%d, %v, %v", size, whole, err)
	}
}

func TestAChunkThatIsFarAheadIsRefused(t *testing.T) {
	m := session(t, t.TempDir())
	_, digest := object(10)
	if err := m.Put(t.Context(), digest, 1<<30, maxEarly+1, []byte("x")); !errors.Is(err, ErrOffset) {
		t.Errorf("%v", err)
	}
	for _, c := range [][3]int64{{10, -1, 1}, {10, 11, 0}, {10, 9, 2}} {
		if err := m.Put(t.Context(), digest, c[0], c[1], make([]byte, c[2])); !errors.Is(err, ErrOffset) {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestOneObjectFromManySessionsIsWhole(t *testing.T) {
	root := t.TempDir()
	data, digest := object(300_000)
	var sending sync.WaitGroup
	for range 6 {
		m := session(t, root)
		sending.Go(func() {
			if err := put(t, m, digest, data, 0, 10_000); err != nil {
				t.Error(err)
			}
		})
	}
	sending.Wait()
	if got, err := os.ReadFile(filepath.Join(root, "store", digest)); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestWhatIsNotWhatItsDigestSaysIsRemoved(t *testing.T) {
	m := session(t, t.TempDir())
	data, digest := object(1000)
	data[500]++
	if err := put(t, m, digest, data, 0, 400); !errors.Is(err, ErrDigest) {
		t.Errorf("%v", err)
	}
	if size, whole, err := m.Has(t.Context(), digest); size != 0 || whole || err != nil {
		t.Errorf("it is there: %d, %v, %v", size, whole, err)
	}
	data[500]--
	if err := put(t, m, digest, data, 0, 400); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "../../etc/passwd", strings.ToUpper(digest), digest + "0"} {
		if _, _, err := m.Has(t.Context(), bad); err == nil {
			t.Errorf("%q passes for a digest", bad)
		}
	}
}

func TestAnObjectThatDoesNotFitIsRefusedBeforeItStarts(t *testing.T) {
	root := t.TempDir()
	m := session(t, root)
	_, digest := object(10)
	err := m.Put(t.Context(), digest, 1<<60, 0, []byte("0123456789"))
	if !errors.Is(err, ErrNoSpace) || !strings.Contains(err.Error(), "make room for") {
		t.Errorf("%v", err)
	}
	if size, _, err := m.Has(t.Context(), digest); size != 0 || err != nil {
		t.Errorf("%d bytes were written, %v", size, err)
	}
}

func TestFilesArePlacedAndPlacedAgain(t *testing.T) {
	root := t.TempDir()
	m := session(t, root)
	data, digest := object(100)
	if err := put(t, m, digest, data, 0, 100); err != nil {
		t.Fatal(err)
	}
	shard := filepath.Join(root, "store", digest)
	for _, content := range []string{"one", "two"} {
		list := []task.File{{Name: "config.yaml", Content: content}, {Name: "train/shard.parquet", Link: shard}}
		if err := m.Place(t.Context(), "datasets/x", list); err != nil {
			t.Fatal(err)
		}
		f, err := m.Open(t.Context(), "datasets/x", "config.yaml")
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, f.Size)
		if _, err := f.ReadAt(got, 0); err != nil || string(got) != content {
			t.Errorf("%q, %v", got, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(root, "datasets/x/train/shard.parquet")); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%q, %v", got, err)
	}
	if err := m.Place(t.Context(), "datasets/x", []task.File{{Name: "../../x", Content: "x"}}); err == nil {
		t.Error("a file outside was placed")
	}
	if _, err := m.List(t.Context(), "datasets/x", "none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
