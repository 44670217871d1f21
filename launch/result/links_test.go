package result_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"trainyard/launch/result"
)

func TestADirectoryMayBeALinkAndLinksBelowItAreTold(t *testing.T) {
	dir := t.TempDir()
	for _, err := range []error{
		os.MkdirAll(filepath.Join(dir, "real", "sub"), 0o700),
		os.WriteFile(filepath.Join(dir, "real", "sub", "graded.csv"), []byte("id,verdict\neel-1,passed\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "elsewhere.csv"), []byte("id,verdict\neel-1,passed\n"), 0o600),
		os.Symlink("real", filepath.Join(dir, "link")),
		os.Symlink(filepath.Join(dir, "elsewhere.csv"), filepath.Join(dir, "real", "linked.csv")),
		os.Symlink(dir, filepath.Join(dir, "real", "circle")),
		os.Symlink(os.DevNull, filepath.Join(dir, "real", "log")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	read, err := result.Read(filepath.Join(dir, "link"))
	if err != nil || len(read.Results) != 1 || read.Results[0].Source.File != filepath.Join(dir, "link", "sub", "graded.csv") {
		t.Errorf("%+v, %v", read, err)
	}
	var links []string
	for _, left := range read.Left {
		if errors.Is(left.Why, result.ErrLink) {
			links = append(links, filepath.Base(left.File))
		}
	}
	if len(links) != 2 || links[0] != "circle" || links[1] != "linked.csv" {
		t.Errorf("%q", links)
	}
}
