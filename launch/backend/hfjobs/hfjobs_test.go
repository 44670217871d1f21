package hfjobs

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/listed"
)

func task(t *testing.T, b launch.Backend, role ...string) launch.Task {
	t.Helper()
	task := backendtest.Task(t, b, role...)
	task.Deadline, task.Grace = time.Hour, 5*time.Second
	return task
}

// odd has what shells and option parsers might take for more than text.
const odd = `--flavor=x a'b"c;d|e&f$(touch /tmp/trainyard-odd)` + "`touch /tmp/trainyard-odd`" + `$HOME ${HOME} \n #{y} *?[q]<>!~ é`

func TestAJobOfTheHubIsWhatWasAskedFor(t *testing.T) {
	b, h := place(t, true)
	b.Pass = []string{"PASSED"}
	const secret = "secret " + odd
	t.Setenv("PASSED", secret)
	for _, role := range [][]string{{"exit", "0", odd}, {"print", "MY_WORDS"}, {"know", "PASSED"}, {"know", "MY_TOKEN"}} {
		task := task(t, b, role...)
		task.Command.Env = []launch.Env{{Name: "MY_WORDS", Value: odd}, {Name: "MY_TOKEN", Value: secret}}
		task.Command.Files = []launch.File{{Name: "a b/config.yaml", Content: odd}}
		handle := backendtest.Start(t, b, task)
		s := backendtest.WaitEnded(t, b, task.Dir, handle)
		if s.State != launch.Succeeded {
			t.Fatalf("%q: %+v", role, s)
		}
		log := backendtest.Read(t, b, task.Dir, handle, launch.LogName, 0)
		if role[0] == "know" {
			backendtest.CheckKnown(t, log, secret)
		} else if log != odd+"\n" {
			t.Errorf("%q: the trainer saw\n%q, not\n%q", role, log, odd)
		}
		if got := backendtest.Read(t, b, task.Dir, handle, "a b/config.yaml", 0); got != odd {
			t.Errorf("the file is %q", got)
		}
	}
	if _, err := os.Stat("/tmp/trainyard-odd"); err == nil {
		t.Error("a shell ran it")
	}
	spec := h.specs[0]
	if spec["flavor"] != "h200x8" || spec["dockerImage"] != "you/trainer" || spec["timeoutSeconds"] != float64(3600+5+late) {
		t.Errorf("the Hub was asked for %v", spec)
	}
	secrets, _ := spec["secrets"].(map[string]any)
	command, _ := json.Marshal(spec["command"])
	if secrets["MY_TOKEN"] != secret || strings.Contains(string(command), "MY_TOKEN=") {
		t.Errorf("secrets %v, command %s", secrets, command)
	}
	volumes, _ := json.Marshal(spec["volumes"])
	if !strings.Contains(string(volumes), "you/runs") {
		t.Errorf("volumes %s", volumes)
	}
}

func TestAJobOfTheHubEndsInItsState(t *testing.T) {
	b, _ := place(t, false)
	failing := task(t, b, "exit", "3", "ValueError: no such column")
	h := backendtest.Start(t, b, failing)
	s := backendtest.WaitEnded(t, b, failing.Dir, h)
	if s.State != launch.Failed || s.Code != 3 || !strings.Contains(s.Reason, "ValueError") {
		t.Errorf("failed: %+v", s)
	}
	if log := backendtest.Read(t, b, failing.Dir, h, launch.LogName, 0); log != "ValueError: no such column\n" {
		t.Errorf("log %q", log)
	}
	saving := task(t, b, "save")
	h = backendtest.Start(t, b, saving)
	backendtest.Says(t, b, saving.Dir, h, "waiting")
	backendtest.Stop(t, b, saving.Dir, h, time.Second)
	if s := backendtest.WaitEnded(t, b, saving.Dir, h); s.State != launch.Cancelled || s.Code != 143 {
		t.Errorf("stopped: %+v", s)
	}
}

func TestASubmitToTheHubWithoutAnAnswerIsFound(t *testing.T) {
	b, hub := place(t, true)
	hub.loses = true
	lost := task(t, b, "exit", "0")
	if h, err := b.Start(t.Context(), lost); err == nil {
		t.Fatalf("started %q", h)
	}
	h, err := b.Find(t.Context(), lost.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if s := backendtest.WaitEnded(t, b, lost.Dir, h); s.State != launch.Succeeded {
		t.Errorf("status %+v", s)
	}
	hub.mu.Lock()
	defer hub.mu.Unlock()
	if data, err := filepath.Glob(filepath.Join(b.Runs, "*", "begun")); len(data) != 1 {
		t.Errorf("%d jobs, begun %v, %v", len(hub.jobs), data, err)
	}
}

func TestHfTakesEveryFlag(t *testing.T) {
	path := program(t)
	s := service{Options{Program: path, Flavor: "h200x8", Image: "you/trainer", Namespace: "org", ResourceGroup: "group", Volumes: []Volume{{Source: "hf://buckets/you/runs", Path: "/runs"}}}}
	o := listed.Order{Task: launch.Task{Deadline: time.Hour, Command: launch.Command{Argv: []string{"train"}}}, Name: "ty-x", There: "/runs/x", Secret: []launch.Env{{Name: "MY_TOKEN", Value: "v"}}}
	known := map[string]string{}
	for _, args := range [][]string{s.run(o), {"jobs", "ps", "--all", "--limit", "--label", "--json", "--namespace"}, {"jobs", "logs", "--namespace"}, {"jobs", "cancel", "--namespace"}} {
		if known[args[1]] == "" {
			help, err := s.hf(t.Context(), nil, "jobs", args[1], "--help")
			if err != nil {
				t.Fatal(err)
			}
			known[args[1]] = help
		}
		options := args
		if end := slices.Index(args, "--"); end >= 0 {
			options = args[:end]
		}
		for _, a := range options {
			if strings.HasPrefix(a, "--") && !strings.Contains(known[args[1]], a+" ") {
				t.Errorf("hf jobs %s knows no %s", args[1], a)
			}
		}
	}
}

func TestAPlaceAndATaskSayWhatIsWrong(t *testing.T) {
	_, err := Open("x", Options{Volumes: []Volume{{Source: "/data", Path: "data"}}, Runs: "/runs"})
	for _, want := range []string{"source", "path", "image", "flavor", "none of the volumes"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	b, err := Open("x", Options{Image: "i", Flavor: "h200x8", Runs: "/runs", Volumes: []Volume{{Source: "hf://buckets/a/b", Path: "/runs"}}})
	if err != nil {
		t.Fatal(err)
	}
	for want, task := range map[string]launch.Task{
		"deadline": {}, "nodes": {Nodes: 2, Deadline: time.Hour}, "4 GPUs": {GPUs: 4, Deadline: time.Hour},
	} {
		task.Command.Argv = []string{"train"}
		task.Dir = filepath.Join(t.TempDir(), "attempt-1")
		if _, err := b.Start(t.Context(), task); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	task := launch.Task{Dir: filepath.Join(t.TempDir(), "attempt-1"), Deadline: time.Hour, Command: launch.Command{Argv: []string{"train"}, Env: []launch.Env{{Name: "A_TOKEN", Value: "planted"}}}}
	list, err := b.(launch.DryRunner).Render(t.Context(), task)
	if err != nil || strings.Contains(list[0].Content, "planted") || !strings.Contains(list[0].Content, "A_TOKEN") {
		t.Errorf("%v, %v", list, err)
	}
}

func TestAnHfThatIsNotThereStartsNothing(t *testing.T) {
	b, err := Open("x", Options{Program: "no-such-hf", Image: "i", Flavor: "t4-small", Runs: "/runs", Volumes: []Volume{{Source: "hf://buckets/a/b", Path: "/runs"}}})
	if err != nil {
		t.Fatal(err)
	}
	one := launch.Task{Dir: filepath.Join(t.TempDir(), "attempt-1"), Deadline: time.Hour, Command: launch.Command{Argv: []string{"train"}}}
	if _, err := b.Start(t.Context(), one); err == nil || !strings.Contains(err.Error(), "uv tool install huggingface_hub") {
		t.Errorf("error %v", err)
	}
	if h, err := b.Find(t.Context(), one.Dir); !errors.Is(err, launch.ErrNeverStarted) {
		t.Errorf("found %q, %v", h, err)
	}
}

func TestEveryStageOfTheHubIsKnown(t *testing.T) {
	for name, want := range map[string]launch.State{
		"SCHEDULING": launch.Queued, "RUNNING": launch.Running, "COMPLETED": launch.Succeeded, "CANCELED": launch.Cancelled,
		"ERROR": launch.Failed, "DELETED": launch.Cancelled, "NEW_ONE": launch.Running,
	} {
		if state, words := stage(name, "why"); state != want || name == "NEW_ONE" && !strings.Contains(words, name) {
			t.Errorf("%s is %s, %q", name, state, words)
		}
	}
}
