package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// needTools skips where the archive cannot be made again to the byte.
func needTools(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("there is no /bin/sh")
	}
	for _, tool := range []string{"grep", "sed", "find"} {
		if out, _ := exec.Command(tool, "--version").Output(); !strings.Contains(string(out), "GNU") {
			t.Skipf("%s is not GNU %s, its messages may differ", tool, tool)
		}
	}
}

func TestGeneratingAgainGivesTheEmbeddedFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("plays every rollout, some ten seconds")
	}
	needTools(t)
	got, err := build(t.Context(), "../repos")
	if err != nil {
		t.Fatal(err)
	}
	want := embedded(t)
	for name := range want {
		// Compressed files are compared by content: only that is ours.
		if !bytes.Equal(plain(t, name, got[name]), plain(t, name, want[name])) {
			t.Errorf("%s differs; run go generate in recipes/samples", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, the archive has %d", len(got), len(want))
	}
}

func TestPackingTwiceGivesTheSameBytes(t *testing.T) {
	files := map[string][]byte{}
	for name, text := range map[string]string{"b/one": "1", "a/two": strings.Repeat("2", 5000), "c": ""} {
		files[name] = []byte(text)
	}
	first, err := pack(files)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if again, err := pack(files); err != nil || !bytes.Equal(again, first) {
			t.Fatalf("bytes differ (error %v)", err)
		}
	}
}

func embedded(t *testing.T) map[string][]byte {
	t.Helper()
	packed, err := os.ReadFile("../samples.zip.zst")
	if err != nil {
		t.Fatal(err)
	}
	data := plain(t, "samples.zip.zst", packed)
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, entry := range archive.File {
		r, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[entry.Name], err = io.ReadAll(r); err != nil {
			t.Fatalf("%s: %v", entry.Name, err)
		}
	}
	return files
}

// plain decompresses data as the name says.
func plain(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(data)
	var err error
	switch path.Ext(name) {
	case ".gz":
		r, err = gzip.NewReader(r)
	case ".zst":
		r, err = zstd.NewReader(r)
	}
	if err == nil {
		data, err = io.ReadAll(r)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return data
}
