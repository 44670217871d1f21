// Package goldentest holds what a test has made against a golden file: one that was read
// by a person once. go test -update writes the files anew, to be read as a diff.
package goldentest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Check fails the test where the file at path is not got.
func Check(t testing.TB, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update writes it anew, to be read as a diff. Got\n%s", path, got)
	}
}

// CheckJSON is Check of v as indented JSON.
func CheckJSON(t testing.TB, path string, v any) {
	t.Helper()
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	Check(t, path, text.String())
}
