package backendtest

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/files"
)

// conformance is the contract of launch.Backend, demanded of every entry of
// the registry.
var conformance = []struct {
	behaviour string
	check     func(*testing.T, launch.Backend)
}{
	{"a trainer that exits with 0 has succeeded", succeeds},
	{"a trainer that exits with another code has failed with it and its last words", failsWithCode},
	{"a killed trainer has failed by that signal", failsBySignal},
	{"a program that is not there has failed, not vanished", failsToStart},
	{"a stopped trainer may save and is cancelled", stops},
	{"a trainer that will not end is killed after the grace", killsAfterGrace},
	{"stopping what has ended changes nothing", stopsNothing},
	{"of many starts of one attempt exactly one starts", startsOnce},
	{"find gives the handle that start gave", findsHandle},
	{"what find calls never started cannot be started after", findFences},
	{"the trainer sees a secret and no file has it", keepsSecrets},
	{"files and links lie in the attempt's directory", placesFiles},
	{"a file outside the attempt's directory is refused", refusesFiles},
	{"files are read from a byte offset", readsFromOffset},
	{"what is no regular file is refused at once", refusesPipes},
	{"a directory is listed", lists},
	{"no process of an ended attempt is left behind", leavesNothing},
	{"an empty command is refused", refusesNothing},
	{"more machines than there are is refused, and nothing is started", refusesNodes},
}

// Conform demands the contract of b, which is registered as name. What a backend
// cannot be tried for where the test runs is excused: behaviour by reason.
func Conform(t *testing.T, name string, b launch.Backend, excused ...map[string]string) {
	if b.Name() != name || b.Summary() == "" || strings.Contains(b.Summary(), "\n") {
		t.Errorf("%s: name %q, summary %q", name, b.Name(), b.Summary())
	}
	for _, c := range conformance {
		t.Run(c.behaviour, func(t *testing.T) {
			for _, reasons := range excused {
				if why := reasons[c.behaviour]; why != "" {
					t.Skip("SKIPPED: " + why)
				}
			}
			t.Parallel()
			c.check(t, b)
		})
	}
}

func succeeds(t *testing.T, b launch.Backend) {
	task := Task(t, b, "exit", "0", "all", "done")
	h := Start(t, b, task)
	s := WaitEnded(t, b, task.Dir, h)
	if s.State != launch.Succeeded || s.Code != 0 {
		t.Errorf("status %+v", s)
	}
	if s.StartedAt.IsZero() || s.EndedAt.Before(s.StartedAt) {
		t.Errorf("from %v to %v", s.StartedAt, s.EndedAt)
	}
	if log := Read(t, b, task.Dir, h, launch.LogName, 0); log != "all done\n" {
		t.Errorf("log %q", log)
	}
}

func failsWithCode(t *testing.T, b launch.Backend) {
	task := Task(t, b, "exit", "3", "ValueError: no such column")
	s := WaitEnded(t, b, task.Dir, Start(t, b, task))
	if s.State != launch.Failed || s.Code != 3 {
		t.Errorf("status %+v", s)
	}
	for _, want := range []string{"code 3", "ValueError: no such column"} {
		if !strings.Contains(s.Reason, want) {
			t.Errorf("reason %q lacks %q", s.Reason, want)
		}
	}
}

func failsBySignal(t *testing.T, b launch.Backend) {
	task := Task(t, b, "raise", "9")
	s := WaitEnded(t, b, task.Dir, Start(t, b, task))
	if s.State != launch.Failed || s.Signal != 9 || !strings.Contains(s.Reason, "killed by signal 9") || !strings.Contains(s.Reason, "memory") {
		t.Errorf("status %+v", s)
	}
}

func failsToStart(t *testing.T, b launch.Backend) {
	task := Task(t, b)
	task.Command.Argv = []string{"/no/such/program"}
	s := WaitEnded(t, b, task.Dir, Start(t, b, task))
	if s.State != launch.Failed || s.Code != 127 || !strings.Contains(s.Reason, "/no/such/program") {
		t.Errorf("status %+v", s)
	}
}

func stops(t *testing.T, b launch.Backend) {
	task, h := Waiting(t, b, "save")
	Stop(t, b, task.Dir, h, time.Minute)
	s := WaitEnded(t, b, task.Dir, h)
	if s.State != launch.Cancelled || s.Code != 143 {
		t.Errorf("status %+v", s)
	}
	Saved(t, b, task.Dir, h)
}

func killsAfterGrace(t *testing.T, b launch.Backend) {
	task, h := Waiting(t, b, "stubborn")
	Stop(t, b, task.Dir, h, 50*time.Millisecond)
	if s := WaitEnded(t, b, task.Dir, h); s.State != launch.Cancelled || s.Signal != 9 {
		t.Errorf("status %+v", s)
	}
}

func stopsNothing(t *testing.T, b launch.Backend) {
	task := Task(t, b, "exit", "0")
	h := Start(t, b, task)
	before := WaitEnded(t, b, task.Dir, h)
	Stop(t, b, task.Dir, h, time.Second)
	if after := WaitEnded(t, b, task.Dir, h); !reflect.DeepEqual(after, before) {
		t.Errorf("was %+v, is %+v", before, after)
	}
}

func startsOnce(t *testing.T, b launch.Backend) {
	task := Task(t, b, "exit", "0", "started")
	const racers = 8
	handles := make(chan launch.Handle, racers)
	var racing sync.WaitGroup
	for range racers {
		racing.Go(func() {
			h, err := b.Start(t.Context(), task)
			if err == nil {
				handles <- h
			} else if !errors.Is(err, launch.ErrClaimed) {
				t.Errorf("the loser got %v", err)
			}
		})
	}
	racing.Wait()
	if len(handles) != 1 {
		t.Fatalf("%d of %d started", len(handles), racers)
	}
	h := <-handles
	WaitEnded(t, b, task.Dir, h)
	if log := Read(t, b, task.Dir, h, launch.LogName, 0); log != "started\n" {
		t.Errorf("log %q", log)
	}
}

func findsHandle(t *testing.T, b launch.Backend) {
	task := Task(t, b, "wait")
	h := Start(t, b, task)
	found, err := b.Find(t.Context(), task.Dir)
	if err != nil || found != h {
		t.Errorf("found %q, %v; started %q", found, err, h)
	}
}

func findFences(t *testing.T, b launch.Backend) {
	task := Task(t, b, "exit", "0")
	for range 2 {
		if h, err := b.Find(t.Context(), task.Dir); !errors.Is(err, launch.ErrNeverStarted) {
			t.Fatalf("found %q, %v", h, err)
		}
	}
	if h, err := b.Start(t.Context(), task); !errors.Is(err, launch.ErrClaimed) {
		t.Errorf("started %q, %v", h, err)
	}
}

func keepsSecrets(t *testing.T, b launch.Backend) {
	secret := "correct-horse-" + rand.Text() // the program itself is among the files
	task := Task(t, b, "know", "MY_TOKEN")
	task.Command.Env = []launch.Env{{Name: "MY_TOKEN", Value: secret}, {Name: "PLAIN", Value: "yes"}}
	h := Start(t, b, task)
	WaitEnded(t, b, task.Dir, h)
	CheckKnown(t, Read(t, b, task.Dir, h, launch.LogName, 0), secret)
	NoFileHas(t, secret, task.Dir, machineOf(b).Where(task.Dir))
	if strings.Contains(string(h), secret) {
		t.Errorf("the handle has the secret")
	}
}

func placesFiles(t *testing.T, b launch.Backend) {
	task := Task(t, b, "exit", "0")
	target := filepath.Join(t.TempDir(), "shard")
	if err := os.WriteFile(target, []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	task.Command.Files = []launch.File{{Name: "a/b.yaml", Content: "x: 1\n"}, {Name: "train/shard", Link: target}}
	h := Start(t, b, task)
	if got := Read(t, b, task.Dir, h, "a/b.yaml", 0); got != "x: 1\n" {
		t.Errorf("a/b.yaml is %q", got)
	}
	if got := Read(t, b, task.Dir, h, "train/shard", 0); got != "rows" {
		t.Errorf("train/shard is %q", got)
	}
}

func refusesFiles(t *testing.T, b launch.Backend) {
	task := Task(t, b, "exit", "0")
	task.Command.Files = []launch.File{{Name: "../elsewhere", Content: "x"}}
	if _, err := b.Start(t.Context(), task); err == nil || !strings.Contains(err.Error(), "elsewhere") {
		t.Errorf("error %v", err)
	}
	if _, err := b.Find(t.Context(), task.Dir); !errors.Is(err, launch.ErrNeverStarted) {
		t.Errorf("find: %v", err)
	}
}

func readsFromOffset(t *testing.T, b launch.Backend) {
	task := Task(t, b, "exit", "0", "0123456789")
	h := Start(t, b, task)
	WaitEnded(t, b, task.Dir, h)
	if got := Read(t, b, task.Dir, h, launch.LogName, 7); got != "789\n" {
		t.Errorf("from 7 on %q", got)
	}
	if got := Read(t, b, task.Dir, h, launch.LogName, 1000); got != "" {
		t.Errorf("behind the end %q", got)
	}
	if _, err := b.Open(t.Context(), task.Dir, h, "none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such file: %v", err)
	}
}

func refusesPipes(t *testing.T, b launch.Backend) {
	task, h := Waiting(t, b, "pipe", "out")
	for _, name := range []string{"out/pipe", "out"} {
		if _, err := b.Open(t.Context(), task.Dir, h, name); !errors.Is(err, files.ErrNotRegular) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func lists(t *testing.T, b launch.Backend) {
	task, h := Waiting(t, b, "pipe", "out")
	entries, err := b.List(t.Context(), task.Dir, h, "out")
	if err != nil || len(entries) != 2 || entries[0].Name != "checkpoint-1" || !entries[0].Dir || entries[1].Name != "file" || entries[1].Dir || entries[1].Size != 4 {
		t.Errorf("%+v, %v", entries, err)
	}
	if _, err := b.List(t.Context(), task.Dir, h, "none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such directory: %v", err)
	}
}

func leavesNothing(t *testing.T, b launch.Backend) {
	task := Task(t, b, "leave")
	h := Start(t, b, task)
	if s := WaitEnded(t, b, task.Dir, h); s.State != launch.Succeeded {
		t.Errorf("status %+v", s)
	}
	pids := pidsIn(Read(t, b, task.Dir, h, launch.LogName, 0))
	if len(pids) != 2 {
		t.Fatalf("the trainer told the pids %q", pids)
	}
	for _, text := range pids {
		pid, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		Eventually(t, "process "+text+" is gone", func() bool { return !machineOf(b).Living(pid) })
	}
}

// pidsIn finds the line with the pids among those of the children.
func pidsIn(log string) []string {
	for line := range strings.Lines(log) {
		if fields := strings.Fields(line); len(fields) == 2 {
			return fields
		}
	}
	return nil
}

func refusesNothing(t *testing.T, b launch.Backend) {
	task := Task(t, b)
	task.Command.Argv = nil
	if h, err := b.Start(t.Context(), task); err == nil {
		t.Errorf("started %q", h)
	}
}

func refusesNodes(t *testing.T, b launch.Backend) {
	if n, ok := b.(launch.Noder); !ok || n.MaxNodes() != 1 {
		t.Skip("it does not say that it has one machine alone")
	}
	task := Task(t, b, "exit", "0")
	task.Nodes = 2
	if h, err := b.Start(t.Context(), task); err == nil || !strings.Contains(err.Error(), "2 machines") || !strings.Contains(err.Error(), "--nodes") {
		t.Errorf("started %q, %v", h, err)
	}
	if h, err := b.Find(t.Context(), task.Dir); !errors.Is(err, launch.ErrNeverStarted) {
		t.Errorf("found %q, %v", h, err)
	}
}
