package result

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzRead reads anything under any name. What comes out can be kept: ids are in
// order, each once, verdicts are known ones, and all of it is JSON.
func FuzzRead(f *testing.F) {
	err := filepath.WalkDir("testdata", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path, "testdata/fuzz") {
			return err
		}
		raw, err := os.ReadFile(path)
		f.Add(filepath.Base(path), raw)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string, raw []byte) {
		name = filepath.Base(filepath.Join("/", name))
		_ = withDocument(&document{path: filepath.Join("none", "a", name), raw: raw}, func(d *document) error {
			_ = d.seen()
			format, err := formatOf(d)
			if err != nil {
				return err
			}
			results, err := Formats[format].read(d)
			if err != nil {
				return err
			}
			Formats[format].partAt(d)
			for _, r := range results {
				keepable(t, r)
			}
			return nil
		})
	})
}

func keepable(t *testing.T, r Result) {
	t.Helper()
	for i, instance := range r.Instances {
		if !goodID(instance.ID) || i > 0 && r.Instances[i-1].ID >= instance.ID || !slices.Contains(Verdicts, instance.Verdict) {
			t.Errorf("instance %d: %+v", i, instance)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}
