package mix

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/mix/convert"
	"trainyard/mix/shard"
)

// tokenRows are the rows of a dataset of tokens, train side first.
func tokenRows(t testing.TB, dir string) (list []shard.TokenRow) {
	t.Helper()
	eachShard(t, dir, func(path string) {
		err := shard.ReadTokens(path, func(row *shard.TokenRow) error {
			list = append(list, shard.TokenRow{InputIDs: slices.Clone(row.InputIDs), Labels: slices.Clone(row.Labels)})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return list
}

func eachShard(t testing.TB, dir string, see func(path string)) {
	t.Helper()
	d, err := OpenDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range d.Manifest.Shards {
		see(filepath.Join(dir, s.File))
	}
}

func trained(labels []int32) (n int64) {
	for _, label := range labels {
		if label >= 0 {
			n++
		}
	}
	return n
}

func sidesOf(m *Manifest) (sum Side) {
	for _, s := range []Side{m.Totals.Train, m.Totals.Validation} {
		sum.Rows, sum.Tokens, sum.TrainedTokens, sum.Sequences = sum.Rows+s.Rows, sum.Tokens+s.Tokens, sum.TrainedTokens+s.TrainedTokens, sum.Sequences+s.Sequences
	}
	return sum
}

// Whatever becomes of what is over the window, the manifest's sums are those of
// the rows, no row is over the window, and the funnel counts records.
func TestEveryPolicyIsCountedToTheToken(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 200)
	for policy := range convert.OverWindow {
		if policy == convert.Fail {
			continue
		}
		t.Run(policy, func(t *testing.T) {
			cfg := prepareConfig(t, path)
			cfg.Output, cfg.Window, cfg.OverWindow = "tokens", 700, policy
			m := mustPrepare(t, cfg).Manifest
			var got Side
			for _, row := range tokenRows(t, cfg.Out) {
				if len(row.InputIDs) > cfg.Window {
					t.Fatalf("a row of %d tokens", len(row.InputIDs))
				}
				got.Rows, got.Tokens, got.TrainedTokens = got.Rows+1, got.Tokens+int64(len(row.InputIDs)), got.TrainedTokens+trained(row.Labels)
			}
			if want := sidesOf(m); got != want {
				t.Errorf("rows hold %+v, the manifest says %+v", got, want)
			}
			s := &m.Sources[0]
			kept, over := s.Outcomes[Kept].Records+s.Outcomes[Validation].Records, s.Outcomes[OverWindow].Records
			if over+kept != s.Funnel.Unique.Records || kept == 0 {
				t.Errorf("%d kept and %d over the window of %d unique", kept, over, s.Funnel.Unique.Records)
			}
			fitted := s.Retention.Fitted
			if policy == convert.Drop {
				if fitted != nil || m.OverWindow != "" || got.Rows != kept {
					t.Errorf("dropping fits %+v, told as %q", fitted, m.OverWindow)
				}
				return
			}
			if fitted == nil || fitted.Rows-fitted.Is.Records != got.Rows-kept || s.Retention.All.Records != s.Funnel.Unique.Records {
				t.Fatalf("%d rows of %d records, fitted %+v", got.Rows, kept, fitted)
			}
			if fitted.Is.Tokens == fitted.Was.Tokens || (policy != "cut") != (fitted.Is.TrainedTokens == fitted.Was.TrainedTokens) {
				t.Errorf("%s: was %+v, is %+v", policy, fitted.Was, fitted.Is)
			}
		})
	}
}

func TestARecordThatWasSplitIsOneOutcomeAndItsRowsHaveIdsOfTheirOwn(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 200)
	cfg := prepareConfig(t, path)
	cfg.Output, cfg.Window, cfg.OverWindow = "packed", 700, "split"
	res := mustPrepare(t, cfg)
	want, parted := map[string]bool{}, 0
	for e := range res.Entries() {
		if e.Outcome != Kept && e.Outcome != Validation {
			continue
		}
		rows := max(1, int(e.Rows))
		for _, id := range rowIDs(e.ID, rows) {
			want[id] = true
		}
		if rows > 1 {
			parted++
		}
	}
	eachShard(t, cfg.Out, func(path string) {
		err := shard.ReadPacked(path, func(row *shard.PackedRow) error {
			for _, id := range row.TrajIDs {
				if !want[id] {
					t.Errorf("%s stands twice, or is no row's", id)
				}
				delete(want, id)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	if len(want) > 0 || parted < 10 {
		t.Errorf("rows without a sequence: %v; %d records were split", want, parted)
	}
}

// The id of a part may be that of another record: then the whole gets a name of
// its own, as records of one id do.
func TestAPartThatHasTheIdOfAnotherRecordIsRenamed(t *testing.T) {
	split := Item{Text: 7, Tokens: 20, Trained: 4, extra: &extra{fit: &fitting{parts: []length{{10, 2}, {10, 2}}}}}
	w := worldOf([]row{{}, {}})
	w.items = []Item{split, {Text: 8, Tokens: 10, Trained: 2, ID: 1, Digest: digest{1}}}
	w.entries = newAccount()
	for i, id := range []string{"x", "x#2"} {
		w.entries.add(Entry{Source: "a", File: "f", Line: i + 1, ID: id, item: i, of: -1})
	}
	p := planned(t, testConfig(1), w)
	if got := fmt.Sprint(p.Renamed); got != "map[0:x-00000007]" {
		t.Errorf("renamed are %s", got)
	}
}

func TestFailRefusesAndSaysWhatWouldHold(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 50)
	cfg := prepareConfig(t, path)
	cfg.OverWindow, cfg.Window = convert.Fail, 700
	_, err := Prepare(context.Background(), cfg)
	if err == nil || !strings.Contains(err.Error(), "mix.over_window=fail: ") || !strings.Contains(err.Error(), "over the window of 700 tokens; the longest has ") {
		t.Fatal(err)
	}
	if _, err := OpenDataset(cfg.Out); err == nil {
		t.Error("a dataset is left behind")
	}
	var longest int
	if _, err := fmt.Sscanf(err.Error()[strings.LastIndex(err.Error(), "mix.window="):], "mix.window=%d", &longest); err != nil {
		t.Fatal(err)
	}
	cfg.Window = longest
	mustPrepare(t, cfg)
	cfg.Window, cfg.Out = longest-1, filepath.Join(t.TempDir(), "out")
	if _, err := Prepare(context.Background(), cfg); err == nil {
		t.Error("a window of one token less holds them too")
	}
}

func TestSplitNeedsRowsThatKeepTheOverlapOutOfTheLoss(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 5))
	cfg.OverWindow = "split"
	if _, err := Prepare(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "rows of messages cannot keep the overlap out of the loss") {
		t.Error(err)
	}
}

func TestRetentionCountsWhatEachWindowHolds(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 200)
	var lengths []Held
	for _, window := range []int{1 << 20, 8 << 10} {
		cfg := prepareConfig(t, path)
		cfg.Output, cfg.Window = "tokens", window
		m := mustPrepare(t, cfg).Manifest
		sides := sidesOf(m)
		lengths = append(lengths, Held{Records: sides.Rows, Tokens: sides.Tokens, TrainedTokens: sides.TrainedTokens})
		r := m.Sources[0].Retention
		if window == 1<<20 && r.All != lengths[0] {
			t.Errorf("all are %+v, the rows of a wide window are %+v", r.All, lengths[0])
		}
		if window == 8<<10 {
			held := r.Windows[0]
			if held.Window = 0; held != lengths[1] || r.Windows[4].Records != r.All.Records {
				t.Errorf("8k holds %+v, prepared with it are %+v", held, lengths[1])
			}
		}
	}
}

func TestADryRunCountsWhatIsMadeToFit(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 100)
	cfg := prepareConfig(t, path)
	cfg.Output, cfg.Window, cfg.OverWindow = "packed", 700, "split"
	written := mustPrepare(t, cfg).Manifest
	cfg.DryRun = true
	planned := mustPrepare(t, cfg).Manifest
	if planned.Totals.Train != written.Totals.Train || planned.Totals.Validation != written.Totals.Validation {
		t.Errorf("planned %+v, written %+v", planned.Totals, written.Totals)
	}
}
