package mix

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTheAccountIsReadBackAsItWasWritten(t *testing.T) {
	entries := newAccount()
	want := []Entry{
		{Source: "a", File: "a.jsonl", Line: 1, ID: "x", Outcome: Kept, Tokens: 7},
		{Source: "a", File: "a.jsonl", Line: 2, Outcome: Rejected, Reason: "json", Detail: strings.Repeat("long ", 300_000)},
		{Source: "b <&>", File: "ü.jsonl", Line: 3, ID: "y\n", Outcome: NotSampled, Tokens: 9},
	}
	for _, e := range want {
		e.item = -1
		entries.add(e)
	}
	dir := t.TempDir()
	digest, err := writeOutcomes(filepath.Join(dir, outcomesFile), entries)
	if err != nil {
		t.Fatal(err)
	}
	d := &Dataset{Dir: dir, Manifest: &Manifest{Outcomes: digest}}
	log, err := d.OpenOutcomes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	}()
	var got []Entry
	if err := log.Each(func(at int64, e Entry) error {
		again, err := log.At(at)
		if again != e {
			t.Errorf("at %d stands %+v, and was read as %+v", at, again, e)
		}
		got = append(got, e)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("read %+v", got)
	}
	if why := got[1].Why(); why != "rejected: json" {
		t.Errorf("the second is %q", why)
	}
	if err := os.WriteFile(filepath.Join(dir, outcomesFile), []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := d.OpenOutcomes(t.Context()); err == nil || !strings.Contains(err.Error(), "the manifest says") {
		t.Errorf("a changed account is opened: %v", err)
	}
}
