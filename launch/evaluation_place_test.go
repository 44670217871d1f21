package launch_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/local"
)

// saved leaves a checkpoint with the states of an optimizer.
func (p place) saved(t *testing.T, backend string, evals ...launch.Evaluation) launch.Run {
	t.Helper()
	job := job(p.dataset, "save", p.there, "{output}")
	job.Backend, job.Evals = backend, evals
	run, err := p.Start(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if run = p.end(t, run); run.State != launch.Succeeded {
		t.Fatalf("%s: %s", run.State, run.Reason)
	}
	return run
}

// named is an evaluation with a benchmark of its own.
func named(name, backend, mark string) launch.Evaluation {
	e := evaluation(mark, "graded.csv", eels)
	e.Name, e.Benchmark, e.Backend = name, name, backend
	return e
}

// ended are the states of the evaluations of a run, by their names.
func (p place) ended(t *testing.T, run launch.Run) map[string]launch.Run {
	t.Helper()
	if err := tendAll(t.Context(), p.Launcher); err != nil {
		t.Fatal(err)
	}
	runs, err := p.Ledger.Evaluations(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]launch.Run{}
	for _, e := range runs {
		if _, twice := all[e.Job.Evaluates.Name]; twice {
			t.Errorf("%s has two runs", e.Job.Evaluates.Name)
		}
		all[e.Job.Evaluates.Name] = e
	}
	return all
}

func (p place) results(t *testing.T, run launch.Run) (benchmarks []string) {
	t.Helper()
	results, err := p.Ledger.Results(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Resolved() != 1 || r.Total() != 2 || r.Step == nil || *r.Step != 3 {
			t.Errorf("%+v", r)
		}
		benchmarks = append(benchmarks, r.Benchmark)
	}
	slices.Sort(benchmarks)
	return benchmarks
}

// The model of a run on a box lies there. An evaluation reads it there, and one of this
// machine a copy that is fetched.
func TestAModelComesFromABoxToItsEvaluation(t *testing.T) {
	box := onABox(t)
	p := newPlaceOn(t, box, "mark")
	run := p.saved(t, "box", named("there", "", "/root/evaluated"), named("home", "local", p.Home+"-evaluated"))
	all := p.ended(t, run)
	for name, where := range map[string]string{"there": "box", "home": "local"} {
		if e := all[name]; e.State != launch.Succeeded || e.Job.Backend != where || e.Reason != name+" seed 0 step 3: 1 of 2 resolved" {
			t.Errorf("%s on %s: %s: %s", name, e.Job.Backend, e.State, e.Reason)
		}
	}
	if got := p.results(t, run); !slices.Equal(got, []string{"home", "there"}) {
		t.Errorf("results of %v", got)
	}
	fetched := filepath.Join(p.Home, "runs", run.ID, "fetched", "attempt-1", "checkpoint-3")
	if all["home"].Job.Evaluates.Model != fetched || !exists(filepath.Join(fetched, "fetched.json")) || !exists(filepath.Join(fetched, "trainer_state.json")) {
		t.Errorf("the model of the evaluation is %s", all["home"].Job.Evaluates.Model)
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// The model of a run here is staged on the box of its evaluation.
func TestAModelGoesToTheBoxOfItsEvaluation(t *testing.T) {
	box := onABox(t)
	p := newPlaceOn(t, box, "unused")
	p.there = p.Home + "-trained"
	run := p.saved(t, "local", named("away", "box", "/root/evaluated"))
	e := p.ended(t, run)["away"]
	if e.State != launch.Succeeded || e.Job.Backend != "box" || !e.Job.Evaluates.Brought {
		t.Errorf("%s: %s: %+v", e.State, e.Reason, e.Job.Evaluates)
	}
	if got := p.results(t, run); !slices.Equal(got, []string{"away"}) {
		t.Errorf("results of %v", got)
	}
}

// Whatever it was about to do when it was killed, the next one evaluates once.
func TestATrainyardKilledWhileItBringsAModelStartsNoSecondEvaluation(t *testing.T) {
	box := onABox(t)
	for _, point := range []string{"brought", "started"} {
		t.Run(point, func(t *testing.T) {
			p := newPlaceOn(t, box, "mark-"+point)
			mark := p.Home + "-evaluated"
			run := p.saved(t, "box", named("home", "local", mark))
			if err := begin(t, "tend", p.Home, point).Run(); err == nil {
				t.Fatal("it lived")
			}
			e := p.ended(t, run)["home"]
			starts, err := os.ReadFile(mark)
			if got := p.results(t, run); e.State != launch.Succeeded || err != nil || strings.Count(string(starts), "\n") != 1 || !slices.Equal(got, []string{"home"}) {
				t.Errorf("%s (%s), started %q, results of %v, %v", e.State, e.Reason, starts, got, err)
			}
		})
	}
}

// A shared place reads of this machine what lies on its shelf.
type shared struct {
	local.Local
	shelf string
	slow  chan struct{} // closed: its files can be read
}

func (s shared) Shelf(path string) string {
	if strings.HasPrefix(path, s.shelf) {
		return ""
	}
	return s.shelf
}

func (shared) Here(context.Context, string, string) string { return "" }

func (s shared) Open(ctx context.Context, dir string, h launch.Handle, name string) (*launch.OpenFile, error) {
	if strings.HasSuffix(name, "weights") {
		<-s.slow
	}
	return s.Local.Open(ctx, dir, h, name)
}

func (p place) share(t *testing.T) shared {
	t.Helper()
	s := shared{shelf: t.TempDir(), slow: make(chan struct{})}
	p.Backends["shared"] = s
	return s
}

// What a trainer that goes on needs, and an evaluation does not read, is not copied.
func TestAModelIsCopiedToWhereTheEvaluationReadsIt(t *testing.T) {
	p := newPlace(t)
	s := p.share(t)
	run := p.saved(t, "local")
	out := filepath.Join(p.Dir(run), "out")
	for _, name := range []string{"model.safetensors", "config/a.json", "checkpoint-3/weights", "optimizer.pt", "trainer_state.json", "optimizer_0/a", "states/zero_pp_rank_0_mp_rank_00_optim_states.pt", "states/zero_pp_rank_0_mp_rank_00_model_states.pt"} {
		put(t, filepath.Join(out, name))
	}
	deeds := p.Evaluate(t.Context(), run, []launch.Evaluation{named("there", "shared", p.mark)})
	if len(deeds) != 1 || deeds[0].Err != nil {
		t.Fatalf("%+v", deeds)
	}
	if e := p.end(t, deeds[0].Run); e.State != launch.Succeeded {
		t.Errorf("%s: %s", e.State, e.Reason)
	}
	copied := filepath.Join(s.shelf, run.ID, "attempt-1", "out")
	for name, want := range map[string]bool{"model.safetensors": true, "config/a.json": true, "fetched.json": true, "checkpoint-3": false, "optimizer.pt": false, "optimizer_0": false,
		"states/zero_pp_rank_0_mp_rank_00_optim_states.pt": false, "states/zero_pp_rank_0_mp_rank_00_model_states.pt": true} {
		if exists(filepath.Join(copied, name)) != want {
			t.Errorf("%s is copied: %v", name, !want)
		}
	}
}

func put(t *testing.T, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A look at runs waits for no model; one that is on its way keeps coming.
func TestAModelThatTakesLongKeepsNoLookWaiting(t *testing.T) {
	p := newPlace(t)
	s := p.share(t)
	e := named("home", "local", p.Home+"-evaluated")
	run := p.saved(t, "shared")
	put(t, filepath.Join(p.Dir(run), "out/checkpoint-3/weights"))
	for range 2 {
		deeds := p.EvaluateWithin(t.Context(), run, []launch.Evaluation{e}, time.Millisecond)
		var coming *launch.ComingError
		if len(deeds) != 1 || !errors.As(deeds[0].Err, &coming) || coming.From != "shared" {
			t.Fatalf("%+v", deeds)
		}
	}
	close(s.slow)
	deeds := p.Evaluate(t.Context(), run, []launch.Evaluation{e})
	if len(deeds) != 1 || deeds[0].Err != nil {
		t.Fatalf("%+v", deeds)
	}
	if got := p.end(t, deeds[0].Run); got.State != launch.Succeeded {
		t.Errorf("%s: %s", got.State, got.Reason)
	}
}

// A model that has come while no process asked, and was cleared away since, comes again.
func TestAModelThatWasClearedAwayComesAgain(t *testing.T) {
	p := newPlace(t)
	s := p.share(t)
	e := named("home", "local", p.Home+"-evaluated")
	run := p.saved(t, "shared")
	put(t, filepath.Join(p.Dir(run), "out/checkpoint-3/weights"))
	var coming *launch.ComingError
	if deeds := p.EvaluateWithin(t.Context(), run, []launch.Evaluation{e}, time.Millisecond); len(deeds) != 1 || !errors.As(deeds[0].Err, &coming) {
		t.Fatalf("%+v", deeds)
	}
	close(s.slow)
	fetched := filepath.Join(p.Home, "runs", run.ID, "fetched")
	copied := filepath.Join(fetched, "attempt-1", "checkpoint-3")
	for !exists(filepath.Join(copied, "fetched.json")) {
		time.Sleep(p.Poll)
	}
	time.Sleep(p.Poll)
	if err := os.RemoveAll(fetched); err != nil {
		t.Fatal(err)
	}
	deeds := p.Evaluate(t.Context(), run, []launch.Evaluation{e})
	if len(deeds) != 1 || deeds[0].Err != nil || !exists(filepath.Join(copied, "weights")) {
		t.Fatalf("%+v", deeds)
	}
	if got := p.end(t, deeds[0].Run); got.State != launch.Succeeded {
		t.Errorf("%s: %s", got.State, got.Reason)
	}
}

// Why a model cannot be brought is told at the next look, however short that is.
func TestAModelThatCannotBeBroughtIsTold(t *testing.T) {
	p := newPlace(t)
	s := p.share(t)
	close(s.slow)
	e := named("home", "local", p.Home+"-evaluated")
	run := p.saved(t, "shared")
	put(t, filepath.Join(p.Dir(run), "out/checkpoint-3/fetched.json")) // no name that a file of a model may have
	for {
		deeds := p.EvaluateWithin(t.Context(), run, []launch.Evaluation{e}, 0)
		if len(deeds) != 1 || deeds[0].Err == nil {
			t.Fatalf("%+v", deeds)
		}
		var coming *launch.ComingError
		if errors.As(deeds[0].Err, &coming) {
			time.Sleep(p.Poll)
			continue
		}
		if words := deeds[0].Err.Error(); !strings.Contains(words, "bring the model from shared: ") || !strings.Contains(words, "fetched.json") {
			t.Error(words)
		}
		break
	}
}

// A closed place shows nothing of what its attempts leave.
type closed struct{ local.Local }

func (closed) Unseen(bool) error { return errors.New("it has no window: open one") }

func (closed) Here(context.Context, string, string) string { return "" }

// A rental is a local backend whose boxes are given back.
type rental struct {
	local.Local
	logs bool // come home alone
}

func (rental) Most(time.Duration) (gpuHour float64, life time.Duration) { return 1, time.Hour }

func (r rental) Unseen(models bool) error {
	if models && r.logs {
		return errors.New("the logs alone come home")
	}
	return nil
}

// An imaged place runs in an image.
type imaged struct{ shared }

func (imaged) Image() string { return "trainer" }

// What could never reach its model, or whose reports never be read, is refused before
// anything trains; where a model lies elsewhere, it is brought.
func TestAnEvaluationThatCouldNotReachItsModelIsRefused(t *testing.T) {
	p := newPlace(t)
	p.Backends["other"], p.Backends["rental"], p.Backends["shed"], p.Backends["closed"] = local.Local{}, rental{}, rental{logs: true}, closed{}
	p.Backends["image"] = imaged{p.share(t)}
	recipes := t.TempDir() // with a program beside them
	if err := os.WriteFile(filepath.Join(recipes, "grade"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ trains, evaluates, asks, want string }{
		{"local", "other", "{checkpoint}", ""},
		{"other", "local", "{checkpoint}", ""},
		{"local", "shared", "{checkpoint}", ""},
		{"rental", "", "{checkpoint}", ""},
		{"rental", "local", "{run}", ""},
		{"local", "", "{run}", ""},
		{"shared", "", "{run}", ""},
		{"rental", "", "{run}", "it runs on rental, and {run} is the whole directory of an attempt on rental: ask for {checkpoint}"},
		{"shared", "local", "{run}", "it runs on local, and {run} is the whole directory of an attempt on shared: ask for {checkpoint}"},
		{"shed", "local", "{checkpoint}", "the model of a run on shed could not be brought there: the logs alone come home"},
		{"shed", "local", "{model}", ""},
		{"closed", "local", "{checkpoint}", "it runs on local, and the model of a run on closed could not be brought there: it has no window: open one"},
		{"closed", "", "{model}", "its reports on closed could not be read: it has no window: open one"},
		{"local", "closed", "{checkpoint}", "its reports on closed could not be read: it has no window: open one"},
		{"closed", "local", "{model}", ""},
		{"local", "", "./", ""},
		{"local", "other", "./", ""},
		{"local", "rental", "./", "/grade lies on this machine, where what runs on rental does not see it: put it into the image"},
		{"local", "image", "./", "/grade lies on this machine, where what runs on image does not see it: put it into the image"},
	} {
		job := job(p.dataset, "save", p.mark, "{output}")
		job.Backend = c.trains
		e := evaluation(p.mark, "graded.csv", eels)
		if e.Backend, e.Command[4] = c.evaluates, c.asks; c.asks == "./" {
			e.Command, e.Dir = []string{"./grade", "{checkpoint}"}, recipes
		}
		job.Evals = []launch.Evaluation{e}
		err := p.Precheck(job)
		if got := fmt.Sprint(err); (err == nil) != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("trained on %s, evaluated on %q with %s: %v", c.trains, c.evaluates, c.asks, err)
		}
	}
}

// A moved place has what attempts left in a directory of a restart.
type moved struct{ local.Local }

func (moved) Where(_ context.Context, dir string) (string, error) { return dir + "/restart-1", nil }

func (m moved) Open(ctx context.Context, dir string, h launch.Handle, name string) (*launch.OpenFile, error) {
	if f, err := m.Local.Open(ctx, dir, h, "restart-1/"+name); err == nil {
		return f, nil
	}
	return m.Local.Open(ctx, dir, h, name)
}

func (m moved) List(ctx context.Context, dir string, h launch.Handle, name string) ([]launch.Entry, error) {
	if all, err := m.Local.List(ctx, dir, h, "restart-1/"+name); err == nil {
		return all, nil
	}
	return m.Local.List(ctx, dir, h, name)
}

// A platform that started a job again has its checkpoints in another directory: they are
// evaluated there, and gone on with from there.
func TestWhatAPlatformHasMovedIsFoundWhereItIs(t *testing.T) {
	p := newPlace(t)
	p.Backends["moved"] = moved{}
	job := job(p.dataset, "save", p.mark+"-training", "{output}", "{resume}")
	job.Backend = "moved"
	run, err := p.Start(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	run = p.end(t, run)
	restarted := filepath.Join(p.Dir(run), "restart-1")
	if err := errors.Join(os.Mkdir(restarted, 0o700), os.Rename(filepath.Join(p.Dir(run), "out"), filepath.Join(restarted, "out"))); err != nil {
		t.Fatal(err)
	}
	deeds := p.Evaluate(t.Context(), run, []launch.Evaluation{named("there", "", p.mark)})
	if len(deeds) != 1 || deeds[0].Err != nil {
		t.Fatalf("%+v", deeds)
	}
	if e := p.end(t, deeds[0].Run); e.State != launch.Succeeded || e.Job.Evaluates.Model != restarted+"/out/checkpoint-3" || e.Job.Evaluates.Trained != restarted {
		t.Errorf("%s: %s: %+v", e.State, e.Reason, e.Job.Evaluates)
	}
	next, err := p.Retry(t.Context(), run, launch.Retry{Again: true, Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	next = p.end(t, next)
	if cmd, err := os.ReadFile(filepath.Join(p.Dir(next), "spec.json")); err != nil || !strings.Contains(string(cmd), restarted+"/out/checkpoint-3") {
		t.Errorf("it goes on with %s, %v", cmd, err)
	}
}

// The reports of an evaluation that a platform started again lie there too.
func TestReportsThatAPlatformHasMovedAreRead(t *testing.T) {
	p := newPlace(t)
	p.Backends["moved"] = moved{}
	e := named("there", "moved", p.mark)
	e.Command = []string{"sh", "-c", `d=$(dirname "$1")/restart-1/out; mkdir -p "$d"; printf "$2" >"$d/graded.csv"`, "sh", "{output}", strings.ReplaceAll(eels, "\n", `\n`)}
	run := p.trained(t, "save", e)
	if got := p.ended(t, run)["there"]; got.State != launch.Succeeded || got.Reason != "there seed 0: 1 of 2 resolved" {
		t.Errorf("%s: %s", got.State, got.Reason)
	}
}
