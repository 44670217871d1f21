package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestAWriteThatFailsLeavesTheOldFileAndNothingElse(t *testing.T) {
	for _, temp := range []string{"", "x.tmp"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "x")
		if err := Write(path, temp, 0o600, Bytes([]byte("old"))); err != nil {
			t.Fatal(err)
		}
		broken := errors.New("no space left")
		err := Write(path, temp, 0o600, func(w io.Writer) error {
			_, _ = w.Write([]byte("half"))
			return broken
		})
		if !errors.Is(err, broken) {
			t.Errorf("temp %q: got %v", temp, err)
		}
		data, err := os.ReadFile(path)
		entries, err2 := os.ReadDir(dir)
		if err = errors.Join(err, err2); err != nil || string(data) != "old" || len(entries) != 1 {
			t.Errorf("temp %q: %q among %d files, %v", temp, data, len(entries), err)
		}
		if err := Write(path, temp, 0o600, Bytes([]byte("new"))); err != nil {
			t.Fatal(err)
		}
		if data, _ := os.ReadFile(path); string(data) != "new" {
			t.Errorf("temp %q: %q", temp, data)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("temp %q: mode %v, %v", temp, info.Mode(), err)
		}
	}
}
