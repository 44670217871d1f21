package mix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// copies writes rollouts of which every third is a copy of one before it, with
// one of its hundred lines changed; all of them share a long system text.
func copies(t *testing.T, dir, name string, seed uint64, records int) string {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var texts [][]string
	var b bytes.Buffer
	for n := range records {
		var text []string
		if n%3 == 2 {
			text = slices.Clone(texts[n-1])
			text[r.IntN(len(text))] = fmt.Sprint("changed ", r.Uint32())
		} else {
			for range 100 {
				text = append(text, fmt.Sprintf("see %d and then %d of file%d.py", r.Uint32(), r.Uint32(), r.IntN(1000)))
			}
		}
		texts = append(texts, text)
		line, err := json.Marshal(map[string]any{"resolved": true, "repo": fmt.Sprint("owner/", name, n), "instance_id": fmt.Sprint(name, "-", n), "messages": []map[string]string{
			{"role": "system", "content": strings.Repeat("You work on code with these tools, of which there are many. ", 200)},
			{"role": "user", "content": strings.Join(text[:50], "\n")}, {"role": "assistant", "content": strings.Join(text[50:], "\n")},
		}})
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	path := filepath.Join(dir, name+".jsonl")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// outcomeLines are the lines of outcomes.jsonl.
func outcomeLines(t *testing.T, cfg Config) (lines []accounted) {
	t.Helper()
	for line := range strings.Lines(readDir(t, cfg.Out)[outcomesFile]) {
		var a accounted
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, a)
	}
	return lines
}

func nearConfig(t *testing.T, paths ...string) Config {
	cfg := prepareConfig(t, paths...)
	cfg.Near, cfg.Window = 0.8, 100_000
	return cfg
}

func TestNearDuplicatesNameWhatWasKept(t *testing.T) {
	cfg := nearConfig(t, copies(t, t.TempDir(), "a", 1, 90))
	m := mustPrepare(t, cfg).Manifest
	fate := map[int]Outcome{}
	lines := outcomeLines(t, cfg)
	for _, l := range lines {
		fate[l.Line] = l.Outcome
	}
	dropped := 0
	for _, l := range lines {
		if l.Reason != NearDuplicate {
			continue
		}
		dropped++
		if l.Of == nil || l.Of.Line/3 != l.Line/3 && l.Of.Line != l.Line+1 && l.Of.Line != l.Line-1 || fate[l.Of.Line] != Kept && fate[l.Of.Line] != Validation {
			t.Errorf("line %d is a repeat of %+v, which is %v", l.Line, l.Of, fate[l.Of.Line])
		}
		if l.Outcome != Duplicate || !strings.HasPrefix(l.Detail, "Jaccard similarity 0.9") {
			t.Errorf("%+v", l.Entry)
		}
	}
	if dropped != 30 || m.Sources[0].Reasons["duplicate: near"] != 30 || m.Totals.Outcomes[Duplicate].Records != 30 {
		t.Errorf("%d dropped, the manifest has %v", dropped, m.Sources[0].Reasons)
	}
	if len(m.Remarks) == 0 || m.Remarks[0].Kind != Near || !strings.Contains(m.Remarks[0].Text, "30 of 90 records (33.3 %)") {
		t.Errorf("a source that loses a third is not told of: %v", m.Remarks)
	}
}

func TestNothingNearIsDroppedUnasked(t *testing.T) {
	cfg := nearConfig(t, copies(t, t.TempDir(), "a", 1, 30))
	cfg.Near = 0
	if m := mustPrepare(t, cfg).Manifest; m.Totals.Outcomes[Duplicate].Records != 0 || len(m.Remarks) > 0 {
		t.Errorf("%v, %v", m.Totals.Outcomes, m.Remarks)
	}
}

func TestNearDuplicatesAreTheSameForAnyNumberOfWorkersAndInADryRun(t *testing.T) {
	path := copies(t, t.TempDir(), "a", 2, 60)
	var first map[string]string
	for _, workers := range []int{1, 3} {
		cfg := nearConfig(t, path)
		cfg.Workers = workers
		m := mustPrepare(t, cfg).Manifest
		files := readDir(t, cfg.Out)
		if first == nil {
			first = files
		}
		for name := range files {
			if first[name] != files[name] {
				t.Errorf("%d workers: %s differs", workers, name)
			}
		}
		cfg.DryRun, cfg.Out = true, filepath.Join(t.TempDir(), "none")
		if dry := mustPrepare(t, cfg).Manifest; dry.Sources[0].Reasons["duplicate: near"] != m.Sources[0].Reasons["duplicate: near"] {
			t.Errorf("a dry run finds %v, a prepare %v", dry.Sources[0].Reasons, m.Sources[0].Reasons)
		}
	}
}

// Which of two is kept goes by keys of what they are, not by where they stand.
func TestTheOrderOfRecordsDecidesNoNearDuplicate(t *testing.T) {
	dir := t.TempDir()
	path := copies(t, dir, "a", 3, 60)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	slices.Reverse(lines)
	reversed := filepath.Join(dir, "b.jsonl")
	if err := os.WriteFile(reversed, []byte(strings.Join(lines, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	var fates [2]map[string]string
	for i, p := range []string{path, reversed} {
		cfg := nearConfig(t, p)
		mustPrepare(t, cfg)
		fates[i] = map[string]string{}
		for _, l := range outcomeLines(t, cfg) {
			fates[i][l.ID] = l.Reason
		}
	}
	if !maps.Equal(fates[0], fates[1]) || len(fates[0]) != 60 {
		t.Errorf("in one order %v, in the other %v", fates[0], fates[1])
	}
}

// The source with less keeps its rows.
func TestTheScarcerSourceKeepsItsNearDuplicates(t *testing.T) {
	dir := t.TempDir()
	large := copies(t, dir, "a", 4, 60)
	data, err := os.ReadFile(large)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	small := filepath.Join(dir, "small.jsonl") // changed copies of the first records of the large one
	var few strings.Builder
	for n := 0; n < 30; n += 3 {
		few.WriteString(strings.Replace(lines[n], "see", "look at", 1))
	}
	if err := os.WriteFile(small, []byte(few.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg := nearConfig(t, large, small)
	m := mustPrepare(t, cfg).Manifest
	if lost, took := m.Sources[1].Reasons["duplicate: near"], m.Sources[0].Reasons["duplicate: near"]; lost != 0 || took != 30 {
		t.Errorf("the small source loses %d and the large one %d, want 0 and 30", lost, took)
	}
}

// What is longer than the window takes nothing away: both would be lost.
func TestAnOverlongTrajectoryTakesNoneAway(t *testing.T) {
	path := copies(t, t.TempDir(), "a", 5, 3)
	cfg := nearConfig(t, path)
	cfg.Validation = 0
	mustPrepare(t, cfg)
	lengths := map[int]int32{}
	for _, l := range outcomeLines(t, cfg) {
		lengths[l.Line] = l.Tokens
	}
	if lengths[2] == lengths[3] {
		t.Fatalf("the copies are equally long: %v", lengths)
	}
	cfg = nearConfig(t, path)
	cfg.Validation, cfg.Window = 0, int(min(lengths[2], lengths[3]))
	if m := mustPrepare(t, cfg).Manifest; m.Totals.Outcomes[Duplicate].Records != 0 {
		t.Errorf("%v", m.Totals.Outcomes)
	}
}

func TestTurnsComeBackAsTheyWere(t *testing.T) {
	for _, turns := range [][]string{nil, {""}, {"a", "", "b\x00\xff"}, {strings.Repeat("long ", 1000), "x"}} {
		got, err := unpackTurns(packTurns(turns))
		if err != nil || !slices.Equal(got, turns) {
			t.Errorf("%q: %q, %v", turns, got, err)
		}
	}
	if _, err := unpackTurns([]byte{5, 1}); err == nil {
		t.Error("damaged turns are no error")
	}
}
