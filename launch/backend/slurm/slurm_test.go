package slurm

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

var (
	waitEnded  = backendtest.WaitEnded
	eventually = backendtest.Eventually
	start      = backendtest.Start
)

// status is a look that must be possible.
func status(t *testing.T, s *Slurm, task launch.Task, h launch.Handle) launch.Status {
	t.Helper()
	got, err := s.Status(t.Context(), task.Dir, h)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// running waits until the trainer says that it waits.
func running(t *testing.T, s *Slurm, task launch.Task) launch.Handle {
	t.Helper()
	h := start(t, s, task)
	backendtest.Says(t, s, task.Dir, h, "waiting")
	return h
}

func jobID(t *testing.T, h launch.Handle) string {
	t.Helper()
	j, err := parseHandle(h)
	if err != nil {
		t.Fatal(err)
	}
	return j.key()
}

// jobsNamed are the jobs of the cluster for a task, ended ones too.
func jobsNamed(t *testing.T, task launch.Task) []string {
	t.Helper()
	return strings.Fields(run(t, "squeue", "-h", "-r", "-t", "all", "--me", "-o", "%i", "--name=ty-"+task.Run+"-a1"))
}

func TestEightRacingLaunchesMakeOneJob(t *testing.T) {
	onCluster(t)
	s := place(t, Config{Time: "1h"})
	task := backendtest.Task(t, s, "exit", "0", "started")
	won := make(chan launch.Handle, 8)
	done := make(chan error, 8)
	for range 8 {
		go func() {
			h, err := place(t, Config{Time: "1h"}).Start(t.Context(), task)
			if err == nil {
				won <- h
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil && !errors.Is(err, launch.ErrClaimed) {
			t.Error(err)
		}
	}
	if jobs := jobsNamed(t, task); len(won) != 1 || len(jobs) != 1 {
		t.Errorf("%d won, jobs %v", len(won), jobs)
	}
}

func TestASubmissionWhoseAnswerIsLostIsFound(t *testing.T) {
	onCluster(t)
	real, err := exec.LookPath("sbatch")
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"no answer":      `"` + real + `" "$@" >/dev/null; exit 1`,
		"an empty one":   `"` + real + `" "$@" >/dev/null`,
		"it was killed":  `"` + real + `" "$@" >/dev/null; kill -9 $$`,
		"it came twice":  `"` + real + `" "$@"; echo more words`,
		"words before":   `echo welcome to the cluster; "` + real + `" "$@"`,
		"with a cluster": `printf '%s;west\n' "$("` + real + `" "$@")"`,
	} {
		t.Run(name, func(t *testing.T) {
			bin := t.TempDir()
			if err := os.WriteFile(filepath.Join(bin, "sbatch"), []byte("#!/bin/bash\n"+body+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
			s := place(t, Config{Time: "1h"})
			task := backendtest.Task(t, s, "exit", "0", "started")
			h, err := s.Start(t.Context(), task)
			if err != nil {
				h, err = s.Find(t.Context(), task.Dir)
			}
			if err != nil {
				t.Fatal(err)
			}
			if again, err := s.Find(t.Context(), task.Dir); err != nil || again != h {
				t.Errorf("found %s, then %s, %v", h, again, err)
			}
			if got := waitEnded(t, s, task.Dir, h); got.State != launch.Succeeded {
				t.Errorf("%+v", got)
			}
			if jobs := jobsNamed(t, task); len(jobs) != 1 {
				t.Errorf("jobs %v", jobs)
			}
		})
	}
}

func TestAJobThatComesAfterItWasGivenUpStartsNothing(t *testing.T) {
	onCluster(t)
	bin := t.TempDir()
	// The request is on its way while the answer is waited for in vain: it comes when
	// the file is there.
	later := filepath.Join(bin, "sbatch")
	real, err := exec.LookPath("sbatch")
	if err != nil {
		t.Fatal(err)
	}
	body := "#!/bin/bash\nprintf '%q ' \"$@\" >" + bin + "/argv\nexit 1\n"
	if err := os.WriteFile(later, []byte(body), 0o700); err != nil {
		t.Fatal(err)
	}
	path := os.Getenv("PATH")
	t.Setenv("PATH", bin+":"+path)
	s := place(t, Config{Time: "1h"})
	task := backendtest.Task(t, s, "exit", "0", "started")
	if _, err := s.Start(t.Context(), task); err == nil {
		t.Fatal("it started")
	}
	if h, err := s.Find(t.Context(), task.Dir); !errors.Is(err, launch.ErrNeverStarted) {
		t.Fatalf("found %q, %v", h, err)
	}
	id := strings.TrimSpace(run(t, "bash", "-c", "eval '"+real+"' $(cat "+bin+"/argv)"))
	eventually(t, "the late job ends", func() bool {
		return strings.TrimSpace(run(t, "squeue", "-h", "-t", "all", "-j", id, "-o", "%T")) == "FAILED"
	})
	if text, err := os.ReadFile(filepath.Join(task.Dir, "slurm-0.out")); err != nil || !strings.Contains(string(text), "given up") {
		t.Errorf("it said %q, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(task.Dir, "node-0")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it started something: %v", err)
	}
}

func TestNoSecretIsWrittenOrSeenInAnArgv(t *testing.T) {
	onCluster(t)
	const secret = "planted-f00d-secret"
	s := place(t, Config{Time: "1h"})
	task := backendtest.Task(t, s, "wait")
	task.Command.Env = []launch.Env{{Name: "MY_TOKEN", Value: secret}, {Name: "PLAIN", Value: "it's $(touch /tmp/ty-owned) `x`\n\"two\" lines"}}
	h := running(t, s, task)
	for _, look := range []string{
		"grep -rlF " + secret + " " + task.Dir,
		"grep -lF " + secret + " /proc/[0-9]*/cmdline",
		"scontrol show job " + jobID(t, h) + " | grep -F " + secret,
		"scontrol write batch_script " + jobID(t, h) + " - | grep -F " + secret,
		"squeue --me -t all -o %all | grep -F " + secret,
		"grep -rlF " + secret + " $(dirname $SLURM_CONF)/log",
	} {
		out, _ := exec.Command("bash", "-c", look).Output() // grep finds nothing, and fails
		for _, line := range strings.Fields(string(out)) {
			if !strings.Contains(line, "/proc/") { // the shell of this very look
				t.Errorf("%s: %s", look, line)
			}
		}
	}
	if _, err := os.Stat("/tmp/ty-owned"); err == nil {
		t.Error("a value was run by a shell")
	}
	if strings.Contains(string(h), secret) {
		t.Error("the handle has it")
	}
}

func TestWhatAUserTypesReachesTheTrainerAsItIs(t *testing.T) {
	onCluster(t)
	const nasty = "a 'b' \"c\" $(touch /tmp/ty-owned) `d` ; & | > < * ? \\ %j\n\ttwo"
	s := place(t, Config{Time: "1h"})
	task := backendtest.Task(t, s, "exit", "0", nasty)
	h := start(t, s, task)
	waitEnded(t, s, task.Dir, h)
	if log := backendtest.Read(t, s, task.Dir, h, launch.LogName, 0); log != nasty+"\n" {
		t.Errorf("the trainer got %q", log)
	}
	task = backendtest.Task(t, s, "print", "NASTY")
	task.Command.Env = []launch.Env{{Name: "NASTY", Value: nasty}}
	h = start(t, s, task)
	waitEnded(t, s, task.Dir, h)
	if log := backendtest.Read(t, s, task.Dir, h, launch.LogName, 0); log != nasty+"\n" {
		t.Errorf("its environment has %q", log)
	}
	if _, err := os.Stat("/tmp/ty-owned"); err == nil {
		t.Error("a shell ran it")
	}
}

func TestAQueuedAttemptSaysWhatItWaitsFor(t *testing.T) {
	onCluster(t)
	s := place(t, Config{Time: "1h"})
	held := place(t, Config{Time: "1h", Options: []string{"--begin=now+1hour"}})
	task := backendtest.Task(t, held, "wait")
	h := start(t, held, task)
	eventually(t, "the reason is told", func() bool {
		got := status(t, s, task, h)
		return got.State == launch.Queued && strings.Contains(got.Reason, "BeginTime")
	})
	run(t, "scontrol", "uhold", jobID(t, h))
	eventually(t, "it is held", func() bool { return strings.Contains(status(t, s, task, h).Reason, "scontrol release") })
	backendtest.Stop(t, s, task.Dir, h, time.Hour)
	if got := waitEnded(t, s, task.Dir, h); got.State != launch.Cancelled {
		t.Errorf("%+v", got)
	}
}

func TestWhatNeverStartsSaysSo(t *testing.T) {
	onCluster(t)
	s := place(t, Config{Time: "1h"})
	task := backendtest.Task(t, s, "exit", "0")
	task.Nodes = 9
	h := start(t, s, task)
	eventually(t, "the reason is told", func() bool {
		return strings.Contains(status(t, s, task, h).Reason, "PartitionNodeLimit: it asks for more nodes than the partition gives, and never starts")
	})
}

func TestAScancelOfSomeUserIsCancelled(t *testing.T) {
	onCluster(t)
	s := place(t, Config{Time: "1h"})
	task := backendtest.Task(t, s, "save")
	h := running(t, s, task)
	run(t, "scancel", jobID(t, h))
	if got := waitEnded(t, s, task.Dir, h); got.State != launch.Cancelled || !strings.Contains(got.Reason, "scancel") {
		t.Errorf("%+v", got)
	}
	backendtest.Saved(t, s, task.Dir, h)
}

func TestAnAttemptAtItsTimeLimitHasFailedAndWasWarned(t *testing.T) {
	slow(t)
	onCluster(t)
	s := place(t, Config{Time: "1m", Warning: "50s"})
	task := backendtest.Task(t, s, "save")
	h := running(t, s, task)
	if got := waitEnded(t, s, task.Dir, h); got.State != launch.Failed || !strings.Contains(got.Reason, "time limit") {
		t.Errorf("%+v", got)
	}
	backendtest.Saved(t, s, task.Dir, h)
}

func TestGPUsAreThoseOfTheJob(t *testing.T) {
	onCluster(t)
	for how, config := range map[string]Config{"per node": {Time: "1h", GPUType: "h100"}, "gres": {Time: "1h", GPUs: "gres"}} {
		s := place(t, config)
		task := backendtest.Task(t, s, "print", "CUDA_VISIBLE_DEVICES")
		task.GPUs = 3
		h := start(t, s, task)
		waitEnded(t, s, task.Dir, h)
		if log := backendtest.Read(t, s, task.Dir, h, launch.LogName, 0); strings.Count(log, ",") != 2 {
			t.Errorf("%s: the trainer sees %q", how, log)
		}
	}
}
