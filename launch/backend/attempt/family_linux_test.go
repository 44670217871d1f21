package attempt

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

// A child may leave its group, its session, its parent and its environment.
func TestAChildThatEscapesIsEndedAllTheSame(t *testing.T) {
	task := acting(t)
	task.Command.Argv = []string{"sh", "-c", `env -i setsid sh -c 'sleep 1000 & echo $!; exec sleep 1000' & echo $!; until test $(wc -l < log) = 2; do sleep 0.02; done`}
	h := start(t, Local{}, task)
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Succeeded {
		t.Errorf("status %+v", s)
	}
	pids := strings.Fields(read(t, Local{}, task.Dir, h, launch.LogName, 0))
	if len(pids) != 2 {
		t.Fatalf("pids %q", pids)
	}
	for _, text := range pids {
		if pid, err := strconv.Atoi(text); err != nil || backendtest.Living(pid) {
			t.Errorf("%s lives on, %v", text, err)
		}
	}
}

// A worker without the mark is known by its output and by where it works.
func TestAWorkerWithoutTheMarkIsNamedAndEndedToo(t *testing.T) {
	for name, script := range map[string]string{
		"by its output":    `cd /; exec env -i sleep 1000`,
		"by its directory": `exec env -i sleep 1000 < /dev/null > /dev/null 2>&1`,
		"by its parent":    `cd /; exec env -i sleep 1000 < /dev/null > /dev/null 2>&1`,
	} {
		task := acting(t)
		task.Command.Argv = []string{"sh", "-c", "setsid sh -c '" + script + "' & echo $!; exec sleep 1000"}
		h := start(t, Local{}, task)
		says(t, Local{}, task.Dir, h, "\n")
		pid, err := strconv.Atoi(strings.TrimSpace(read(t, Local{}, task.Dir, h, launch.LogName, 0)))
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "it sleeps", func() bool { return programName(pid) == "sleep" && slices.Contains(family(task.Dir), pid) })
		killSupervisor(t, h)
		killTrainer(t, task.Dir)
		if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Lost || !strings.Contains(s.Reason, fmt.Sprintf("%d (sleep)", pid)) {
			t.Errorf("%s: %+v", name, s)
		}
		askEnd(t, Local{}, task.Dir, h, 0)
		if backendtest.Living(pid) {
			t.Errorf("%s: it lives on", name)
		}
	}
}

func TestKillsForWantOfMemoryAreCountedInOurOwnGroup(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("two/own", "0::/user.slice/run\n")
	write("two/user.slice/run/memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0\n")
	write("one/own", "5:cpu:/x\n4:memory:/job/7\n0::/\n")
	write("one/memory/job/7/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n")
	write("root/own", "0::/\n")
	// A container that has its own group alone, and is told the name that it has outside.
	write("inside one/own", "4:memory:/kubepods/pod7/c\n0::/\n")
	write("inside one/memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n")
	write("inside two/own", "0::/../c\n")
	write("inside two/memory.events", "oom_kill 4\n")
	for name, want := range map[string]int{"two": 2, "one": 5, "root": -1, "none": -1, "inside one": 3, "inside two": 4} {
		if got := groupOOM(filepath.Join(dir, name, "own"), filepath.Join(dir, name)); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func TestAStoppedProcessBelowTheTrainerIsTold(t *testing.T) {
	task := acting(t)
	task.Command.Argv = []string{"sh", "-c", "sleep 1000 & echo $!; wait"}
	h := start(t, Local{}, task)
	says(t, Local{}, task.Dir, h, "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(read(t, Local{}, task.Dir, h, launch.LogName, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is told", func() bool {
		return strings.Contains(status(t, task.Dir, h).Stall, fmt.Sprintf("process %d (sleep) of its trainer is stopped", pid))
	})
	if err := (Local{}).Stop(t.Context(), task.Dir, h, 0); err != nil {
		t.Fatal(err)
	}
	waitEnded(t, Local{}, task.Dir, h)
	if _, err := os.Stat(filepath.Join(task.Dir, familyName)); err == nil {
		t.Error("the list of processes stays behind the attempt")
	}
}

func TestAListOfProcessesOfAnotherLifeOrCutShortNamesNothing(t *testing.T) {
	self, err := startTime(os.Getppid())
	if err != nil {
		t.Fatal(err)
	}
	line := fmt.Sprintf("%d %s\n", os.Getppid(), self)
	for text, want := range map[string]int{
		lifeOfProcesses() + "\n" + line:                          1,
		lifeOfProcesses() + "\nx\n-3\n9\n\n" + line:              1,
		lifeOfProcesses() + "\n" + strings.TrimSpace(line) + "7": 0,
		"another\n" + line:                                       0,
		"":                                                       0,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, familyName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := family(dir); len(got) != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
