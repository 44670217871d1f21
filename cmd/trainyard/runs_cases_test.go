package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
)

// A shown is what `runs show --json` tells.
type shown struct {
	launch.Run
	Dir             string            `json:"dir"`
	Events          []launch.Event    `json:"events"`
	Metrics         []launch.Metric   `json:"metrics"`
	EarlierSegments [][]launch.Metric `json:"earlier_segments"`
}

// steps are those of the curve.
func (s shown) steps() string {
	var steps []string
	for _, m := range s.Metrics {
		steps = append(steps, fmt.Sprint(m.Step))
	}
	return strings.Join(steps, " ")
}

// trainerCases are scripts that end, or do not end, as trainers were reported to.
// The script is a trainer's; right is what `trainyard runs` must make of it.
var trainerCases = []struct {
	script, state string
	reason        string // a pattern of the reason
	not           string // a pattern that the reason must not have
	right         func(t *testing.T, h *casesHome, s shown)
}{
	{script: "01-oom-behind-tee", state: "failed", reason: `ended early: 5 of 100 steps.*OutOfMemoryError.*GPU ran out of memory`},
	{script: "02-nan-then-zero", state: "failed", reason: `ended early: 5 of 10`, right: divergedAtTwo},
	{script: "03-log-rewritten", state: "failed", reason: `ended early: 70 of 100`, right: twoSegments},
	{script: "05-odd-lines", state: "failed", reason: `ended early: 5 of 9`, right: allFiveLines},
	{script: "06-torchrun-root-cause", state: "failed", reason: `rank 0: ValueError: Tokenizer class Qwen2Tokenizer does not exist`},
	{script: "07-handled-oom", state: "failed", reason: `KeyError: 'messages'`, not: `memory`},
	{script: "09-escaped-child", state: "succeeded", right: nothingSleeps("321", "322")},
	{script: "14-worker-left", right: workerIsNamed},
	{script: "18-stdout-dicts", state: "succeeded", right: curveOfStdout},
	{script: "20-fifo", right: pipeBlocksNothing},
	{script: "24-stopped", right: stoppedIsTold},

	{script: "three-steps", state: "succeeded", reason: `^exited with code 0$`},
	{script: "own-error-behind-a-pipe", state: "failed", reason: `ended early: 3 of 40 steps.*RuntimeError: CUDA error: out of memory \(the GPU`},
	{script: "own-loss-is-gone", state: "succeeded", right: divergedAt(4)},
	{script: "own-log-in-place", right: cutOffInPlace},
	{script: "own-first-of-the-ranks", state: "failed", reason: `its log has the error: rank 2: FileNotFoundError: no such checkpoint$`},
	{script: "own-directory-for-a-log", state: "succeeded", reason: `nothing shows that it trained`},
	{script: "own-bars-and-dicts", state: "succeeded", reason: `^exited with code 0$`, right: curveOfBars},
	{script: "own-hangs", right: hangIsTold},
	{script: "own-hidden-crash", state: "failed", reason: `left no results, but its log has the error: ModuleNotFoundError.*a Python module is missing`},
	{script: "own-child-that-hides", state: "succeeded", right: nothingSleeps("654")},
}

func TestWhatTrainersDoIsToldRightly(t *testing.T) {
	h := newCasesHome(t)
	for _, c := range trainerCases {
		t.Run(c.script, func(t *testing.T) {
			t.Parallel()
			script := h.script(t, c.script)
			id := h.launch(t, script)
			if c.state == "" {
				c.right(t, h, h.show(t, id))
				return
			}
			s := h.await(t, id, func(s shown) bool { return s.State.Ended() })
			if string(s.State) != c.state || !regexp.MustCompile(c.reason).MatchString(s.Reason) {
				t.Errorf("%s: %s; want %s: %s", s.State, s.Reason, c.state, c.reason)
			}
			if c.not != "" && regexp.MustCompile(c.not).MatchString(s.Reason) {
				t.Errorf("the reason %q has %q", s.Reason, c.not)
			}
			if c.right != nil {
				c.right(t, h, s)
			}
		})
	}
}

// The logs of torchrun on two machines, printed by a trainer that ends as torchrun
// did.
func TestTheCauseOfAFailureOfSeveralRanksIsFound(t *testing.T) {
	h := newCasesHome(t)
	for log, c := range map[string]struct {
		code          int
		state, reason string
	}{
		"torchrun-2nodes-fail.log": {1, "failed", `exited with code 1; its log has the error: rank 2 on localhost exited with code 9$`},
		"torchrun-2nodes-kill.log": {1, "failed", `rank 3 on localhost was killed by signal 9 \(SIGKILL`},
		"torchrun-2nodes-ok.log":   {0, "succeeded", `^exited with code 0`},
	} {
		t.Run(log, func(t *testing.T) {
			t.Parallel()
			id := h.launchArgv(t, "sh", "-c", fmt.Sprintf("cat %s; exit %d", h.script(t, log), c.code))
			s := h.await(t, id, func(s shown) bool { return s.State.Ended() })
			if string(s.State) != c.state || !regexp.MustCompile(c.reason).MatchString(s.Reason) || strings.Contains(s.Reason, "DistNetworkError") {
				t.Errorf("%s: %s; want %s: %s", s.State, s.Reason, c.state, c.reason)
			}
		})
	}
}

func divergedAtTwo(t *testing.T, h *casesHome, s shown) {
	divergedAt(2)(t, h, s)
	if last := s.Metrics[len(s.Metrics)-1]; last.GradNorm == nil || *last.GradNorm == *last.GradNorm {
		t.Errorf("the norm of the gradient at step %d is %v", last.Step, last.GradNorm)
	}
}

func divergedAt(step int64) func(*testing.T, *casesHome, shown) {
	return func(t *testing.T, h *casesHome, s shown) {
		if !s.Diverged || s.DivergedStep == nil || *s.DivergedStep != step {
			t.Errorf("diverged %v at %v", s.Diverged, s.DivergedStep)
		}
		for _, args := range [][]string{{"runs"}, {"runs", "show", s.ID}} {
			if out := h.run(t, args...); !strings.Contains(out, "diverged") {
				t.Errorf("%v says nothing of it:\n%s", args, out)
			}
		}
	}
}

// cutOffInPlace lets the script go on when its first four lines are read.
func cutOffInPlace(t *testing.T, h *casesHome, s shown) {
	s = h.await(t, s.ID, func(s shown) bool { return s.Step == 4 })
	if err := os.WriteFile(filepath.Join(s.Dir, "out", "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s = h.await(t, s.ID, func(s shown) bool { return s.State.Ended() })
	if s.State != launch.Succeeded || s.steps() != "1 2 3 4 5 6 7 8" || *s.Metrics[0].Loss != 1 || s.Segment != 1 {
		t.Errorf("%s: steps %s, segment %d: %s", s.State, s.steps(), s.Segment, s.Reason)
	}
}

func curveOfBars(t *testing.T, _ *casesHome, s shown) {
	if s.steps() != "2 4" || s.TotalSteps != 4 || *s.Loss != 1.25 {
		t.Errorf("step %d of %d, steps %s", s.Step, s.TotalSteps, s.steps())
	}
}

func twoSegments(t *testing.T, _ *casesHome, s shown) {
	if len(s.Metrics) != 70 || *s.Metrics[0].Loss != 9.1 || *s.Metrics[69].Loss != 9.7 {
		t.Errorf("the curve has the steps %s", s.steps())
	}
	if s.Segment != 1 || len(s.EarlierSegments) != 1 || len(s.EarlierSegments[0]) != 50 || *s.EarlierSegments[0][0].Loss != 1.1 {
		t.Errorf("segment %d, earlier %d", s.Segment, len(s.EarlierSegments))
	}
}

func allFiveLines(t *testing.T, h *casesHome, s shown) {
	if s.steps() != "1 2 3 4 5" || s.TotalSteps != 9 || s.Unread != 1 || !strings.Contains(s.UnreadExample, "44%") {
		t.Errorf("steps %s of %d, %d lines not understood, such as %q", s.steps(), s.TotalSteps, s.Unread, s.UnreadExample)
	}
	if out := h.run(t, "runs", "show", s.ID); !strings.Contains(out, "1 line of its log not understood") {
		t.Errorf("show says nothing of what was not read:\n%s", out)
	}
}

func curveOfStdout(t *testing.T, _ *casesHome, s shown) {
	if s.steps() != "5 50" || s.Step != 50 || s.TotalSteps != 50 || *s.Metrics[0].Loss != 0.5 || *s.Metrics[1].Loss != 0.25 {
		t.Errorf("step %d of %d, steps %s", s.Step, s.TotalSteps, s.steps())
	}
	if s.Metrics[0].GradNorm == nil || *s.Metrics[0].GradNorm != 1.2 {
		t.Errorf("what only the output tells is lost: %+v", s.Metrics[0])
	}
}

// nothingSleeps demands that no `sleep N` lives that a script has started.
func nothingSleeps(names ...string) func(*testing.T, *casesHome, shown) {
	return func(t *testing.T, _ *casesHome, s shown) {
		for _, n := range names {
			if pids := sleepers(n); len(pids) > 0 {
				t.Errorf("sleep %s lives on as %v: %s", n, pids, s.Reason)
			}
		}
	}
}

// sleepers finds the processes that run `sleep seconds`.
func sleepers(seconds string) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		words, err := os.ReadFile(file)
		if pid, errPID := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil && errPID == nil && strings.HasSuffix(string(words), "sleep\x00"+seconds+"\x00") {
			pids = append(pids, pid)
		}
	}
	return pids
}

func workerIsNamed(t *testing.T, h *casesHome, s shown) {
	h.await(t, s.ID, func(shown) bool { return len(sleepers("77")) > 0 })
	for _, name := range []string{"supervisor.json", "trainer.json"} {
		kill(t, filepath.Join(s.Dir, name), syscall.SIGKILL)
	}
	killSleepers(t, "30")
	s = h.await(t, s.ID, func(s shown) bool { return s.State.Ended() })
	if s.State != launch.Lost || !regexp.MustCompile(`still alive of it: \d+ \(sleep\)`).MatchString(s.Reason) {
		t.Errorf("%s: %s", s.State, s.Reason)
	}
	h.run(t, "runs", "stop", s.ID)
	if pids := sleepers("77"); len(pids) > 0 {
		t.Errorf("the worker lives on after a stop: %v", pids)
	}
}

func pipeBlocksNothing(t *testing.T, h *casesHome, s shown) {
	h.await(t, s.ID, func(s shown) bool { return strings.Contains(s.Trouble, "is a pipe") })
	begun := time.Now()
	out := h.run(t, "runs")
	if took := time.Since(begun); took > 3*time.Second || !strings.Contains(out, s.ID[:8]) {
		t.Errorf("after %v:\n%s", took, out)
	}
	h.run(t, "runs", "stop", s.ID)
	if s := h.show(t, s.ID); s.State != launch.Cancelled {
		t.Errorf("stopped: %s", s.State)
	}
}

func stoppedIsTold(t *testing.T, h *casesHome, s shown) {
	s = h.await(t, s.ID, func(s shown) bool { return s.Stalled != "" && s.Step == 3 })
	if !strings.Contains(s.Stalled, "stopped by a signal") {
		t.Errorf("stalled: %s", s.Stalled)
	}
	old := time.Now().Add(-4 * time.Minute)
	if err := os.Chtimes(filepath.Join(s.Dir, "out", "trainer_log.jsonl"), old, old); err != nil {
		t.Fatal(err)
	}
	if out := h.run(t, "runs"); !strings.Contains(out, "stalled") {
		t.Errorf("the list says nothing:\n%s", out)
	}
	h.run(t, "runs", "stop", s.ID)
	if s := h.show(t, s.ID); s.State != launch.Cancelled {
		t.Errorf("stopped: %s", s.State)
	}
}

func hangIsTold(t *testing.T, h *casesHome, s shown) {
	s = h.await(t, s.ID, func(s shown) bool { return s.Step == 3 })
	if s.Stalled != "" {
		t.Errorf("at once: %s", s.Stalled)
	}
	old := time.Now().Add(-4 * time.Minute)
	if err := os.Chtimes(filepath.Join(s.Dir, "out", "trainer_log.jsonl"), old, old); err != nil {
		t.Fatal(err)
	}
	if s = h.show(t, s.ID); s.State != launch.Running || s.Stalled != "no step for 4 minutes; steps took 1 s" {
		t.Errorf("%s, stalled: %q", s.State, s.Stalled)
	}
}

func kill(t *testing.T, file string, sig syscall.Signal) {
	t.Helper()
	data, err := os.ReadFile(file)
	var id struct{ PID int }
	if err := errors.Join(err, json.Unmarshal(data, &id)); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(id.PID, sig); err != nil {
		t.Fatal(err)
	}
}

func killSleepers(t *testing.T, seconds string) {
	t.Helper()
	for _, pid := range sleepers(seconds) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// A casesHome is a state directory in which the real program runs.
type casesHome struct{ dir, program, dataset string }

func newCasesHome(t *testing.T) *casesHome {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	h := &casesHome{dir: t.TempDir()}
	h.program = filepath.Join(h.dir, "trainyard") // by this name the test binary is the program
	if err := os.Link(self, h.program); err != nil {
		data, errRead := os.ReadFile(self)
		if err := errors.Join(errRead, os.WriteFile(h.program, data, 0o700)); err != nil {
			t.Fatal(err)
		}
	}
	h.write(t, "good.jsonl", `{"messages": [{"role": "user", "content": "1+1"}, {"role": "assistant", "content": "2"}]}`+"\n")
	h.write(t, "recipe.yaml", "name: test\nsources:\n  - {name: a, path: good.jsonl, accept: {any: true}}\nmodel: {base: tiny, template: qwen2.5}\nmix: {validation: 0}\n")
	h.dataset = filepath.Join(h.dir, "dataset")
	h.run(t, "prepare", filepath.Join(h.dir, "recipe.yaml"), "--out", h.dataset)
	t.Cleanup(func() { h.stopAll(t) })
	return h
}

func (h *casesHome) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (h *casesHome) command(args ...string) *exec.Cmd {
	cmd := exec.Command(h.program, args...)
	cmd.Env = append(os.Environ(), "TRAINYARD_HOME="+filepath.Join(h.dir, "home"), "XDG_CONFIG_HOME="+filepath.Join(h.dir, "config"))
	return cmd
}

func (h *casesHome) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := h.command(args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("trainyard %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// script is the path of a case: the shared one, or our own copy.
func (h *casesHome) script(t *testing.T, name string) string {
	t.Helper()
	if filepath.Ext(name) == "" {
		name += ".sh"
	}
	for _, dir := range []string{filepath.Join(root, "../shared/cases/runs"), "testdata/runs"} {
		path, err := filepath.Abs(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skip(name, "is not here")
	return ""
}

func (h *casesHome) launch(t *testing.T, script string) (id string) {
	t.Helper()
	return h.launchArgv(t, "bash", script, "{output}")
}

func (h *casesHome) launchArgv(t *testing.T, argv ...string) (id string) {
	t.Helper()
	list, err := json.Marshal(argv)
	if err != nil {
		t.Fatal(err)
	}
	out := h.run(t, "launch", h.dataset, "--trainer", "command", "train.params.argv="+string(list), "--detach", "--json")
	var run launch.Run
	if err := json.Unmarshal([]byte(out), &run); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return run.ID
}

func (h *casesHome) show(t *testing.T, id string) shown {
	t.Helper()
	var s shown
	out := h.run(t, "runs", "show", id, "--json")
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return s
}

// await looks until the run is as asked.
func (h *casesHome) await(t *testing.T, id string, as func(shown) bool) shown {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		s := h.show(t, id)
		if as(s) {
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s: %s, stalled %q, trouble %q, step %d", s.State, s.Reason, s.Stalled, s.Trouble, s.Step)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (h *casesHome) stopAll(t *testing.T) {
	var runs []launch.Run
	if err := json.Unmarshal([]byte(h.run(t, "runs", "-n", "0", "--json")), &runs); err != nil {
		t.Error(err)
	}
	for _, r := range runs {
		if !r.State.Ended() {
			h.run(t, "runs", "stop", r.ID)
		}
	}
}
