package samples

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const oneFile = "func_localize/output.jsonl"

func extractInto(t *testing.T, dir string) {
	t.Helper()
	if err := Extract(dir); err != nil {
		t.Fatal(err)
	}
	if !Complete(dir) {
		t.Fatalf("%s does not hold the samples after Extract", dir)
	}
}

func TestExtractWritesEveryFileBelowANewDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "samples")
	extractInto(t, dir)
	want, err := fs.ReadFile(FS(), oneFile)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, oneFile))
	if err != nil || string(got) != string(want) {
		t.Errorf("%s differs from the archive (error %v)", oneFile, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), ".samples-*")); len(left) != 0 {
		t.Errorf("temporary directories left behind: %v", left)
	}
}

func TestExtractLeavesCompleteFilesAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "samples")
	extractInto(t, dir)
	before, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	extractInto(t, dir)
	after, err := os.Stat(dir)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the second call replaced the directory (error %v)", err)
	}
}

func TestExtractRepairsADamagedFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "samples")
	extractInto(t, dir)
	if err := os.Truncate(filepath.Join(dir, oneFile), 100); err != nil {
		t.Fatal(err)
	}
	extractInto(t, dir)
}

func TestExtractReplacesAnotherVersion(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "samples")
	extractInto(t, dir)
	old := filepath.Join(dir, "from_before.jsonl")
	for name, text := range map[string]string{old: "{}", filepath.Join(dir, stamp): "000000000000"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	extractInto(t, dir)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("a file of the other version is still there (error %v)", err)
	}
}

func TestExtractRefusesADirectoryOfSomebodyElse(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(mine, []byte("chapter 1"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := Extract(dir)
	if err == nil || !strings.Contains(err.Error(), "holds other files") {
		t.Errorf("got error %v", err)
	}
	if text, err := os.ReadFile(mine); err != nil || string(text) != "chapter 1" {
		t.Errorf("the file was touched (error %v)", err)
	}
}

func TestExtractMayRunManyTimesAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "samples")
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if err := Extract(dir); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if !Complete(dir) {
		t.Error("the files are not complete")
	}
}
