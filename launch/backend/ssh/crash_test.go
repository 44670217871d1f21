package ssh

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/remote/boxtest"
)

// dies has another process start the task and die at the point.
func dies(t *testing.T, boxes []*boxtest.Box, task launch.Task, point string) {
	t.Helper()
	data, err := json.Marshal(map[string]any{"Config": configOf(boxes), "Task": task})
	file := filepath.Join(t.TempDir(), "order.json")
	if err := errors.Join(err, os.WriteFile(file, data, 0o600)); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(task.Self, "start", file, point).CombinedOutput()
	var died *exec.ExitError
	if !errors.As(err, &died) || died.ExitCode() != -1 {
		t.Fatalf("it did not die at %q: %v: %s", point, err, out)
	}
}

// Of an attempt whose launcher died, exactly one runs or none ever will.
func TestALauncherKilledAtAnyPointNeverStartsAnAttemptTwice(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	for point, starts := range map[string]int{"chosen": 0, "claimed": 0, "brought": 0, "started 0": 1} {
		t.Run(point, func(t *testing.T) {
			lab := place(t, box)
			task := backendtest.Task(t, lab, "exit", "0", "started")
			dies(t, []*boxtest.Box{box}, task, point)
			h, err := lab.Find(t.Context(), task.Dir)
			if starts == 0 {
				if !errors.Is(err, launch.ErrNeverStarted) {
					t.Fatalf("found %q, %v", h, err)
				}
				if h, err := lab.Start(t.Context(), task); !errors.Is(err, launch.ErrClaimed) {
					t.Errorf("started after it was given up: %q, %v", h, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if again, err := lab.Find(t.Context(), task.Dir); err != nil || again != h {
				t.Errorf("found %q, then %q, %v", h, again, err)
			}
			if st := backendtest.WaitEnded(t, lab, task.Dir, h); st.State != launch.Succeeded {
				t.Errorf("%+v", st)
			}
			if log := backendtest.Read(t, lab, task.Dir, h, launch.LogName, 0); strings.Count(log, "started") != starts {
				t.Errorf("log %q", log)
			}
		})
	}
}

// Between two nodes there is a point at which one runs and the other does not.
func TestALauncherKilledBetweenTwoNodesLeavesNoneRunning(t *testing.T) {
	lab, a, b := pair(t, boxtest.Options{})
	for point, want := range map[string]launch.State{"started 0": launch.Failed, "started 1": launch.Running} {
		t.Run(point, func(t *testing.T) {
			task := backendtest.Task(t, lab, "wait")
			task.Nodes = 2
			dies(t, []*boxtest.Box{a, b}, task, point)
			h, err := lab.Find(t.Context(), task.Dir)
			if err != nil {
				t.Fatal(err)
			}
			if want == launch.Running {
				if st := backendtest.Look(t, lab, task.Dir, h); st.State != want {
					t.Errorf("%+v", st)
				}
				return
			}
			st := backendtest.WaitEnded(t, lab, task.Dir, h)
			if st.State != want || !strings.Contains(st.Reason, "1 of 2 machines") {
				t.Errorf("%+v", st)
			}
			c, err := readHandle(h)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := lab.machine(c.Nodes[1]).Find(t.Context(), c.Nodes[1].Dir); !errors.Is(err, launch.ErrNeverStarted) {
				t.Errorf("node 1 has %q, %v", again, err)
			}
		})
	}
}

// Where the start dies and then the host, the attempt has a handle all the same.
func TestAHostThatDiesAfterTheLauncherIsNoReasonToHaveNoHandle(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	for _, c := range []struct {
		name, point string
		ask         []string
		stop        bool
		want        launch.State
	}{
		{"started", "started 0", []string{"exit", "0"}, false, launch.Succeeded},
		{"still at work", "started 0", []string{"wait"}, false, launch.Preempted},
		{"started, and stopped meanwhile", "started 0", []string{"wait"}, true, launch.Cancelled},
		{"not started", "brought", []string{"wait"}, false, launch.Failed},
		{"not started, and stopped meanwhile", "brought", []string{"wait"}, true, launch.Cancelled},
	} {
		t.Run(c.name, func(t *testing.T) {
			lab := place(t, box)
			task := backendtest.Task(t, lab, c.ask...)
			dies(t, []*boxtest.Box{box}, task, c.point)
			if c.want == launch.Succeeded {
				exit := filepath.Join(box.Here("/root/.trainyard"), attemptDir(task.Dir), "exit.json")
				backendtest.Eventually(t, "it has ended", func() bool { _, err := os.Stat(exit); return err == nil })
			}
			if c.stop { // it goes on behind the cable
				box.Unplug(t)
			} else {
				box.Kill()
			}
			lab = place(t, box) // as another process
			h, err := lab.Find(t.Context(), task.Dir)
			if h == "" || !errors.Is(err, launch.ErrUnseen) {
				t.Fatalf("found %q, %v", h, err)
			}
			if st := backendtest.Look(t, lab, task.Dir, h); st.State != launch.Running || !st.LastKnown || !strings.Contains(st.Reason, "not known to have started") {
				t.Errorf("%+v", st)
			}
			if st := backendtest.Look(t, lab, task.Dir, aged(t, h)); st.State != launch.Lost {
				t.Errorf("after a while: %+v", st)
			}
			if c.stop {
				backendtest.Stop(t, lab, task.Dir, h, time.Second)
				if st := backendtest.Look(t, lab, task.Dir, h); st.State != launch.Lost || !strings.Contains(st.Reason, "ended when the host answers") {
					t.Errorf("stopped: %+v", st)
				}
			}
			if c.stop {
				box.Plug(t)
			} else {
				box.Restart(t)
			}
			st := launch.Status{}
			backendtest.Eventually(t, "what became of it is known", func() bool {
				st = backendtest.Look(t, lab, task.Dir, h)
				return st.State.Ended() && st.State != launch.Lost
			})
			if st.State != c.want {
				t.Errorf("%+v, want %s", st, c.want)
			}
			if _, err := lab.Start(t.Context(), task); !errors.Is(err, launch.ErrClaimed) {
				t.Errorf("started again: %v", err)
			}
		})
	}
}

// aged is a handle whose hosts have not answered for longer than one waits.
func aged(t *testing.T, h launch.Handle) launch.Handle {
	t.Helper()
	c, err := readHandle(h)
	if err != nil {
		t.Fatal(err)
	}
	c.Unseen = c.Unseen.Add(-lostAfter - time.Second)
	old, err := c.handle()
	if err != nil {
		t.Fatal(err)
	}
	return old
}

// What is cut while it is brought goes on where it was cut.
func TestAnObjectThatWasCutGoesOn(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	lab := place(t, box)
	shard := filepath.Join(t.TempDir(), "shard")
	if err := os.WriteFile(shard, []byte(strings.Repeat("0123456789abcdef", 4<<20)), 0o600); err != nil { // 64 MiB
		t.Fatal(err)
	}
	task := backendtest.Task(t, lab, "exit", "0")
	task.Command.Files = []launch.File{{Name: "train/shard", Link: shard}}
	started := make(chan error, 1)
	var h launch.Handle
	go func() {
		var err error
		h, err = lab.Start(t.Context(), task)
		started <- err
	}()
	store := box.Here("/root/.trainyard/store")
	cuts := 0
	for ended := false; !ended; {
		select {
		case err := <-started:
			if err != nil {
				t.Fatal(err)
			}
			ended = true
		default:
			if parts, _ := filepath.Glob(filepath.Join(store, "*.part")); len(parts) > 0 && cuts < 3 {
				if info, err := os.Stat(parts[0]); err == nil && info.Size() > int64(cuts+1)<<20 {
					box.Hang(t)
					cuts++
				}
			}
		}
	}
	backendtest.WaitEnded(t, lab, task.Dir, h)
	info, err := os.Stat(filepath.Join(store, fmt.Sprintf("%x", sumOf(t, shard))))
	if err != nil || info.Size() != 64<<20 {
		t.Errorf("%v, %v", info, err)
	}
	t.Logf("cut %d times", cuts)
	if cuts == 0 {
		t.Error("it was never cut")
	}
}

func sumOf(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return sum[:]
}
