package yard

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"trainyard/mix"
)

// accountOf is a dataset that has nothing but the account of its records.
func accountOf(t testing.TB, lines string) *mix.Dataset {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "outcomes.jsonl"), []byte(lines), 0o644); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(lines))
	m := &mix.Manifest{Outcomes: mix.FileDigest{File: "outcomes.jsonl", Bytes: int64(len(lines)), SHA256: hex.EncodeToString(sum[:])}}
	return &mix.Dataset{Dir: dir, Manifest: m}
}

func record(line int, id, outcome, reason string, tokens int) string {
	return fmt.Sprintf(`{"source":"s","file":"f.jsonl","line":%d,"traj_id":%q,"outcome":%q,"reason":%q,"tokens":%d}`+"\n", line, id, outcome, reason, tokens)
}

func TestRecordsAreComparedByTheirIDs(t *testing.T) {
	a := accountOf(t, record(1, "same", "kept", "", 10)+
		record(2, "gone", "kept", "", 20)+
		record(3, "unsampled", "kept", "", 30)+
		record(4, "sides", "kept", "", 40)+
		record(5, "longer", "kept", "", 50)+
		record(6, "", "rejected", "json", 0)+
		record(7, "twice", "duplicate", "content", 70)+
		record(8, "twice", "kept", "", 70)+
		record(9, "outside", "not_sampled", "", 90))
	b := accountOf(t, record(9, "new", "kept", "", 11)+ // line 9 was another record
		record(8, "twice", "kept", "", 70)+
		record(7, "twice", "duplicate", "content", 70)+
		record(6, "mended", "kept", "", 60)+
		record(5, "longer", "kept", "", 51)+
		record(4, "sides", "validation", "", 40)+
		record(3, "unsampled", "duplicate", "instance", 30)+
		record(1, "same", "kept", "", 10)+
		record(99, "outside", "over_window", "", 90))
	changes, err := recordChanges(t.Context(), a, b, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&got, "%s %v %v\n", c.Kind, c.Count, c.Reasons)
		for _, r := range c.List {
			fmt.Fprintf(&got, "  %s -> %s\n", fateOf(r.A), fateOf(r.B))
		}
	}
	const want = `out {2 50} [{duplicate: instance {1 30}} {not read {1 20}}]
  gone kept 20 -> nothing
  unsampled kept 30 -> unsampled duplicate: instance 30
in {2 71} [{not read {1 11}} {rejected: json {1 60}}]
  nothing -> new kept 11
   rejected: json 0 -> mended kept 60
moved {1 40} []
  sides kept 40 -> sides validation 40
changed {1 51} []
  longer kept 50 -> longer kept 51
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func fateOf(e *mix.Entry) string {
	if e == nil {
		return "nothing"
	}
	return fmt.Sprintf("%s %s %d", e.ID, e.Why(), e.Tokens)
}

// TestWhatIsInIsOutTheOtherWayRound holds both directions of a diff against each
// other, and against the counts of the accounts.
func TestWhatIsInIsOutTheOtherWayRound(t *testing.T) {
	var linesA, linesB strings.Builder
	keptA, keptB := int64(0), int64(0)
	for n := range 3000 {
		x, y := []string{"kept", "validation", "not_sampled"}[n%3], []string{"kept", "not_sampled", "validation", "over_window"}[n/7%4]
		linesA.WriteString(record(n, fmt.Sprint("id", n), x, "", n))
		linesB.WriteString(record(n, fmt.Sprint("id", n), y, "", n))
		keptA, keptB = keptA+oneIf(n%3 != 2), keptB+oneIf(n/7%4%2 == 0)
	}
	a, b := accountOf(t, linesA.String()), accountOf(t, linesB.String())
	forth, err := recordChanges(t.Context(), a, b, 5)
	if err != nil {
		t.Fatal(err)
	}
	back, err := recordChanges(t.Context(), b, a, 5)
	if err != nil {
		t.Fatal(err)
	}
	if forth[0].Count != back[1].Count || forth[1].Count != back[0].Count || forth[2].Count != back[2].Count {
		t.Errorf("forth %+v, back %+v", forth, back)
	}
	if keptA-forth[0].Count.Records+forth[1].Count.Records != keptB {
		t.Errorf("of %d records in shards %d went out and %d came in, and %d are there", keptA, forth[0].Count.Records, forth[1].Count.Records, keptB)
	}
	if n := len(forth[0].List); n != 5 || forth[0].More != forth[0].Count.Records-5 {
		t.Errorf("%d are listed, and %d more", n, forth[0].More)
	}
}

func oneIf(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// BenchmarkDiffRecords compares two accounts of a million records.
func BenchmarkDiffRecords(b *testing.B) {
	var x, y strings.Builder
	for n := range 1_000_000 {
		id := fmt.Sprintf("owner__repository-%d-0123456789ab", n)
		x.WriteString(record(n, id, "kept", "", n%30_000))
		y.WriteString(record(n, id, []string{"kept", "not_sampled"}[n%2], "", n%30_000))
	}
	one, two := accountOf(b, x.String()), accountOf(b, y.String())
	for b.Loop() {
		runtime.GC()
		if _, err := recordChanges(b.Context(), one, two, 10); err != nil {
			b.Fatal(err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapSys-m.HeapReleased)/1e6, "MB-heap")
	}
}
