package slurm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

// launchHere is the program that is killed: it starts the attempt of a directory, whose
// trainer leaves a line in a file.
func launchHere(run, dir, mark string) {
	b, err := Open("slurm", Config{Time: "1h"}, nil)
	if err == nil {
		self, _ := os.Executable()
		_, err = b.Start(context.Background(), launch.Task{
			Run: run, Attempt: 1, Dir: dir, Self: self, Command: launch.Command{Argv: []string{"sh", "-c", `echo started >>"$0"`, mark}},
		})
	}
	fmt.Println(err)
}

// Each program that a launch runs kills it before or after it has done its work.
func TestALaunchThatIsKilledAtAnyStepLeavesOneJobOrNone(t *testing.T) {
	onCluster(t)
	for _, c := range []struct {
		program, order string // before, after
		call           int    // which call of the program, from 1
		jobs           int
	}{
		{"mkdir", "before", 1, 0}, {"mkdir", "before", 2, 0}, {"mkdir", "after", 2, 0},
		{"sbatch", "before", 1, 0}, {"sbatch", "after", 1, 1},
	} {
		t.Run(fmt.Sprintf("%s call %d of %s", c.order, c.call, c.program), func(t *testing.T) {
			bin := killer(t, c.program, c.order, c.call)
			s := place(t, Config{Time: "1h"})
			task := backendtest.Task(t, s)
			mark := filepath.Join(t.TempDir(), "mark")
			cmd := exec.Command(backendtest.Self(t), "launch", task.Run, task.Dir, mark)
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
			if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.ExitCode() != -1 {
				t.Fatalf("it was not killed (%v) and said %s", err, out)
			}
			h, err := s.Find(t.Context(), task.Dir)
			if c.jobs == 0 && !errors.Is(err, launch.ErrNeverStarted) || c.jobs == 1 && err != nil {
				t.Fatalf("found %q, %v", h, err)
			}
			if _, err := s.Start(t.Context(), task); c.jobs == 1 && !errors.Is(err, launch.ErrClaimed) {
				t.Errorf("it could be started again: %v", err)
			}
			if c.jobs == 1 {
				waitEnded(t, s, task.Dir, h)
			}
			starts, _ := os.ReadFile(mark)
			if n := strings.Count(string(starts), "\n"); n != c.jobs {
				t.Errorf("started %d times", n)
			}
			if jobs := jobsNamed(t, task); len(jobs) != c.jobs {
				t.Errorf("jobs %v", jobs)
			}
		})
	}
}

// killer is a directory for PATH with a program in place of a real one: at one of its
// calls it kills its parent.
func killer(t *testing.T, program, order string, call int) string {
	t.Helper()
	real, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	body := fmt.Sprintf("#!/bin/bash\necho >>%[1]s/calls\nat() { [ \"$(wc -l <%[1]s/calls)\" = %[2]d ] && [ $1 = %[3]s ] && kill -9 $PPID; }\nat before && exit 1\n%[4]s \"$@\"\ncode=$?\nat after\nexit $code\n", bin, call, order, real)
	if err := os.WriteFile(filepath.Join(bin, program), []byte(body), 0o700); err != nil {
		t.Fatal(err)
	}
	return bin
}
