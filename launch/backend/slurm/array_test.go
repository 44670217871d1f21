package slurm

import (
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

// cells are tasks whose trainers leave a line in a file each time they are started.
func cells(t *testing.T, s *Slurm, n int) (tasks []launch.Task, mark string) {
	t.Helper()
	mark = filepath.Join(t.TempDir(), "mark")
	for i := range n {
		task := backendtest.Task(t, s)
		task.Command.Argv = []string{"bash", "-c", `echo "$1" >>"$2"; echo "cell $1, $CELL"; exit "$3"`, "cell", fmt.Sprint(i), mark, fmt.Sprint(i % 2 * 3)}
		task.Command.Env = []launch.Env{{Name: "CELL", Value: fmt.Sprintf("it is %d", i)}, {Name: "MY_TOKEN", Value: "one for all"}}
		tasks = append(tasks, task)
	}
	return tasks, mark
}

func lines(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

func TestAnArrayStartsEachElementOnce(t *testing.T) {
	onCluster(t)
	s := place(t, Config{Time: "1h", Limit: 3})
	tasks, mark := cells(t, s, 6)
	handles, err := s.StartMany(t.Context(), tasks)
	if err != nil {
		t.Fatal(err)
	}
	for i, task := range tasks {
		got := waitEnded(t, s, task.Dir, handles[i])
		want := launch.Succeeded
		if i%2 == 1 {
			want = launch.Failed
		}
		if got.State != want || got.Code != i%2*3 {
			t.Errorf("element %d: %+v", i, got)
		}
		if log := backendtest.Read(t, s, task.Dir, handles[i], launch.LogName, 0); log != fmt.Sprintf("cell %d, it is %d\n", i, i) {
			t.Errorf("element %d says %q", i, log)
		}
		if found, err := s.Find(t.Context(), task.Dir); err != nil || found != handles[i] {
			t.Errorf("element %d: found %q, %v", i, found, err)
		}
	}
	if started := lines(t, mark); len(started) != len(tasks) {
		t.Errorf("started %v", started)
	}
}

func TestAnArrayWhoseAnswerIsLostIsFoundElementByElement(t *testing.T) {
	onCluster(t)
	real, err := exec.LookPath("sbatch")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "sbatch"), []byte("#!/bin/bash\n\""+real+"\" \"$@\" >/dev/null; kill -9 $$\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	s := place(t, Config{Time: "1h"})
	tasks, mark := cells(t, s, 4)
	if _, err := s.StartMany(t.Context(), tasks); err == nil {
		t.Fatal("the answer was not lost")
	}
	seen := map[launch.Handle]bool{}
	for i, task := range tasks {
		h, err := s.Find(t.Context(), task.Dir)
		if err != nil {
			t.Fatal(err)
		}
		seen[h] = true
		if got := waitEnded(t, s, task.Dir, h); got.Code != i%2*3 {
			t.Errorf("element %d: %+v", i, got)
		}
	}
	if started := lines(t, mark); len(started) != len(tasks) || len(seen) != len(tasks) {
		t.Errorf("started %v, handles %v", started, seen)
	}
}

func TestAnArrayWithAClaimedElementStartsNone(t *testing.T) {
	onCluster(t)
	s := place(t, Config{Time: "1h"})
	tasks, mark := cells(t, s, 3)
	if _, err := s.Start(t.Context(), tasks[1]); err != nil {
		t.Fatal(err)
	}
	if handles, err := s.StartMany(t.Context(), tasks); !errors.Is(err, launch.ErrClaimed) {
		t.Fatalf("started %v, %v", handles, err)
	}
	for _, i := range []int{0, 2} {
		if h, err := s.Find(t.Context(), tasks[i].Dir); !errors.Is(err, launch.ErrNeverStarted) {
			t.Errorf("element %d: found %q, %v", i, h, err)
		}
	}
	h, err := s.Find(t.Context(), tasks[1].Dir)
	if err != nil {
		t.Fatal(err)
	}
	waitEnded(t, s, tasks[1].Dir, h)
	if started := lines(t, mark); len(started) != 1 {
		t.Errorf("started %v", started)
	}
}

func TestAnArrayIsOfOneKind(t *testing.T) {
	s := place(t, Config{})
	tasks := []launch.Task{
		{Run: "a", Attempt: 1, Dir: "/x/a/attempt-1", Command: launch.Command{Argv: []string{"true"}}},
		{Run: "b", Attempt: 1, Dir: "/x/b/attempt-1", Command: launch.Command{Argv: []string{"true"}}, GPUs: 2},
	}
	if _, err := s.newBatch(tasks, true); err == nil {
		t.Error("elements with other GPUs went into one array")
	}
	tasks[1].GPUs = 0
	tasks[0].Command.Env = []launch.Env{{Name: "A_TOKEN", Value: "first-value"}}
	tasks[1].Command.Env = []launch.Env{{Name: "A_TOKEN", Value: "second-value"}}
	b, err := s.newBatch(tasks, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.environ(); err == nil || strings.Contains(err.Error(), "first-value") || strings.Contains(err.Error(), "second-value") {
		t.Errorf("two secrets of one name: %v", err)
	}
}
