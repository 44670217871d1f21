package launch

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tell stores lines as those of one attempt.
func tell(t *testing.T, l *Ledger, run Run, fresh bool, lines ...string) {
	t.Helper()
	_, from, err := l.place(t.Context(), run.ID, run.N)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.store(t.Context(), run.ID, run.N, from, place{Progress: cursor{At: int64(len(from))}}, news{metrics: metricsOf(lines...), fresh: fresh}, false); err != nil {
		t.Fatal(err)
	}
}

// steps writes a line of a log for each step from one to another.
func steps(from, to int, loss float64) (all []string) {
	for step := from; step <= to; step++ {
		all = append(all, fmt.Sprintf(`{"step": %d, "loss": %v}`, step, loss))
	}
	return all
}

func curveWords(points []Point) string {
	var words []string
	for _, p := range points {
		words = append(words, fmt.Sprintf("%d:%v@%d.%d", p.Step, p.Value, p.Attempt, p.Segment))
	}
	return strings.Join(words, " ")
}

func TestARunHasOneCurveOverItsAttempts(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	tell(t, l, run, false, append(steps(1, 5, 3), `{"step": 4, "eval_loss": 9}`)...)
	advance(t, l, run, Starting, Running, Preempted)
	second, err := l.Again(t.Context(), run.ID, 1, "preempted", Next{Facts: Facts{ResumedStep: ptr(int64(3))}})
	if err != nil {
		t.Fatal(err)
	}
	tell(t, l, second, false, steps(4, 6, 2)...)
	tell(t, l, second, true, steps(6, 7, 1)...) // its log is begun anew
	for name, c := range map[string]struct {
		get  func() ([]Point, error)
		want string
	}{
		"one curve":                         {func() ([]Point, error) { return l.Curve(t.Context(), run.ID, "loss") }, "1:3@1.0 2:3@1.0 3:3@1.0 4:2@2.0 5:2@2.0 6:1@2.1 7:1@2.1"},
		"all that was told":                 {func() ([]Point, error) { return l.RawCurve(t.Context(), run.ID, "loss") }, "1:3@1.0 2:3@1.0 3:3@1.0 4:3@1.0 5:3@1.0 4:2@2.0 5:2@2.0 6:2@2.0 6:1@2.1 7:1@2.1"},
		"a key that the newest has not yet": {func() ([]Point, error) { return l.Curve(t.Context(), run.ID, "eval_loss") }, ""},
		"no such key":                       {func() ([]Point, error) { return l.Curve(t.Context(), run.ID, "reward") }, ""},
	} {
		if got, err := c.get(); err != nil || curveWords(got) != c.want {
			t.Errorf("%s: %s, want %s, %v", name, curveWords(got), c.want, err)
		}
	}
}

func TestEveryNumberOfALineIsKeptUnderItsKey(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	tell(t, l, run, false,
		`{"step": 1, "loss": 0.5, "reward": "1.25", "rewards/format/mean": -2, "grad_norm": NaN, "kl": Infinity, "note": "words", "ok": true, "list": [1, 2], "nothing": null}`,
		`{"step": 2, "kl": -Infinity, "reward": 1.5}`,
		`{"step": 2, "reward": 1.75}`) // a step that is told again
	all, err := l.Series(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range all {
		points, err := l.Curve(t.Context(), run.ID, s.Key)
		if err != nil {
			t.Fatal(err)
		}
		got[s.Key] = curveWords(points)
		if last := points[len(points)-1]; last.Step != s.LastStep || last.Value.String() != s.Last.String() || points[0].Step != s.FirstStep {
			t.Errorf("%+v ends with %+v", s, last)
		}
	}
	want := map[string]string{"loss": "1:0.5@1.0", "reward": "1:1.25@1.0 2:1.75@1.0", "rewards/format/mean": "1:-2@1.0", "grad_norm": "1:NaN@1.0", "kl": "1:Infinity@1.0 2:-Infinity@1.0"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestStepsThatComeOutOfOrderStandInOrder(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	tell(t, l, run, false, slices.Concat(steps(5, 6, 3), steps(1, 2, 2), steps(6, 6, 1))...)
	got, err := l.Curve(t.Context(), run.ID, "loss")
	if want := "1:2@1.0 2:2@1.0 5:3@1.0 6:1@1.0"; err != nil || curveWords(got) != want {
		t.Errorf("%s, want %s, %v", curveWords(got), want, err)
	}
}

// Each of these is what the trainer's own code writes.
func TestTheFiguresOfEveryKindOfLogAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		step int64
		want string
		loss float64
	}{
		"LLaMA-Factory": {`{"current_steps": 5, "total_steps": 20, "loss": 1.5, "lr": 5e-05, "epoch": 0.25, "percentage": 25.0, "elapsed_time": "0:01:05", "remaining_time": "0:03:15", "throughput": 812.4, "total_tokens": 52800}`,
			5, `{"loss":1.5,"lr":5e-05,"epoch":0.25,"percentage":25,"elapsed_time":65,"remaining_time":195,"throughput":812.4,"total_tokens":52800}`, 1.5},
		"ms-swift": {`{"loss": 1.25, "grad_norm": 0.5, "learning_rate": 1e-05, "token_acc": 0.75, "epoch": 0.5, "global_step/max_steps": "5/10", "percentage": "50.00%", "elapsed_time": "1h 2m 3s", "remaining_time": "45s", "memory(GiB)": 12.5, "train_speed(iter/s)": 0.25}`,
			5, `{"loss":1.25,"grad_norm":0.5,"learning_rate":1e-05,"token_acc":0.75,"epoch":0.5,"elapsed_time":3723,"remaining_time":45,"memory(GiB)":12.5,"train_speed(iter/s)":0.25}`, 1.25},
		"verl": {`{"step": 7, "data": {"train/loss": 0.875, "train/grad_norm": 1.5, "train/lr": 1e-05, "train/mfu": 0.25, "train/total_tokens(B)": 0.002}}`,
			7, `{"train/loss":0.875,"train/grad_norm":1.5,"train/lr":1e-05,"train/mfu":0.25,"train/total_tokens(B)":0.002}`, 0.875},
	} {
		m, ok := ParseMetric([]byte(c.line))
		figures, err := m.Figures.MarshalJSON()
		if !ok || err != nil || m.Step != c.step || string(figures) != c.want || m.Loss == nil || *m.Loss != c.loss {
			t.Errorf("%s: %v %+v\n%s", name, ok, m, figures)
		}
	}
}

func TestTheLastWordsOfATrainerWithoutALogAreKept(t *testing.T) {
	s := newScene(t)
	s.write(t, LogName, " 50%|#####     | 5/10 [00:05<00:05]\r{'loss': '0.5', 'grad_norm': '1.5', 'learning_rate': '1e-05', 'num_tokens': '1.144e+04', 'epoch': '0.5'}\n"+
		"{'bos_token_id': 151643, 'pad_token_id': 151643}\n"+
		"100%|##########| 10/10 [00:10<00:00]\r{'loss': '0.25', 'epoch': '1.0'}\n"+
		"100%|##########| 10/10 [00:10<00:00]\r{'eval_loss': '0.3', 'eval_accuracy': '0.75', 'epoch': '1.0'}\n"+
		"{'train_runtime': '12.5', 'train_samples_per_second': '8.0', 'train_loss': '0.375', 'epoch': '1.0'}\n")
	s.look(t, true)
	for key, want := range map[string]string{
		"loss": "5:0.5@1.0 10:0.25@1.0", "num_tokens": "5:11440@1.0", "eval_accuracy": "10:0.75@1.0", "train_runtime": "10:12.5@1.0", "train_loss": "10:0.375@1.0", "bos_token_id": "",
	} {
		if got, err := s.Ledger.Curve(t.Context(), s.run.ID, key); err != nil || curveWords(got) != want {
			t.Errorf("%s: %s, want %s, %v", key, curveWords(got), want, err)
		}
	}
	if s.run.Tokens != 11440 || s.run.Elapsed.Seconds() != 12.5 || s.run.Unread != 0 {
		t.Errorf("%+v", s.run.Attempt)
	}
}

func TestACheckpointTellsWhatTheLogDoesNot(t *testing.T) {
	s := newScene(t)
	s.write(t, "out/log.jsonl", lines(1, 4, 2.5))
	s.write(t, "out/checkpoint-3/trainer_state.json", `{"global_step": 3, "max_steps": 9, "log_history": [
		{"step": 1, "loss": 2.51, "grad_norm": 1.5}, {"step": 2, "loss": 2.51, "grad_norm": NaN}, {"step": 3, "loss": 2.51, "grad_norm": NaN},
		{"step": 3, "eval_accuracy": 0.5}]}`)
	if got := s.look(t, false); got != "1:2.5 2:2.5 3:2.5 4:2.5" {
		t.Errorf("the log's own loss is %s", got)
	}
	got, err := s.Ledger.Curve(t.Context(), s.run.ID, "grad_norm")
	if want := "1:1.5@1.0 2:NaN@1.0 3:NaN@1.0"; err != nil || curveWords(got) != want {
		t.Errorf("%s, want %s, %v", curveWords(got), want, err)
	}
	if s.run.Step != 4 || s.run.SavedStep == nil || *s.run.SavedStep != 3 || s.run.DivergedStep == nil || *s.run.DivergedStep != 3 {
		t.Errorf("%+v", s.run.Attempt)
	}
}

// The state of a resumed trainer holds the steps before, which are not its own.
func TestAResumedAttemptHasOnlyItsOwnSteps(t *testing.T) {
	s := newScene(t)
	advance(t, s.Ledger, s.run, Failed)
	run, err := s.Ledger.Again(t.Context(), s.run.ID, 1, "again", Next{Facts: Facts{ResumedFrom: "checkpoint-2", ResumedStep: ptr(int64(2))}})
	if err != nil {
		t.Fatal(err)
	}
	s.run = run
	state := filepath.Join(s.Dir(run), "out", "checkpoint-4", "trainer_state.json")
	if err := os.MkdirAll(filepath.Dir(state), 0o700); err != nil {
		t.Fatal(err)
	}
	history := `{"step": 1, "loss": 4}, {"step": 2, "loss": 3}, {"step": 3, "loss": 2}, {"step": 4, "loss": 1}`
	if err := os.WriteFile(state, []byte(`{"global_step": 4, "max_steps": 9, "log_history": [`+history+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run = s.listen(t.Context(), s.run, attic{}, false)
	got, err := s.Ledger.Curve(t.Context(), run.ID, "loss")
	if want := "3:2@2.0 4:1@2.0"; err != nil || curveWords(got) != want || s.run.Step != 4 {
		t.Errorf("%s, want %s, %v; %+v", curveWords(got), want, err, s.run.Attempt)
	}
}

func TestFiguresComeBackFromTheLedgerAsTheyWere(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	want := []float64{0, -0.1, 1e-300, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(), 1 << 53}
	var lines []Metric
	for i, v := range want {
		lines = append(lines, Metric{Step: int64(i), Figures: Figures{{"x", Figure(v)}}})
	}
	if err := l.store(t.Context(), run.ID, 1, "{}", place{Told: true}, news{metrics: lines}, false); err != nil {
		t.Fatal(err)
	}
	points, err := l.Curve(t.Context(), run.ID, "x")
	if err != nil || len(points) != len(want) {
		t.Fatalf("%v, %v", points, err)
	}
	for i, p := range points {
		if Figure(want[i]).String() != p.Value.String() {
			t.Errorf("%v came back as %v", want[i], p.Value)
		}
	}
}
