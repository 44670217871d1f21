package slurm

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/slurm/node"
)

// own gives a test that breaks things a cluster of its own, and the tests of it one
// after the other.
func own(t *testing.T, age int) *cluster {
	t.Helper()
	slow(t)
	before := os.Getenv("SLURM_CONF")
	c := newCluster(age)
	c.use(t)
	t.Cleanup(func() {
		if c.alive != nil {
			_ = c.alive.Close()
		}
		_ = os.Setenv("SLURM_CONF", before)
	})
	return c
}

// trainer is a program that works as real ones do: it saves checkpoints, goes on from
// the newest, and saves once more on USR1 or TERM, however often Slurm sends it.
func trainer(t *testing.T, s *Slurm, signal string) launch.Task {
	t.Helper()
	task := backendtest.Task(t, s)
	out := s.dir(task.Dir) + "/out"
	t.Cleanup(func() { tellFiles(t, task.Dir) })
	task.Command.Argv = []string{"bash", "-c", `
out=$1
mkdir -p "$out"
step=$(ls "$out" | sed -n 's/^checkpoint-//p' | sort -n | tail -1)
step=${step:-0}
echo "from step $step in $out"
save() { mkdir "$out/checkpoint-$step" && echo '{"global_step": '"$step"'}' >"$out/checkpoint-$step/trainer_state.json" && echo "saved $step"; }
trap 'trap "" TERM USR1; save; exit 0' ` + signal + `
echo waiting
while [ "$step" -lt 6000 ]; do step=$((step + 1)); sleep 0.05 & wait; [ -e "$out/../finish" ] && { echo finished; exit 0; }; done
`, "trainer", out}
	return task
}

// tellFiles prints what an attempt left, where its test has failed.
func tellFiles(t *testing.T, dir string) {
	if !t.Failed() {
		return
	}
	_ = filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(file)
		t.Logf("%s, written at %s: %.2000q %v", file, info.ModTime().Format(time.StampMilli), text, err)
		return nil
	})
}

func preempt(t *testing.T) {
	t.Helper()
	run(t, "sbatch", "--parsable", "-p", "high", "-N2", "--exclusive", "-o", "/dev/null", "-J", "urgent", "--wrap", "sleep 8")
}

func TestAPreemptedAttemptHasSavedAndEndsPreempted(t *testing.T) {
	own(t, 3600)
	for _, signal := range []string{"USR1", "TERM"} {
		t.Run("a trainer that saves on "+signal, func(t *testing.T) {
			s := place(t, Config{Time: "1h", Partition: "low"})
			task := trainer(t, s, signal)
			h := running(t, s, task)
			preempt(t)
			got := waitEnded(t, s, task.Dir, h)
			if got.State != launch.Preempted || !strings.Contains(got.Reason, "preempted") {
				t.Errorf("%+v", got)
			}
			if log := backendtest.Read(t, s, task.Dir, h, launch.LogName, 0); !strings.Contains(log, "saved ") {
				t.Errorf("log %q", log)
			}
			if jobs := jobsNamed(t, task); len(jobs) != 1 {
				t.Errorf("jobs %v", jobs)
			}
		})
	}
}

// hurried waits until done, and lets Slurm start the requeued job soon: its own rule is
// two minutes. Not at once, as a node refuses a job in the second in which it was told
// that the first start is over ("Job credential revoked"); and again and again, as Slurm
// sets that time anew when it has cleaned up after the first start.
func hurried(t *testing.T, what string, s *Slurm, task launch.Task, h launch.Handle, done func() bool) {
	t.Helper()
	var asked time.Time
	eventually(t, what, func() bool {
		if done() {
			return true
		}
		if status(t, s, task, h).State == launch.Queued && time.Since(asked) > 6*time.Second {
			asked = time.Now()
			_ = exec.Command("scontrol", "update", "JobId="+jobID(t, h), "StartTime=now+3seconds").Run() // it may have begun meanwhile
		}
		return false
	})
}

// waiting says whether the trainer of a start waits to be told of its end.
func waiting(start string) bool {
	log, err := os.ReadFile(filepath.Join(start, "node-0", "log"))
	return err == nil && strings.Contains(string(log), "waiting")
}

func TestARequeuedAttemptGoesOnInADirectoryOfItsOwn(t *testing.T) {
	own(t, 3600)
	for _, how := range []string{"preemption", "scontrol requeue"} {
		t.Run(how, func(t *testing.T) {
			s := place(t, Config{Time: "1h", Partition: "low", Requeue: true})
			task := trainer(t, s, "TERM")
			h := running(t, s, task)
			if how == "preemption" {
				preempt(t)
			} else {
				run(t, "scontrol", "requeue", jobID(t, h))
			}
			restarted := filepath.Join(task.Dir, "restart-1")
			hurried(t, "it goes on", s, task, h, func() bool { return waiting(restarted) })
			log := backendtest.Read(t, s, task.Dir, h, launch.LogName, 0)
			if strings.Contains(log, "from step 0 ") || !strings.Contains(log, " in "+restarted+"/out") {
				t.Errorf("it began %q", log)
			}
			if there, err := s.Where(t.Context(), task.Dir); err != nil || there != restarted || s.Here(t.Context(), task.Dir, "out") != filepath.Join(restarted, "out") {
				t.Errorf("its files are looked for in %s, %v", there, err)
			}
			eventually(t, "it is told to run", func() bool { return status(t, s, task, h).State == launch.Running })
			if err := os.WriteFile(filepath.Join(restarted, "finish"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if got := waitEnded(t, s, task.Dir, h); got.State != launch.Succeeded {
				t.Errorf("%+v", got)
			}
			if old, err := filepath.Glob(filepath.Join(task.Dir, "out", "checkpoint-*")); len(old) > 0 || err != nil {
				t.Errorf("left behind: %v, %v", old, err)
			}
			if jobs := jobsNamed(t, task); len(jobs) != 1 {
				t.Errorf("jobs %v", jobs)
			}
		})
	}
}

// A node that Slurm takes for dead may run on: kill its daemon, and the processes of the
// job stay.
func TestTheProcessesOfADeadNodeEndWhenTheJobGoesOnElsewhere(t *testing.T) {
	c := own(t, 3600)
	s := place(t, Config{Time: "1h", Partition: "low", Requeue: true})
	task := trainer(t, s, "TERM")
	h := running(t, s, task)
	on := strings.TrimSpace(run(t, "squeue", "-h", "-j", jobID(t, h), "-o", "%N"))
	c.kill(t, "slurmd-"+on)
	run(t, "scontrol", "update", "NodeName="+on, "State=DOWN", "Reason=test")
	restarted := filepath.Join(task.Dir, "restart-1")
	hurried(t, "it goes on elsewhere", s, task, h, func() bool { return waiting(restarted) })
	eventually(t, "the old start has ended itself", func() bool {
		_, err := os.Stat(filepath.Join(task.Dir, "node-0", node.ExitName))
		return err == nil
	})
	eventually(t, "it is told to run", func() bool { return status(t, s, task, h).State == launch.Running })
	// The old one saved when it read that it was replaced, and the new one took that along.
	if log := backendtest.Read(t, s, task.Dir, h, launch.LogName, 0); strings.Contains(log, "from step 0 ") {
		t.Errorf("it began %q", log)
	}
}

func TestADeadNodeWithoutRequeueEndsTheAttemptPreempted(t *testing.T) {
	c := own(t, 3600)
	s := place(t, Config{Time: "1h", Partition: "low"})
	task := trainer(t, s, "TERM")
	h := running(t, s, task)
	on := strings.TrimSpace(run(t, "squeue", "-h", "-j", jobID(t, h), "-o", "%N"))
	c.kill(t, "slurmd-"+on)
	run(t, "scontrol", "update", "NodeName="+on, "State=DOWN", "Reason=test")
	if got := waitEnded(t, s, task.Dir, h); got.State != launch.Preempted || !strings.Contains(got.Reason, "a node of it failed") {
		t.Errorf("%+v", got)
	}
}

// kill ends a daemon of the cluster by its own pid.
func (c *cluster) kill(t *testing.T, daemon string) {
	t.Helper()
	pid, err := os.ReadFile(filepath.Join(c.dir, "run", daemon+".pid"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, "kill", "-9", strings.TrimSpace(string(pid)))
}

func TestWhileSlurmDoesNotAnswerNothingHasEnded(t *testing.T) {
	c := own(t, 3600)
	s := place(t, Config{Time: "1h"})
	task := trainer(t, s, "TERM")
	h := running(t, s, task)
	since := time.Now()
	eventually(t, "slurmctld has written down that it runs", func() bool {
		info, err := os.Stat(filepath.Join(c.dir, "state", "job_state"))
		return err == nil && info.ModTime().After(since)
	})
	c.kill(t, "slurmctld")
	got := status(t, s, task, h)
	if got.State != launch.Running || !got.LastKnown {
		t.Errorf("%+v", got)
	}
	other := backendtest.Task(t, s, "exit", "0", "done")
	if _, err := s.Start(t.Context(), other); err == nil {
		t.Error("a start was taken while slurmctld is dead")
	}
	if found, err := s.Find(t.Context(), other.Dir); err == nil || strings.Contains(fmt.Sprint(err), launch.ErrNeverStarted.Error()) {
		t.Errorf("found %q, %v: that cannot be known", found, err)
	}
	c.controller(t)
	if got := status(t, s, task, h); got.State != launch.Running || got.LastKnown {
		t.Errorf("%+v", got)
	}
	if err := os.WriteFile(filepath.Join(task.Dir, "finish"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := waitEnded(t, s, task.Dir, h); got.State != launch.Succeeded {
		t.Errorf("%+v", got)
	}
}

func TestAJobThatSlurmHasForgottenIsJudgedByItsRecord(t *testing.T) {
	own(t, 2)
	s := place(t, Config{Time: "1h"})
	succeeded, vanished := backendtest.Task(t, s, "exit", "0", "done"), backendtest.Task(t, s, "exit", "0", "done")
	h, lost := start(t, s, succeeded), start(t, s, vanished)
	eventually(t, "Slurm has forgotten both", func() bool {
		return len(jobsNamed(t, succeeded)) == 0 && len(jobsNamed(t, vanished)) == 0
	})
	if err := os.Remove(filepath.Join(vanished.Dir, "node-0", node.ExitName)); err != nil {
		t.Fatal(err)
	}
	if got := status(t, s, vanished, lost); got.State != launch.Running || !got.LastKnown {
		t.Errorf("one empty answer ended it: %+v", got)
	}
	if got := waitEnded(t, s, succeeded.Dir, h); got.State != launch.Succeeded {
		t.Errorf("%+v", got)
	}
	if got := waitEnded(t, s, vanished.Dir, lost); got.State != launch.Lost {
		t.Errorf("%+v", got)
	}
	if found, err := s.Find(t.Context(), succeeded.Dir); err != nil || found != h {
		t.Errorf("found %q, %v", found, err)
	}
}

// An element of an array that is cancelled while it waits is taken out of the array's
// record: a cluster without accounting forgets it at once.
func TestAnElementThatIsCancelledWhileItWaitsNeverStarted(t *testing.T) {
	slow(t)
	onCluster(t)
	s := place(t, Config{Time: "1h", Limit: 1})
	var tasks []launch.Task
	for range 3 {
		tasks = append(tasks, backendtest.Task(t, s, "wait"))
	}
	handles, err := s.StartMany(t.Context(), tasks)
	if err != nil {
		t.Fatal(err)
	}
	backendtest.Says(t, s, tasks[0].Dir, handles[0], "waiting")
	run(t, "scancel", jobID(t, handles[1]))
	if got := status(t, s, tasks[1], handles[1]); got.State != launch.Running || !got.LastKnown {
		t.Errorf("one empty answer ended it: %+v", got)
	}
	got := waitEnded(t, s, tasks[1].Dir, handles[1])
	if got.State != launch.Failed || !strings.HasPrefix(got.Reason, "never started: ") || got.EndedAt.IsZero() {
		t.Errorf("%+v", got)
	}
	if again := status(t, s, tasks[1], handles[1]); again.State != launch.Failed {
		t.Errorf("looked at again: %+v", again)
	}
	t.Setenv("SLURM_JOB_ID", "1") // the job comes back from a backup of Slurm's state
	t.Setenv("SLURM_ARRAY_JOB_ID", strings.TrimSuffix(jobID(t, handles[1]), "_1"))
	t.Setenv("SLURM_ARRAY_TASK_ID", "1")
	if err := node.Claim(t.Context(), tasks[1].Dir); err == nil || !strings.Contains(err.Error(), "was closed") {
		t.Errorf("a job that comes back starts: %v", err)
	}
	if got := status(t, s, tasks[2], handles[2]); got.State != launch.Queued {
		t.Errorf("the next one: %+v", got)
	}
	for _, i := range []int{0, 2} {
		backendtest.Stop(t, s, tasks[i].Dir, handles[i], time.Second)
		if got := waitEnded(t, s, tasks[i].Dir, handles[i]); got.State != launch.Cancelled {
			t.Errorf("element %d, stopped: %+v", i, got)
		}
	}
}
