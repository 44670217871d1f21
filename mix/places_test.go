package mix

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format/evidence"
)

// checkPlaces holds that no two records of a dataset have one place.
func checkPlaces(t *testing.T, res *Result) {
	t.Helper()
	seen := map[string]bool{}
	for e := range res.Entries() {
		place := fmt.Sprintf("%s:%d", e.File, e.Line)
		if seen[place] {
			t.Errorf("two records stand at %s", place)
		}
		seen[place] = true
	}
	if len(seen) == 0 {
		t.Error("no records")
	}
}

// tarOf is an archive of files, which may have the same name.
func tarOf(t *testing.T, files ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f[0], Mode: 0o644, Size: int64(len(f[1]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNoTwoRecordsStandAtOnePlace(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 1))
	rows := func() string { return string(chatLine(r, 1)) + string(chatLine(r, 2)) + "{broken\n" }
	write := func(name string, data []byte) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, at := range []string{"a", "b"} {
		write(at+"/out.jsonl", []byte(rows()))
		write(at+"/deep/er/out.jsonl", []byte(rows()))
		write(at+"/x.tar", tarOf(t, [2]string{"m.jsonl", rows()}, [2]string{"n/m.jsonl", rows()}, [2]string{"m.jsonl", rows()}, [2]string{"p.parquet", "PAR1"}, [2]string{"p.parquet", "PAR1"}))
		write(at+"/list.json", []byte("["+strings.TrimSuffix(string(chatLine(r, 1)), "\n")+","+string(chatLine(r, 2))+"]"))
	}
	for _, path := range []string{".", "*", "a/*", "[ab]", "*/out.jsonl", "*/*/*/*", "a/x.tar", "a/list.json"} {
		cfg := prepareConfig(t, filepath.Join(dir, path))
		cfg.Sources[0].Inputs[0].Given, cfg.Sources[0].Accept, cfg.DryRun, cfg.Validation = path, evidence.Accept{Any: true}, true, 0
		checkPlaces(t, mustPrepare(t, cfg))
	}
	cfg := prepareConfig(t, filepath.Join(dir, "a/out.jsonl"), filepath.Join(dir, "b/out.jsonl"), filepath.Join(dir, "a/deep"))
	for k, given := range []string{"a/out.jsonl", "b/out.jsonl", "a/deep"} {
		cfg.Sources[k].Inputs[0].Given, cfg.Sources[k].Accept = given, evidence.Accept{Any: true}
	}
	cfg.DryRun = true
	checkPlaces(t, mustPrepare(t, cfg))
}

func TestNoTwoRecordsOfTheFixturesStandAtOnePlace(t *testing.T) {
	const fixtures = "../../shared/fixtures"
	if _, err := os.Stat(fixtures); err != nil {
		t.Skip("no fixtures beside the repository")
	}
	cfg := prepareConfig(t, fixtures)
	// Nothing is accepted, which spares the tokenising.
	cfg.Sources[0].Inputs[0].Given, cfg.Sources[0].Accept, cfg.DryRun, cfg.Validation = "fixtures", evidence.Accept{Field: "no_such_field"}, true, 0
	res, err := Prepare(t.Context(), cfg)
	if !errors.Is(err, ErrNothingLeft) {
		t.Fatal(err)
	}
	checkPlaces(t, res)
}
