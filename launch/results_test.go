package launch

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"trainyard/launch/database/postgrestest"
	"trainyard/launch/result"
)

// graded is a result in a word: each letter is an instance, r resolved, u unresolved,
// e error, m missing.
func graded(word, digest string) result.Result {
	verdicts := map[rune]result.Verdict{'r': result.Resolved, 'u': result.Unresolved, 'e': result.Error, 'm': result.Missing}
	r := result.Result{Benchmark: "swe-bench_lite", Split: "test", Source: result.Source{File: "/reports/" + digest + ".json", Format: "swe-bench", SHA256: digest}}
	for i, letter := range word {
		r.Instances = append(r.Instances, result.Instance{ID: fmt.Sprintf("ant__hill-%03d", i), Verdict: verdicts[letter]})
	}
	return r
}

func importing(t *testing.T, l *Ledger, in Import) Imported {
	t.Helper()
	done, err := l.ImportResult(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func results(t *testing.T, l *Ledger, runs ...string) []StoredResult {
	t.Helper()
	all, err := l.Results(t.Context(), runs...)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAResultIsReadBackAsItWasImported(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	r := graded("rum", "d1")
	r.Scaffold, r.Model, r.Seed, r.Step, r.Metric = "openhands", "mine", ptr(int64(0)), ptr(int64(60)), "reward"
	r.Instances[1].Score, r.Asked = ptr(0.25), 9
	r.Aggregates, r.Notes = []result.Aggregate{{Metric: "accuracy", Value: 0.5, N: 3}}, []string{"odd"}
	done := importing(t, l, Import{Run: "0199aaaa", Attempt: 1, Result: r, By: "ada"})
	if done.Outcome != ImportAdded || done.ImportedBy != "ada" {
		t.Errorf("%+v", done)
	}
	all := results(t, l, "0199aaaa")
	if len(all) != 1 || !reflect.DeepEqual(all[0].Result, r) || all[0].Attempt != 1 || all[0].ImportedAt != done.ImportedAt || all[0].Resolved() != 1 || all[0].Total() != 9 || all[0].Named() != 3 {
		t.Errorf("%+v", all)
	}
	lines, err := l.ResultLines(t.Context(), "0199aaaa")
	if err != nil || len(lines) != 1 || len(lines[0].Instances) != 0 || !reflect.DeepEqual(lines[0].Counts, all[0].Counts) {
		t.Errorf("%+v, %v", lines, err)
	}
	if none := results(t, l, "0199bbbb"); len(none) != 0 {
		t.Errorf("%+v", none)
	}
}

func TestTheSameResultTwiceChangesNothing(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	importing(t, l, Import{Run: "0199aaaa", Result: graded("ru", "d1"), By: "ada"})
	before := results(t, l)
	for _, again := range []Import{{Result: graded("ru", "d1"), By: "bob"}, {Result: graded("ru", "d2"), By: "bob"}, {Result: graded("ru", "d1"), Replace: true}} {
		again.Run = "0199aaaa"
		if done := importing(t, l, again); done.Outcome != ImportSame || done.ImportedBy != "ada" {
			t.Errorf("%+v", done)
		}
	}
	if after := results(t, l); !reflect.DeepEqual(before, after) {
		t.Errorf("before %+v\nafter  %+v", before, after)
	}
}

// A report that is written row by row is read while it is half there.
func TestTheSameFileThatHasGrownTakesThePlaceOfItself(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	at := func(word, digest string) Import {
		r := graded(word, digest)
		r.Source.File = "/reports/growing.json"
		return Import{Run: "0199aaaa", Result: r}
	}
	importing(t, l, at("rm", "d1"))
	if done := importing(t, l, at("ruu", "d2")); done.Outcome != ImportUpdated {
		t.Errorf("%+v", done)
	}
	for what, in := range map[string]Import{"a verdict is another": at("uuuu", "d3"), "an instance is gone": at("ru", "d4"), "another file": {Run: "0199aaaa", Result: graded("ruur", "d5")}} {
		if _, err := l.ImportResult(t.Context(), in); !errors.Is(err, ErrResultConflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if all := results(t, l); len(all) != 1 || all[0].Total() != 3 || all[0].Resolved() != 1 || all[0].Source.SHA256 != "d2" {
		t.Errorf("%+v", all)
	}
}

func TestWhatIsNoResultIsRefusedForGood(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	for want, change := range map[string]func(*result.Result){
		"neither an instance nor a figure": func(r *result.Result) { r.Instances = nil },
		"its benchmark has 5000 bytes":     func(r *result.Result) { r.Benchmark = strings.Repeat("b", 5000) },
		"its scaffold has a control":       func(r *result.Result) { r.Scaffold = "mini\x1b[31m" },
		"its model is no text":             func(r *result.Result) { r.Model = "\xff" },
		"loss is +Inf":                     func(r *result.Result) { r.Aggregates = []result.Aggregate{{Metric: "loss", Value: math.Inf(1)}} },
		"loss is NaN":                      func(r *result.Result) { r.Aggregates = []result.Aggregate{{Metric: "loss", Value: math.NaN()}} },
		"ant__hill-000 is 1e+308":          func(r *result.Result) { r.Instances[0].Score = ptr(1e308) },
	} {
		r := graded("ru", "d1")
		change(&r)
		if _, err := l.ImportResult(t.Context(), Import{Run: "0199aaaa", Result: r}); !Lasting(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.ImportResult(t.Context(), Import{Run: "0199aaaa", Result: graded("ru", "d1")}); err == nil || Lasting(err) {
		t.Errorf("a ledger that is closed: %v", err)
	}
}

func TestOtherVerdictsOfOneEvaluationAreAConflict(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	importing(t, l, Import{Run: "0199aaaa", Result: graded("rrum", "d1")})
	before := results(t, l)
	_, err := l.ImportResult(t.Context(), Import{Run: "0199aaaa", Result: graded("rurm", "d2")})
	var conflict *ResultConflict
	if !errors.Is(err, ErrResultConflict) || !errors.As(err, &conflict) || len(conflict.Differs) != 2 {
		t.Fatalf("%v", err)
	}
	for _, want := range []string{"swe-bench_lite test", "d1.json", "2 differ: ant__hill-001 (resolved, now unresolved), ant__hill-002 (unresolved, now resolved)", "--replace"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
	if after := results(t, l); !reflect.DeepEqual(before, after) {
		t.Errorf("a conflict has written %+v", after)
	}
	done := importing(t, l, Import{Run: "0199aaaa", Result: graded("rurm", "d2"), Replace: true})
	if all := results(t, l); done.Outcome != ImportReplaced || len(done.Differs) != 2 || len(all) != 1 || all[0].Source.SHA256 != "d2" || instanceWords(all[0].Instances[1]) != "unresolved" {
		t.Errorf("%+v\n%+v", done, all)
	}
	seeded := graded("uuuu", "d3")
	seeded.Seed = ptr(int64(2))
	if done := importing(t, l, Import{Run: "0199aaaa", Result: seeded}); done.Outcome != ImportAdded || len(results(t, l)) != 2 {
		t.Errorf("another seed: %+v", done)
	}
}

// An evaluation that is imported as two would be two seeds that agree in all.
func TestOneFileIsNotTwoEvaluationsOfARun(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	create(t, l, "0199bbbb")
	importing(t, l, Import{Run: "0199aaaa", Result: graded("ru", "d1")})
	seeded := graded("ru", "d1")
	seeded.Seed = ptr(int64(2))
	if _, err := l.ImportResult(t.Context(), Import{Run: "0199aaaa", Result: seeded}); !errors.Is(err, ErrResultConflict) || !strings.Contains(err.Error(), "seed 2") {
		t.Errorf("%v", err)
	}
	if done := importing(t, l, Import{Run: "0199aaaa", Result: seeded, Replace: true}); done.Outcome != ImportReplaced || len(results(t, l)) != 1 {
		t.Errorf("%+v", done)
	}
	if done := importing(t, l, Import{Run: "0199bbbb", Result: graded("ru", "d1")}); len(done.Others) != 1 || done.Others[0] != "0199aaaa" {
		t.Errorf("of another run: %+v", done)
	}
}

func TestPartsThatComeLaterAreAdded(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	parts := func(word, digest string) Import {
		r := graded(word, digest)
		r.Source.Parts = len(word)
		return Import{Run: "0199aaaa", Result: r}
	}
	importing(t, l, parts("ru", "d1"))
	if done := importing(t, l, parts("rur", "d2")); done.Outcome != ImportGrown {
		t.Errorf("%+v", done)
	}
	if done := importing(t, l, parts("ru", "d3")); done.Outcome != ImportSame {
		t.Errorf("parts that were there: %+v", done)
	}
	for _, word := range []string{"rrr", "uu"} {
		if _, err := l.ImportResult(t.Context(), parts(word, "d4")); !errors.Is(err, ErrResultConflict) {
			t.Errorf("%s: %v", word, err)
		}
	}
	if all := results(t, l); len(all) != 1 || all[0].Total() != 3 || all[0].Source.Parts != 3 {
		t.Errorf("%+v", all)
	}
	if done := importing(t, l, Import{Run: "0199aaaa", Result: graded("rurm", "d5")}); done.Outcome != ImportGrown {
		t.Errorf("the report of the whole: %+v", done)
	}
}

func TestWhatCannotBeAResultOfTheRunIsRefused(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	create(t, l, "0199bbbb")
	importing(t, l, Import{Run: "0199aaaa", Result: graded("ru", "d1")})
	unnamed, empty, negative, foreign := graded("r", "d2"), graded("", "d3"), graded("r", "d4"), graded("rr", "d5")
	unnamed.Benchmark, negative.Step = "", ptr(int64(-1))
	for i := range foreign.Instances {
		foreign.Instances[i].ID = fmt.Sprint("frog-", i)
	}
	for _, c := range []struct {
		in   Import
		is   error
		want string
	}{
		{Import{Run: "0199bbbb", Result: unnamed}, nil, "--benchmark"},
		{Import{Run: "0199bbbb", Result: empty}, nil, "neither an instance nor a figure"},
		{Import{Run: "0199bbbb", Result: negative}, nil, "0 or more"},
		{Import{Run: "0199cccc", Result: graded("r", "d6")}, ErrNoRun, "0199cccc"},
		{Import{Run: "0199bbbb", Result: foreign}, ErrOtherInstances, "frog-0"},
	} {
		if _, err := l.ImportResult(t.Context(), c.in); err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	foreign.Split = "frogs"
	importing(t, l, Import{Run: "0199bbbb", Result: foreign})
}

func TestAResultOfAStepThatTheRunHasNotComeToIsRefused(t *testing.T) {
	for what, c := range map[string]struct {
		attempts []Attempt
		last     int64
	}{
		"nothing told":              {[]Attempt{{}}, 0},
		"ended early":               {[]Attempt{{Step: 15, TotalSteps: 100, heard: true}}, 15},
		"goes on":                   {[]Attempt{{Step: 15, TotalSteps: 100}}, 100},
		"saved behind what it told": {[]Attempt{{Step: 15, Facts: Facts{SavedStep: ptr(int64(20))}, heard: true}}, 20},
		"begun anew":                {[]Attempt{{Step: 18, heard: true}, {Step: 2, heard: true}}, 18},
	} {
		if got := lastStep(c.attempts); got != c.last {
			t.Errorf("%s: step %d, want %d", what, got, c.last)
		}
	}
}

func TestAResultThatIsRemovedIsGoneAndAnotherInItsPlaceStays(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	importing(t, l, Import{Run: "0199aaaa", Result: graded("ru", "d1")})
	listed := results(t, l, "0199aaaa")
	importing(t, l, Import{Run: "0199aaaa", Result: graded("rr", "d2"), Replace: true})
	if n, err := l.RemoveResults(t.Context(), listed...); err != nil || n != 0 || len(results(t, l, "0199aaaa")) != 1 {
		t.Errorf("%d removed, %v", n, err)
	}
	if n, err := l.RemoveResults(t.Context(), results(t, l, "0199aaaa")...); err != nil || n != 1 || len(results(t, l, "0199aaaa")) != 0 {
		t.Errorf("%d removed, %v", n, err)
	}
	if done := importing(t, l, Import{Run: "0199aaaa", Result: graded("ru", "d1")}); done.Outcome != ImportAdded || done.Total() != 2 {
		t.Errorf("%+v", done)
	}
}

func TestFiguresWithoutInstancesConflictToo(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	figures := func(value float64, digest string) Import {
		return Import{Run: "0199aaaa", Result: result.Result{Benchmark: "riddles", Aggregates: []result.Aggregate{{Metric: "acc", Value: value}}, Source: result.Source{File: "f", SHA256: digest}}}
	}
	importing(t, l, figures(0.5, "d1"))
	if done := importing(t, l, figures(0.5, "d2")); done.Outcome != ImportSame {
		t.Errorf("%+v", done)
	}
	if _, err := l.ImportResult(t.Context(), figures(0.75, "d3")); err == nil || !strings.Contains(err.Error(), "1 differs: acc (0.5, now 0.75)") {
		t.Errorf("%v", err)
	}
}

// 500 instances of each of 20 runs, imported and read back for a comparison.
func BenchmarkResults(b *testing.B) {
	for name, open := range map[string]func(*testing.B, int) (*Ledger, error){
		"SQLite": func(b *testing.B, i int) (*Ledger, error) {
			return OpenLedger(filepath.Join(b.TempDir(), fmt.Sprint(i), "runs.db"))
		},
		"PostgreSQL": func(b *testing.B, _ int) (*Ledger, error) { return OpenLedger(postgrestest.Start(b)) },
	} {
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				b.StopTimer()
				l, err := open(b, i)
				if err != nil {
					b.Fatal(err)
				}
				for run := range 20 {
					if _, err := l.Create(b.Context(), fmt.Sprintf("0199%04x", run), goodJob(), Command{}); err != nil {
						b.Fatal(err)
					}
				}
				b.StartTimer()
				for run := range 20 {
					r := graded(strings.Repeat("ruuer", 100), fmt.Sprint("d", run))
					if _, err := l.ImportResult(b.Context(), Import{Run: fmt.Sprintf("0199%04x", run), Result: r}); err != nil {
						b.Fatal(err)
					}
				}
				all, err := l.Results(b.Context())
				if err != nil || len(all) != 20 || len(all[19].Instances) != 500 {
					b.Fatal(len(all), err)
				}
				b.StopTimer()
				if err := l.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

// A report that was read before it was known how many instances it counts.
func TestTheSameFileTellsHowManyInstancesItDoesNotName(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	r := graded("ru", "d1")
	importing(t, l, Import{Run: "0199aaaa", Result: r})
	r.Asked = 5
	for _, want := range []ImportOutcome{ImportUpdated, ImportSame} {
		if done := importing(t, l, Import{Run: "0199aaaa", Result: r}); done.Outcome != want {
			t.Errorf("%+v, want %s", done, want)
		}
	}
	lines, err := l.ResultLines(t.Context(), "0199aaaa")
	if err != nil || len(lines) != 1 || lines[0].Total() != 5 || lines[0].Named() != 2 {
		t.Errorf("%+v, %v", lines, err)
	}
	r.Source.File, r.Asked = "/reports/other.json", 7
	if _, err := l.ImportResult(t.Context(), Import{Run: "0199aaaa", Result: r}); !errors.Is(err, ErrResultConflict) || !strings.Contains(err.Error(), "instances without a name (3, now 5)") {
		t.Error(err)
	}
}
