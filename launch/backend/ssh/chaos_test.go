package ssh

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/remote"
	"trainyard/launch/remote/boxtest"
)

// seen waits for a look that reached the machine.
func seen(t *testing.T, s *SSH, task launch.Task, h launch.Handle) launch.Status {
	t.Helper()
	var st launch.Status
	backendtest.Eventually(t, "the machine is seen again", func() bool {
		st = backendtest.Look(t, s, task.Dir, h)
		return !st.LastKnown
	})
	return st
}

func TestARunSurvivesARestartOfSSHD(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	lab := place(t, box)
	task, h := backendtest.Waiting(t, lab, "wait")
	for range 3 {
		box.Hang(t)
		if st := seen(t, lab, task, h); st.State != launch.Running {
			t.Fatalf("%+v", st)
		}
	}
}

func TestACableThatIsOutForAMomentChangesNothing(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	lab := place(t, box)
	task, h := backendtest.Waiting(t, lab, "wait")
	box.Unplug(t)
	out := time.Now()
	for time.Since(out) < 5*time.Second {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		st, err := lab.Status(ctx, task.Dir, h)
		cancel()
		if err != nil || st.State != launch.Running || !st.LastKnown {
			t.Fatalf("with the cable out: %+v, %v", st, err)
		}
	}
	box.Plug(t)
	if st := seen(t, lab, task, h); st.State != launch.Running {
		t.Errorf("%+v", st)
	}
}

func TestABoxThatIsOutOfReachIsNeverAFailure(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	lab := place(t, box)
	task, h := backendtest.Waiting(t, lab, "wait")
	box.Unplug(t)
	// Long enough that the line is given up, and that dials fail.
	for out := time.Now(); time.Since(out) < 40*time.Second; time.Sleep(100 * time.Millisecond) {
		st := backendtest.Look(t, lab, task.Dir, h)
		if st.State != launch.Running || !st.LastKnown || !strings.Contains(st.Reason, "does not answer") {
			t.Fatalf("%+v", st)
		}
	}
	if err := lab.Stop(t.Context(), task.Dir, h, time.Second); !errors.Is(err, remote.ErrUnreachable) {
		t.Errorf("a stop that was not placed: %v", err)
	}
	if _, err := lab.Find(t.Context(), task.Dir); !errors.Is(err, remote.ErrUnreachable) {
		t.Errorf("a find that could not look: %v", err)
	}
	box.Plug(t)
	if st := seen(t, lab, task, h); st.State != launch.Running {
		t.Errorf("%+v", st)
	}
}

func TestABoxThatWasKilledIsOutOfReach(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	lab := place(t, box)
	task, h := backendtest.Waiting(t, lab, "wait")
	box.Kill()
	if st := backendtest.Look(t, lab, task.Dir, h); st.State != launch.Running || !st.LastKnown {
		t.Errorf("%+v", st)
	}
	box.Restart(t)
	if st := seen(t, lab, task, h); st.State != launch.Preempted || !strings.Contains(st.Reason, "was restarted") || st.EndedAt.IsZero() {
		t.Errorf("restarted on its disk: %+v", st)
	}
}

func TestWhatEndedBeforeItsBoxWasRestartedHasEndedAsItDid(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	lab := place(t, box)
	task := backendtest.Task(t, lab, "exit", "3", "ValueError: x")
	h := backendtest.Start(t, lab, task)
	before := backendtest.WaitEnded(t, lab, task.Dir, h)
	box.Restart(t)
	after := seen(t, lab, task, h)
	if after.State != launch.Failed || after.Code != 3 || after.Reason != before.Reason {
		t.Errorf("was %+v, is %+v", before, after)
	}
}

func TestAnotherBoxAtTheAddressIsNoEvidence(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	lab := place(t, box)
	task, h := backendtest.Waiting(t, lab, "wait")
	box.Kill()
	if err := os.RemoveAll(box.Here("/root/.trainyard")); err != nil {
		t.Fatal(err)
	}
	box.Restart(t)
	if st := seen(t, lab, task, h); st.State != launch.Lost || !strings.Contains(st.Reason, "another box answers") {
		t.Errorf("%+v", st)
	}
}

func TestARunIsFoundWhenTheSettingsHaveChanged(t *testing.T) {
	box, other := boxtest.Up(t, boxtest.Options{}), boxtest.Up(t, boxtest.Options{})
	task, h := backendtest.Waiting(t, place(t, box), "wait")
	if st := backendtest.Look(t, place(t, other), task.Dir, h); st.State != launch.Running || st.LastKnown {
		t.Errorf("%+v", st)
	}
}

func TestProcessesThatRaceToStartARunStartItOnce(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	task := backendtest.Task(t, place(t, box), "exit", "0", "started")
	var racing sync.WaitGroup
	handles := make(chan launch.Handle, 8)
	for range cap(handles) {
		lab := place(t, box) // a line and a session of its own, as another process has
		racing.Go(func() {
			if h, err := lab.Start(t.Context(), task); err == nil {
				handles <- h
			} else if !errors.Is(err, launch.ErrClaimed) {
				t.Error(err)
			}
		})
	}
	racing.Wait()
	if len(handles) != 1 {
		t.Fatalf("%d of %d started", len(handles), cap(handles))
	}
	lab, h := place(t, box), <-handles
	backendtest.WaitEnded(t, lab, task.Dir, h)
	if log := backendtest.Read(t, lab, task.Dir, h, launch.LogName, 0); log != "started\n" {
		t.Errorf("log %q", log)
	}
}

func TestAttemptsAreSharedOutByTheirGPUs(t *testing.T) {
	options := boxtest.Options{Env: []string{"CUDA_VISIBLE_DEVICES=0"}}
	lab, _, _ := pair(t, options)
	start := func() (launch.Task, launch.Handle) {
		task := backendtest.Task(t, lab, "wait")
		task.GPUs = 1
		return task, backendtest.Start(t, lab, task)
	}
	host := func(h launch.Handle) string {
		c, err := readHandle(h)
		if err != nil {
			t.Fatal(err)
		}
		return c.Nodes[0].Host.Address
	}
	first, h1 := start()
	backendtest.Says(t, lab, first.Dir, h1, "waiting")
	second, h2 := start()
	backendtest.Says(t, lab, second.Dir, h2, "waiting")
	if host(h1) == host(h2) {
		t.Errorf("both are on %s", host(h1))
	}
	third, h3 := start()
	backendtest.Eventually(t, "the third is queued", func() bool { return backendtest.Look(t, lab, third.Dir, h3).State == launch.Queued })
	free, h := first, h1
	if host(h3) == host(h2) {
		free, h = second, h2
	}
	backendtest.Stop(t, lab, free.Dir, h, time.Minute)
	backendtest.Eventually(t, "the third has its GPU", func() bool {
		st := backendtest.Look(t, lab, third.Dir, h3)
		return st.State == launch.Running
	})
	backendtest.Says(t, lab, third.Dir, h3, "waiting")

	many := backendtest.Task(t, lab, "wait")
	many.GPUs = 2
	if _, err := lab.Start(t.Context(), many); err == nil || !strings.Contains(err.Error(), "wants 2 GPUs") {
		t.Errorf("%v", err)
	}
}

// pair are two boxes that reach each other.
func pair(t *testing.T, options boxtest.Options) (*SSH, *boxtest.Box, *boxtest.Box) {
	t.Helper()
	a, b := boxtest.Up(t, options), boxtest.Up(t, options)
	boxtest.Join(t, a, b)
	return place(t, a, b), a, b
}

func TestSeveralNodesAreOneAttempt(t *testing.T) {
	lab, a, _ := pair(t, boxtest.Options{})
	task := backendtest.Task(t, lab)
	task.Nodes = 2
	task.Command.Argv = []string{"sh", "-c", `echo $NODE_RANK of $NNODES at $MASTER_ADDR; test -n "$MASTER_PORT"`}
	h := backendtest.Start(t, lab, task)
	if st := backendtest.WaitEnded(t, lab, task.Dir, h); st.State != launch.Succeeded {
		t.Errorf("%+v", st)
	}
	for rank, name := range []string{launch.LogName, "node-1/log"} {
		if got, want := backendtest.Read(t, lab, task.Dir, h, name, 0), strconv.Itoa(rank)+" of 2 at "+a.Inside()+"\n"; got != want {
			t.Errorf("%s says %q, want %q", name, got, want)
		}
	}
}

func TestWhenOneNodeFailsTheOthersAreStopped(t *testing.T) {
	lab, a, _ := pair(t, boxtest.Options{})
	task := backendtest.Task(t, lab)
	task.Nodes = 2
	task.Command.Argv = []string{"sh", "-c", `echo $$; if test $NODE_RANK = 1; then echo ValueError: x; exit 3; fi; exec sleep 1000`}
	h := backendtest.Start(t, lab, task)
	st := backendtest.WaitEnded(t, lab, task.Dir, h)
	if st.State != launch.Failed || st.Code != 3 || !strings.Contains(st.Reason, "node 1") || !strings.Contains(st.Reason, "ValueError: x") {
		t.Errorf("%+v", st)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(backendtest.Read(t, lab, task.Dir, h, launch.LogName, 0)))
	if err != nil {
		t.Fatal(err)
	}
	backendtest.Eventually(t, "node 0 is gone", func() bool { return !a.Living(t, pid) })
}

func TestMoreNodesThanHostsAreRefused(t *testing.T) {
	lab := place(t, boxtest.Up(t, boxtest.Options{}))
	task := backendtest.Task(t, lab, "exit", "0")
	task.Nodes = 2
	if _, err := lab.Start(t.Context(), task); err == nil || !strings.Contains(err.Error(), "2 machines") {
		t.Errorf("%v", err)
	}
}

// What an attempt saved lies on its own host.
func TestAnAttemptThatGoesOnIsWhereTheOneBeforeItWas(t *testing.T) {
	lab, _, _ := pair(t, boxtest.Options{})
	first := backendtest.Task(t, lab)
	first.Command.Argv = []string{"sh", "-c", "echo saved > checkpoint"}
	lab.hosts[0], lab.hosts[1] = lab.hosts[1], lab.hosts[0] // which is not the first one any more
	h := backendtest.Start(t, lab, first)
	backendtest.WaitEnded(t, lab, first.Dir, h)
	lab.hosts[0], lab.hosts[1] = lab.hosts[1], lab.hosts[0]

	second := first
	second.Attempt, second.Dir = 2, filepath.Join(filepath.Dir(first.Dir), "attempt-2")
	second.Command.Argv = []string{"cat", lab.Site(first.Dir, first.Self).Dir + "/checkpoint"}
	h = backendtest.Start(t, lab, second)
	backendtest.WaitEnded(t, lab, second.Dir, h)
	if log := backendtest.Read(t, lab, second.Dir, h, launch.LogName, 0); log != "saved\n" {
		t.Errorf("log %q", log)
	}
}

// Nothing that a user typed is more than a word of a program's arguments.
func TestWordsOfACommandStayWords(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	lab := place(t, box)
	words := []string{"", "a b", "$(touch /root/pwned)", "`touch /root/pwned`", "'; touch /root/pwned; '", `"`, `\\`, "new\nline", "*", "~", "-n", "${HOME}", "&", "|", ">x"}
	task := backendtest.Task(t, lab)
	task.Command.Argv = append([]string{"printf", "%s\\n"}, words...)
	task.Command.Env = []launch.Env{{Name: "X", Value: "$(touch /root/pwned)"}}
	name := "a b'$(touch pwned)`id`.parquet"
	shard := filepath.Join(t.TempDir(), name)
	code := filepath.Join(t.TempDir(), "co de'$(touch pwned)")
	if err := errors.Join(os.WriteFile(shard, []byte("rows"), 0o600), os.Mkdir(code, 0o700), os.WriteFile(filepath.Join(code, name), []byte("x"), 0o700)); err != nil {
		t.Fatal(err)
	}
	task.Command.Files = []launch.File{{Name: "train/" + name, Link: shard}, {Name: "code", Link: code}}
	h := backendtest.Start(t, lab, task)
	backendtest.WaitEnded(t, lab, task.Dir, h)
	if log, want := backendtest.Read(t, lab, task.Dir, h, launch.LogName, 0), strings.Join(words, "\n")+"\n"; log != want {
		t.Errorf("%q, want %q", log, want)
	}
	if got := backendtest.Read(t, lab, task.Dir, h, "train/"+name, 0); got != "rows" {
		t.Errorf("%q", got)
	}
	if got := backendtest.Read(t, lab, task.Dir, h, "code/"+name, 0); got != "x" {
		t.Errorf("%q", got)
	}
	if _, err := os.Stat(box.Here("/root/pwned")); err == nil {
		t.Error("a word reached a shell")
	}
}

// The second launch on a box that has everything is what a sweep waits for, cell by cell.
func TestALaunchOnAReadyBox(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	for i := range 3 {
		lab := place(t, box) // as a new process has it
		task := backendtest.Task(t, lab, "wait")
		began := time.Now()
		backendtest.Start(t, lab, task)
		t.Logf("launch %d: %v", i+1, time.Since(began).Round(time.Millisecond))
	}
}
