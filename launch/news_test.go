package launch

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"trainyard/launch/files"
)

// An attic is a backend with the files of one directory, and no processes.
type attic struct{ Backend }

func (attic) Open(_ context.Context, dir string, _ Handle, name string) (*OpenFile, error) {
	f, info, err := files.OpenRegular(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	return &OpenFile{ReaderAt: f, Closer: f, ID: fmt.Sprint(reflect.ValueOf(info.Sys()).Elem().FieldByName("Ino")), Size: info.Size(), ModTime: info.ModTime()}, nil
}

func (attic) List(_ context.Context, dir string, _ Handle, name string) ([]Entry, error) {
	found, err := os.ReadDir(filepath.Join(dir, name))
	var entries []Entry
	for _, d := range found {
		if info, err := d.Info(); err == nil {
			entries = append(entries, Entry{Name: d.Name(), Dir: d.IsDir(), Size: info.Size(), ModTime: info.ModTime()})
		}
	}
	return entries, err
}

// A scene is a run whose trainer's files a test writes.
type scene struct {
	*Launcher
	run Run
	dir string
}

func newScene(t *testing.T) *scene {
	t.Helper()
	l := &Launcher{Home: t.TempDir(), Ledger: openLedger(t)}
	run, err := l.Ledger.Create(t.Context(), "0199aaaa", goodJob(), Command{Progress: "out/log.jsonl"})
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{Launcher: l, run: run, dir: l.Dir(run)}
	if err := os.MkdirAll(filepath.Join(s.dir, "out"), 0o700); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *scene) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil { // cuts off in place
		t.Fatal(err)
	}
}

func (s *scene) add(t *testing.T, name, text string) {
	t.Helper()
	old, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, name, string(old)+text)
}

// replace writes another file of the same name.
func (s *scene) replace(t *testing.T, name, text string) {
	t.Helper()
	s.write(t, name+".new", text)
	if err := os.Rename(filepath.Join(s.dir, name+".new"), filepath.Join(s.dir, name)); err != nil {
		t.Fatal(err)
	}
}

// look reads what is new and returns the curve as "step:loss …".
func (s *scene) look(t *testing.T, ended bool) string {
	t.Helper()
	s.run = s.listen(t.Context(), s.run, attic{}, ended)
	return s.curve(t)
}

func (s *scene) curve(t *testing.T) string {
	t.Helper()
	metrics, err := s.Ledger.Metrics(t.Context(), s.run.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	var points []string
	for _, m := range metrics {
		points = append(points, fmt.Sprintf("%d:%s", m.Step, words(m.Loss)))
	}
	return strings.Join(points, " ")
}

func words(f *float64) string {
	if f == nil {
		return "-"
	}
	return fmt.Sprint(*f)
}

// lines are those of a log from one step to another.
func lines(from, to int, loss float64) string {
	var b strings.Builder
	for step := from; step <= to; step++ {
		fmt.Fprintf(&b, `{"current_steps": %d, "total_steps": 9, "loss": %v}`+"\n", step, loss)
	}
	return b.String()
}

func TestWhatWasNeverStartedToldNothing(t *testing.T) {
	s := newScene(t)
	s.write(t, "out/log.jsonl", lines(1, 4, 5))
	s.run.State = Failed
	n, p := s.hear(t.Context(), s.run, nil, place{}, true)
	if n.trouble != nil || len(n.metrics) > 0 || p != (place{}) {
		t.Errorf("%+v, %+v", n, p)
	}
}

func TestALogThatIsBegunAnewBeginsASegment(t *testing.T) {
	for name, again := range map[string]func(*scene){
		"deleted, the same place on disk or not": func(s *scene) {
			if err := os.Remove(filepath.Join(s.dir, "out/log.jsonl")); err != nil {
				t.Fatal(err)
			}
			s.write(t, "out/log.jsonl", lines(1, 5, 9))
		},
		"replaced":                      func(s *scene) { s.replace(t, "out/log.jsonl", lines(1, 5, 9)) },
		"cut off in place":              func(s *scene) { s.write(t, "out/log.jsonl", lines(1, 5, 9)) },
		"cut off in place, longer soon": func(s *scene) { s.write(t, "out/log.jsonl", lines(1, 5, 9)+strings.Repeat("\n", 2000)) },
	} {
		s := newScene(t)
		s.write(t, "out/log.jsonl", lines(1, 3, 1))
		if got := s.look(t, false); got != "1:1 2:1 3:1" {
			t.Errorf("%s: first %s", name, got)
		}
		again(s)
		if got := s.look(t, false); got != "1:9 2:9 3:9 4:9 5:9" {
			t.Errorf("%s: then %s", name, got)
		}
		earlier, err := s.Ledger.EarlierMetrics(t.Context(), s.run.ID, 1, s.run.Segment)
		if err != nil || len(earlier) != 1 || len(earlier[0]) != 3 || s.run.Step != 5 {
			t.Errorf("%s: earlier %v, %v, step %d", name, earlier, err, s.run.Step)
		}
	}
}

func TestALogThatIsWrittenWholeAtEachStepIsOneCurve(t *testing.T) {
	s := newScene(t)
	for step := 1; step <= 4; step++ {
		s.replace(t, "out/log.jsonl", lines(1, step, 1))
		s.look(t, false)
	}
	if got := s.look(t, false); got != "1:1 2:1 3:1 4:1" || s.run.Segment != 0 {
		t.Errorf("%s, %d segments before", got, s.run.Segment)
	}
}

func TestAReplacedLogWithTheSameEndsIsAnotherOne(t *testing.T) {
	s := newScene(t)
	first := lines(1, 1, 1) + strings.Repeat(lines(2, 2, 2), 20) + lines(3, 30, 3)
	s.write(t, "out/log.jsonl", first)
	s.look(t, false)
	s.replace(t, "out/log.jsonl", strings.Replace(first, `"loss": 3`, `"loss": 8`, 1)) // in the middle only
	if s.look(t, false); s.run.Segment != 1 {
		t.Errorf("%d segments before", s.run.Segment)
	}
}

func TestTheLastLineOfAnEndedTrainerNeedsNoEnd(t *testing.T) {
	s := newScene(t)
	s.write(t, "out/log.jsonl", strings.TrimSpace(lines(1, 2, 1)))
	if got := s.look(t, false); got != "1:1" {
		t.Errorf("while it runs: %s", got)
	}
	if got := s.look(t, true); got != "1:1 2:1" || !s.run.heard {
		t.Errorf("ended: %s", got)
	}
}

func TestTransformersWithoutALogOfItsOwnIsRead(t *testing.T) {
	s := newScene(t)
	s.write(t, LogName, "Loading: 100%|####| 4/4 [00:01<00:00]\r\n  0%|          | 0/50 [00:00<?, ?it/s]\r 10%|#         | 5/50 [00:01<00:09]\n"+
		"{'loss': '0.5', 'grad_norm': nan, 'learning_rate': 1e-05, 'epoch': '0.1'}\n")
	if got := s.look(t, false); got != "5:0.5" || s.run.TotalSteps != 50 {
		t.Errorf("%s of %d", got, s.run.TotalSteps)
	}
	s.add(t, LogName, " 20%|##        | 10/50 [00:02<00:08]\r\n{'loss': 0.4}\r100%|####| 7/7 [00:01<00:00]\r{'eval_loss': 0.9, 'epoch': 0.2}\n 30%|###       | 15/50 [00:03<00:07]\r")
	if got := s.look(t, false); got != "5:0.5 10:0.4" || s.run.Step != 15 || s.run.EvalLoss == nil || *s.run.EvalLoss != 0.9 {
		t.Errorf("%s, step %d, %+v", got, s.run.Step, s.run.EvalLoss)
	}
	s.write(t, "out/checkpoint-20/trainer_state.json", `{"global_step": 20, "max_steps": 50, "best_metric": null, "log_history": [{"loss": 0.5001, "step": 5}, {"loss": 0.4, "step": 10}, {"eval_loss": 0.9, "step": 10}, {"loss": NaN, "step": 20}]}`)
	if got := s.look(t, false); got != "5:0.5001 10:0.4 20:-" || s.run.Step != 20 || !s.run.Diverged || *s.run.DivergedStep != 20 {
		t.Errorf("%s, step %d, diverged %v", got, s.run.Step, s.run.Diverged)
	}
}

func TestALossThatComesBeforeItsBarWaitsForIt(t *testing.T) {
	s := newScene(t)
	s.write(t, LogName, " 0%|  | 0/3 [00:00<?]\r{'loss': 3.0}\n 33%|# | 1/3 [00:00<00:00]\r{'loss': 2.0}\n 66%|##| 2/3 [00:00<00:00]\r{'loss': 1.0}\n{'loss': 0.5}\n")
	if got := s.look(t, true); got != "1:3 2:2" || s.run.Unread != 2 {
		t.Errorf("%s, %d unread", got, s.run.Unread)
	}
}

// tqdm's own write wipes the bar off, writes, and draws the bar again: the bar
// before may lag by some steps, the one behind does not.
func TestABarThatIsDrawnAgainTellsTheStep(t *testing.T) {
	s := newScene(t)
	wipe := "\r" + strings.Repeat(" ", 40) + "\r"
	s.write(t, LogName, "\r 10%|#| 3/30 [00:01<00:00]"+wipe+"{'loss': 2.0}\n\r 16%|#| 5/30 [00:01<00:00]\r 26%|#| 8/30 [00:01<00:00]"+wipe+"{'loss': 1.0}\n\r 33%|#| 10/30 [00:01<00:00]\n"+
		"\r 86%|#| 6/7 [00:00<00:00]\x1b[A"+wipe+"{'eval_loss': 0.5}\n\r 33%|#| 10/30 [00:02<00:00]\r 90%|#| 27/30 [00:02<00:00]"+wipe+"{'loss': 0.25}\n")
	if got := s.look(t, true); got != "5:2 10:1 27:0.25" || s.run.TotalSteps != 30 || s.run.Unread != 0 || s.run.EvalLoss == nil {
		t.Errorf("%s of %d, %d unread", got, s.run.TotalSteps, s.run.Unread)
	}
}

func TestADivergenceThatTheLossHidesIsSeenInTheGradients(t *testing.T) {
	s := newScene(t)
	s.write(t, "out/log.jsonl", `{"current_steps": 1, "loss": 2.0, "grad_norm": NaN}`+"\n"+`{"current_steps": 2, "loss": 1.9, "grad_norm": 1.0}`+"\n"+`{"current_steps": 3, "loss": 1.9, "grad_norm": NaN}`+"\n")
	if s.look(t, false); s.run.Diverged {
		t.Error("single steps that were skipped pass for a divergence")
	}
	s.add(t, "out/log.jsonl", `{"current_steps": 4, "loss": 1.9, "grad_norm": "nan"}`+"\n"+`{"current_steps": 5, "loss": 1.8, "grad_norm": 1.0}`+"\n")
	if s.look(t, false); s.run.DivergedStep == nil || *s.run.DivergedStep != 4 {
		t.Errorf("diverged at %v", s.run.DivergedStep)
	}
}

func TestStepsThatFP16SkipsAreNoDivergence(t *testing.T) {
	for name, c := range map[string]struct {
		log      string
		diverged bool
	}{
		"the scale is found":     {`{"current_steps": 1, "loss": 11.2, "lr": 0.0, "grad_norm": NaN}` + "\n" + `{"current_steps": 2, "loss": 11.1, "lr": 0.0, "grad_norm": NaN}` + "\n" + `{"current_steps": 3, "loss": 11.0, "lr": 1e-5, "grad_norm": 3}` + "\n", false},
		"it goes on regardless":  {`{"current_steps": 1, "loss": 11.2, "lr": 1e-5, "grad_norm": NaN}` + "\n" + `{"current_steps": 2, "loss": 11.1, "lr": 2e-5, "grad_norm": NaN}` + "\n", true},
		"nothing but zeros left": {`{"current_steps": 1, "loss": 1.2, "lr": 1e-5, "grad_norm": NaN}` + "\n" + `{"current_steps": 2, "loss": 0.0, "lr": 1e-5, "grad_norm": NaN}` + "\n", true},
	} {
		s := newScene(t)
		s.write(t, "out/log.jsonl", c.log)
		if s.look(t, false); s.run.Diverged != c.diverged {
			t.Errorf("%s: diverged %v", name, s.run.Diverged)
		}
	}
}

func TestWhatCannotBeReadIsToldAndKeepsNothing(t *testing.T) {
	s := newScene(t)
	s.write(t, "out/log.jsonl/x", "") // a directory
	s.look(t, true)
	if !strings.Contains(s.run.Trouble, "is a directory: not a regular file") || !s.run.heard {
		t.Errorf("trouble %q, heard %v", s.run.Trouble, s.run.heard)
	}
}

func TestSuccessNeedsEvidence(t *testing.T) {
	trace := Status{State: Succeeded, Reason: "exited with code 0", Error: "OSError: No space left on device", ErrorLast: true}
	plain := Status{State: Succeeded, Reason: "exited with code 0"}
	handled := Status{State: Succeeded, Reason: "exited with code 0", Error: "OSError: No space left on device"}
	told := Status{State: Succeeded, Reason: "told to end; exited with code 0", Interrupted: "told to end"}
	for name, c := range map[string]struct {
		files  map[string]string
		status Status
		state  State
		reason string
	}{
		"all steps":            {map[string]string{"out/log.jsonl": lines(1, 9, 1)}, plain, Succeeded, "exited with code 0"},
		"some steps":           {map[string]string{"out/log.jsonl": lines(1, 5, 1)}, plain, Failed, "ended early: 5 of 9 steps, with exit code 0"},
		"some steps, an error": {map[string]string{"out/log.jsonl": lines(1, 5, 1)}, trace, Failed, "5 of 9 steps, with exit code 0; its log has the error: OSError"},
		"all steps, an error":  {map[string]string{"out/log.jsonl": lines(1, 9, 1)}, trace, Failed, "all 9 steps were done, but its log has the error: OSError"},
		"every second step":    {map[string]string{"out/log.jsonl": lines(6, 6, 1) + lines(8, 8, 1)}, plain, Succeeded, "exited with code 0"},
		"stopped early, whole": {map[string]string{"out/log.jsonl": lines(1, 5, 1), "out/train_results.json": `{"train_loss": 1}`}, plain, Succeeded, "exited with code 0"},
		"results cut off":      {map[string]string{"out/log.jsonl": lines(1, 5, 1), "out/train_results.json": `{"train_lo`}, plain, Failed, "ended early"},
		"results empty":        {map[string]string{"out/log.jsonl": lines(1, 5, 1), "out/train_results.json": ""}, plain, Failed, "ended early"},
		"a model":              {map[string]string{"out/log.jsonl": lines(1, 5, 1), "out/adapter_model.safetensors": "weights"}, plain, Succeeded, "exited with code 0"},
		"a model, an error":    {map[string]string{"out/log.jsonl": lines(1, 5, 1), "out/model.safetensors": "weights"}, trace, Failed, "ended early"},
		"a checkpoint's model": {map[string]string{"out/log.jsonl": lines(1, 5, 1), "out/checkpoint-5/model.safetensors": "weights"}, plain, Failed, "ended early"},
		"no word, an error":    {nil, trace, Failed, "left no results, but its log has the error"},
		"no word":              {nil, plain, Succeeded, "nothing shows that it trained"},
		"no word, handled":     {nil, handled, Succeeded, "nothing shows that it trained; its log has the error: OSError"},
		"no total":             {map[string]string{"out/log.jsonl": `{"step": 3, "loss": 1}` + "\n"}, plain, Succeeded, "it told 3 steps and not how many there were to be"},
		"a shorter plan":       {map[string]string{"out/log.jsonl": lines(1, 5, 1) + `{"current_steps": 6, "total_steps": 6, "loss": 1}` + "\n"}, plain, Succeeded, "exited with code 0"},
		"a longer plan":        {map[string]string{"out/log.jsonl": lines(1, 9, 1) + `{"current_steps": 10, "total_steps": 20, "loss": 1}` + "\n"}, plain, Failed, "ended early: 10 of 20"},
		"early, and a model":   {map[string]string{"out/log.jsonl": lines(1, 5, 1), "out/model.safetensors": "weights"}, plain, Succeeded, "it ended after 5 of 9 steps and left model.safetensors"},
		"told to end":          {map[string]string{"out/log.jsonl": lines(1, 5, 1)}, told, Failed, "ended early: 5 of 9 steps, with exit code 0; told to end"},
		"told, with a model":   {map[string]string{"out/log.jsonl": lines(1, 5, 1), "out/model.safetensors": "weights"}, told, Failed, "told to end"},
		"told, without a word": {nil, told, Failed, "told to end; it exited with code 0, and nothing shows"},
		"told, all done":       {map[string]string{"out/log.jsonl": lines(1, 9, 1)}, told, Succeeded, "told to end"},
		"in a checkpoint":      {map[string]string{"out/checkpoint-4/trainer_state.json": `{"global_step": 4, "max_steps": 9, "log_history": [{"step": 4, "loss": 1}]}`}, plain, Failed, "ended early: 4 of 9"},
	} {
		s := newScene(t)
		for file, text := range c.files {
			s.write(t, file, text)
		}
		s.look(t, true)
		got := s.judge(t.Context(), s.run, attic{}, c.status)
		if got.State != c.state || !strings.Contains(got.Reason, c.reason) {
			t.Errorf("%s: %s: %s", name, got.State, got.Reason)
		}
	}
}

// A launcher of several ranks may restart the trainer, which goes on in the same log.
func TestATrainerThatBeginsAgainInTheSameLogBeginsANewSegment(t *testing.T) {
	for name, c := range map[string]struct {
		more     string
		curve    string
		segments int
		whole    string
	}{
		"from its beginning":   {lines(1, 2, 5), "1:5 2:5", 1, "1:5@1.1 2:5@1.1"},
		"from a checkpoint":    {lines(4, 5, 5), "4:5 5:5", 1, "1:1@1.0 2:1@1.0 3:1@1.0 4:5@1.1 5:5@1.1"},
		"twice":                {lines(1, 6, 5) + lines(1, 1, 7), "1:7", 2, "1:7@1.2"},
		"two ranks":            {lines(9, 9, 2) + lines(7, 9, 3), "1:1 2:1 3:1 4:1 5:1 6:1 7:3 8:3 9:3", 0, "1:1@1.0 2:1@1.0 3:1@1.0 4:1@1.0 5:1@1.0 6:1@1.0 7:3@1.0 8:3@1.0 9:3@1.0"},
		"an evaluation's line": {`{"current_steps": 8, "total_steps": 9, "eval_loss": 1}` + "\n" + lines(9, 9, 1), "1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1", 0, "1:1@1.0 2:1@1.0 3:1@1.0 4:1@1.0 5:1@1.0 6:1@1.0 7:1@1.0 8:1@1.0 9:1@1.0"},
	} {
		for _, rounds := range []bool{true, false} {
			s := newScene(t)
			s.write(t, "out/log.jsonl", lines(1, 8, 1))
			if rounds {
				s.look(t, false)
			}
			s.add(t, "out/log.jsonl", c.more)
			got := s.look(t, true)
			whole, err := s.Ledger.Curve(t.Context(), s.run.ID, "loss")
			if err != nil || got != c.curve || s.run.Segment != c.segments || curveWords(whole) != c.whole {
				t.Errorf("%s, %v: %s, segment %d, %s, %v", name, rounds, got, s.run.Segment, curveWords(whole), err)
			}
		}
	}
}

// A trainer that hangs may have a thread that goes on writing.
func TestWordsWithoutAStepAreNoSignOfAStep(t *testing.T) {
	s := newScene(t)
	begun := time.Now().Add(-time.Hour).Truncate(time.Second)
	told := func(after time.Duration) time.Time {
		t.Helper()
		if err := os.Chtimes(filepath.Join(s.dir, "out/log.jsonl"), begun.Add(after), begun.Add(after)); err != nil {
			t.Fatal(err)
		}
		s.look(t, false)
		return s.run.ToldAt
	}
	s.write(t, "out/log.jsonl", lines(1, 3, 1))
	if at := told(0); !at.Equal(begun) {
		t.Errorf("told at %v, not %v", at, begun)
	}
	for _, words := range []string{"still here\n", `{"current_steps": 3, "total_steps": 9, "temperature": 70}` + "\n", lines(3, 3, 1)} {
		s.add(t, "out/log.jsonl", words)
		if at := told(time.Minute); !at.Equal(begun) {
			t.Errorf("%q passes for a step: told at %v, not %v", words, at, begun)
		}
	}
	s.add(t, "out/log.jsonl", `{"current_steps": 3, "eval_loss": 1}`+"\n")
	if at := told(2 * time.Minute); !at.Equal(begun.Add(2 * time.Minute)) {
		t.Errorf("an evaluation is told at %v", at)
	}
	s.add(t, "out/log.jsonl", lines(4, 4, 1))
	if at := told(3 * time.Minute); !at.Equal(begun.Add(3 * time.Minute)) {
		t.Errorf("a step is told at %v", at)
	}
}

func TestAStallIsTold(t *testing.T) {
	now := time.Now()
	step := int64(3)
	run := func(idle time.Duration, change func(*Run)) Run {
		r := Run{Attempt: Attempt{State: Running, Step: step, TotalSteps: 600, ToldAt: now.Add(-idle), StartedAt: now.Add(-idle - 3*time.Second)}}
		if change != nil {
			change(&r)
		}
		return r
	}
	for name, c := range map[string]struct {
		run  Run
		want string
	}{
		"four minutes":           {run(4*time.Minute, nil), "no step for 4 minutes; steps took 1 s"},
		"by the trainer's words": {run(4*time.Minute, func(r *Run) { r.Left = 597 * 2 * time.Second }), "no step for 4 minutes; steps took 2 s"},
		"a minute":               {run(time.Minute, nil), ""},
		"long steps":             {run(4*time.Minute, func(r *Run) { r.Elapsed = 3 * time.Minute }), ""},
		"all steps done":         {run(4*time.Minute, func(r *Run) { r.Step = 600; r.Elapsed = 600 * time.Second }), "all steps have been done for 4 minutes, and it has not ended"},
		"not running":            {run(4*time.Minute, func(r *Run) { r.State = Failed }), ""},
		"no step yet":            {run(4*time.Minute, func(r *Run) { r.Step = 0 }), ""},
		"a clock that was set":   {run(-time.Hour, nil), ""},
		"hours":                  {run(5*time.Hour, nil), "no step for 5 hours; steps took 1 s"},
		"without a known start":  {run(4*time.Minute, func(r *Run) { r.StartedAt = time.Time{} }), "no step for 4 minutes; steps took less than 1 s"},
	} {
		if got := c.run.stall(now); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestNoTimeIsNegative(t *testing.T) {
	now := time.Now()
	ahead := now.Add(time.Hour)
	for name, a := range map[string]Attempt{
		"running, begun in an hour": {State: Running, StartedAt: ahead},
		"ended before it began":     {State: Failed, StartedAt: ahead, EndedAt: now},
		"its end is not known":      {State: Lost, StartedAt: ahead},
	} {
		if d := a.Duration(now); d != 0 {
			t.Errorf("%s: %v", name, d)
		}
	}
}

// A trickster is a file that is written anew between two reads of it.
type trickster struct {
	now, then string
	reads     int // before it changes
}

func (f *trickster) ReadAt(p []byte, at int64) (int, error) {
	text := f.now
	if f.reads--; f.reads < 0 {
		text = f.then
	}
	return strings.NewReader(text).ReadAt(p, at)
}

func TestALogThatIsBegunAnewWhileItIsReadIsNotSpliced(t *testing.T) {
	old, anew := lines(1, 4, 5), lines(1, 8, 1)
	for reads := range 12 {
		s := newScene(t)
		s.write(t, "out/log.jsonl", old)
		s.look(t, false)
		p, stored, err := s.Ledger.place(t.Context(), s.run.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		file := &OpenFile{ReaderAt: &trickster{now: old, then: anew, reads: reads}, Closer: io.NopCloser(nil), ID: p.Progress.ID, Size: int64(len(old))}
		for range 4 { // a later look sees what the first could not
			n, next := s.hear(t.Context(), s.run, oneFile{file: file}, p, false)
			if err := s.Ledger.store(t.Context(), s.run.ID, 1, stored, next, n, false); err != nil {
				t.Fatal(err)
			}
			if p, stored, err = s.Ledger.place(t.Context(), s.run.ID, 1); err != nil {
				t.Fatal(err)
			}
			file.Size = int64(len(anew))
		}
		if got := s.curve(t); got != "1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1" {
			t.Errorf("changed after %d reads: %s", reads, got)
		}
	}
}

// oneFile is a backend that has one file only.
type oneFile struct {
	Backend
	file *OpenFile
}

func (b oneFile) List(context.Context, string, Handle, string) ([]Entry, error) {
	return nil, fs.ErrNotExist
}

func (b oneFile) Open(context.Context, string, Handle, string) (*OpenFile, error) { return b.file, nil }

func TestAStartAnHourAheadIsMendedByTheProcessItself(t *testing.T) {
	s := newScene(t)
	now := time.Now()
	for _, c := range []Change{{To: Starting}, {To: Running, StartedAt: now.Add(time.Hour)}} {
		if _, err := s.Ledger.Advance(t.Context(), s.run.ID, 1, c); err != nil {
			t.Fatal(err)
		}
	}
	run, err := s.record(t.Context(), s.run, Status{State: Running, Code: -1, StartedAt: now.Add(-5 * time.Second)})
	if err != nil || run.Duration(now).Round(time.Second) != 5*time.Second {
		t.Errorf("runs for %v, %v", run.Duration(now), err)
	}
	ended := now.Add(-time.Second)
	if run, err = s.record(t.Context(), run, Status{State: Failed, Code: 1, StartedAt: now.Add(-5 * time.Second), EndedAt: ended}); err != nil {
		t.Fatal(err)
	}
	events, err := s.Ledger.Events(t.Context(), run.ID)
	if err != nil || events[len(events)-1].At.UnixMilli() != ended.UnixMilli() {
		t.Errorf("the end is told as of %v, it was %v, %v", events[len(events)-1].At, ended, err)
	}
}
