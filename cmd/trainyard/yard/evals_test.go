package yard

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/result"
)

const (
	firstRun  = "43c1597f-0000-4000-8000-000000000001"
	secondRun = "5d000000-0000-4000-8000-000000000002"
)

// evalYard is a yard with two runs of recipes of their own.
func evalYard(t *testing.T) *Yard {
	t.Helper()
	y := &Yard{Home: filepath.Join(t.TempDir(), "home"), User: "ada"}
	t.Cleanup(func() {
		if err := y.Close(); err != nil {
			t.Error(err)
		}
	})
	l, err := y.Launcher()
	if err != nil {
		t.Fatal(err)
	}
	for id, recipe := range map[string]string{firstRun: "main", secondRun: "half"} {
		if _, err := l.Ledger.Intend(t.Context(), launch.Intent{ID: id, Job: launch.Job{Recipe: recipe}}); err != nil {
			t.Fatal(err)
		}
	}
	return y
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wrote says that a file was written to long ago, or is being written to.
func wrote(t *testing.T, path string, ago time.Duration) {
	t.Helper()
	at := time.Now().Add(-ago)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestAWatchImportsEachReportOnceItIsWhole(t *testing.T) {
	y, dir := evalYard(t), t.TempDir()
	var news []string
	w := &ReportWatch{Dir: dir, Said: EvalSaid{Benchmark: "eels"}, Quiet: time.Minute, Told: func(n EvalNews) {
		news = append(news, strings.Join(strings.Fields(filepath.Base(n.File)+" "+string(n.Outcome)+" "+strings.SplitN(n.Why, ":", 2)[0]), " "))
	}}
	look := func(want string) {
		t.Helper()
		news = nil
		if err := y.LookAtResults(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(news, ", "); got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	look("")
	report := filepath.Join(dir, firstRun, "graded.csv")
	put(t, report, "id,verdict\neel-1,passed\n") // it will have another line
	look("graded.csv waits written to less than 1m0s ago")
	look("")
	put(t, report, "id,verdict\neel-1,passed\neel-2,failed\n")
	wrote(t, report, time.Hour)
	look("graded.csv added")
	look("")
	unknown := filepath.Join(dir, "unknown.csv")
	put(t, unknown, "id,verdict\neel-1,passed\n")
	wrote(t, unknown, time.Hour)
	look("unknown.csv of which run it is, is not known")
	look("")
	put(t, report, "id,verdict\neel-1,failed\neel-2,failed\n")
	wrote(t, report, time.Hour/2)
	look("graded.csv run " + firstRun + ", eels")
	all, err := y.Results(t.Context(), "43c1")
	if err != nil || len(all) != 1 || all[0].Total() != 2 || all[0].Resolved() != 1 || all[0].ImportedBy != "ada" {
		t.Errorf("%+v, %v", all, err)
	}
}

// What another process has done to the ledger may pass: here it has locked a table away.
func TestAWatchTriesAgainWhatTheLedgerCouldNotTake(t *testing.T) {
	y, dir := evalYard(t), t.TempDir()
	put(t, filepath.Join(dir, firstRun+".csv"), "id,verdict\neel-1,passed\n")
	other, err := sql.Open("sqlite", filepath.Join(y.Home, "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var news []EvalNews
	w := &ReportWatch{Dir: dir, Said: EvalSaid{Benchmark: "eels"}, Told: func(n EvalNews) { news = append(news, n) }}
	for _, step := range []struct {
		statement string
		outcome   launch.ImportOutcome
		told      int
	}{{`ALTER TABLE results RENAME TO results_away`, "", 1}, {`SELECT 1`, "", 1}, {`ALTER TABLE results_away RENAME TO results`, launch.ImportAdded, 2}, {`SELECT 1`, launch.ImportAdded, 2}} {
		if _, err := other.ExecContext(t.Context(), step.statement); err != nil {
			t.Fatal(err)
		}
		if err := y.LookAtResults(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if len(news) != step.told || news[len(news)-1].Outcome != step.outcome {
			t.Errorf("after %s: %+v", step.statement, news)
		}
	}
}

// A directory that is gone for a moment, as one that is mounted, is waited for.
func TestAWatchWaitsForItsDirectoryToComeBack(t *testing.T) {
	y, dir := evalYard(t), filepath.Join(t.TempDir(), "reports")
	put(t, filepath.Join(dir, firstRun+".csv"), "id,verdict\neel-1,passed\n")
	ctx, cancel := context.WithCancel(t.Context())
	var told []string
	w := &ReportWatch{Dir: dir, Said: EvalSaid{Benchmark: "eels"}, Told: func(n EvalNews) {
		told = append(told, string(n.Outcome))
		switch len(told) {
		case 1:
			if err := os.Rename(dir, dir+"-away"); err != nil {
				t.Error(err)
			}
		case 2:
			if err := os.Rename(dir+"-away", dir); err != nil {
				t.Error(err)
			}
			put(t, filepath.Join(dir, secondRun+".csv"), "id,verdict\neel-1,failed\n")
		case 3:
			cancel()
		}
	}}
	if err := y.WatchResults(ctx, w, time.Millisecond); err != nil || strings.Join(told, " ") != "added waits added" {
		t.Errorf("%v, %v", told, err)
	}
}

func TestAWatchEndsWithItsContextAndOnADirectoryThatIsNotThere(t *testing.T) {
	y := evalYard(t)
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	put(t, filepath.Join(dir, firstRun+".csv"), "id,verdict\neel-1,passed\n")
	w := &ReportWatch{Dir: dir, Said: EvalSaid{Benchmark: "eels"}, Told: func(EvalNews) { cancel() }}
	if err := y.WatchResults(ctx, w, time.Millisecond); err != nil {
		t.Error(err)
	}
	w = &ReportWatch{Dir: filepath.Join(dir, "none"), Told: func(EvalNews) {}}
	if err := y.WatchResults(t.Context(), w, time.Millisecond); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("%v", err)
	}
}

func TestTheRunOfAReportIsKnownByItsNameOrLeft(t *testing.T) {
	runs := []launch.Run{{ID: firstRun, Job: launch.Job{Recipe: "main"}}, {ID: secondRun, Job: launch.Job{Recipe: "half"}}, {ID: "77777777-0000-4000-8000-000000000003", Job: launch.Job{Recipe: "half"}}}
	for _, c := range []struct{ model, file, want string }{
		{"/srv/runs/" + firstRun + "/attempt-1/out/checkpoint-9", "r.json", firstRun},
		{"", "/logs/43c1597f/r.json", firstRun},
		{"openai/main", "r.json", firstRun},
		{"openai/half", "r.json", "several runs"},
		{"openai/other", "r.json", "not known"},
		{"main", "/logs/5d000000/r.json", secondRun}, // an id tells more than a name
		{"", "/logs/43c1597f/5d000000.json", "several runs"},
		{"", "/logs/maintenance/r.json", "not known"},
	} {
		id, err := runOf(result.Result{Model: c.model, Source: result.Source{File: c.file}}, runs)
		if err != nil {
			id = err.Error()
		}
		if !strings.Contains(id, c.want) {
			t.Errorf("%s in %s: %s, want %s", c.model, c.file, id, c.want)
		}
	}
}

// Of a file with several results those are taken that are asked for.
func TestWhatAUserSaysOfAFileWithSeveralResultsChooses(t *testing.T) {
	read := []result.Result{{Benchmark: "mmlu_law"}, {Benchmark: "gsm8k"}, {Benchmark: "mmlu_art"}}
	for asked, want := range map[string]string{"": "mmlu_law gsm8k mmlu_art", "mmlu": "mmlu_law mmlu_art", "gsm8k": "gsm8k", "frogs": "gsm8k, mmlu_art, mmlu_law, and --benchmark says frogs"} {
		taken, err := EvalSaid{Benchmark: asked}.Of(read, "--")
		var names []string
		for _, r := range taken {
			names = append(names, r.Benchmark)
		}
		got := strings.Join(names, " ")
		if err != nil {
			got = err.Error()
		}
		if !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s, want %s", asked, got, want)
		}
	}
}
