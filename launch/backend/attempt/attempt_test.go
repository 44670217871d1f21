package attempt

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/files"
)

// prepared is an attempt as its launcher leaves it just before it starts the
// supervisor.
func prepared(t *testing.T, task launch.Task) launch.Task {
	t.Helper()
	if err := os.MkdirAll(task.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := (here{}).writeSpec(Order{Task: task}); err != nil {
		t.Fatal(err)
	}
	return task
}

func supervise(t *testing.T, task launch.Task) (words string, err error) {
	t.Helper()
	out, err := exec.Command(task.Self, "supervise", task.Dir).CombinedOutput()
	return string(out), err
}

func parse(t *testing.T, h launch.Handle) identity {
	t.Helper()
	var id identity
	if err := json.Unmarshal([]byte(h), &id); err != nil {
		t.Fatal(err)
	}
	return id
}

// recorded is what a file of an attempt's directory says.
func recorded[T any](t *testing.T, dir, name string) (v T) {
	t.Helper()
	if found, err := files.ReadJSON(dir, name, &v); err != nil || !found {
		t.Fatalf("%s: found %v, %v", name, found, err)
	}
	return v
}

func trainerOf(t *testing.T, dir string) identity { return recorded[identity](t, dir, trainerName) }

func exitOf(t *testing.T, dir string) Exit { return recorded[Exit](t, dir, exitName) }

// killTrainer kills the trainer alone.
func killTrainer(t *testing.T, dir string) {
	t.Helper()
	if err := trainerOf(t, dir).signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// killSupervisor kills the supervisor alone, as the kernel may for want of
// memory.
func killSupervisor(t *testing.T, h launch.Handle) {
	t.Helper()
	id := parse(t, h)
	if err := id.signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the supervisor is dead", func() bool { return !id.alive() })
}

func TestALauncherThatDiesBeforeTheSupervisorLeavesAnAttemptThatNeverStarts(t *testing.T) {
	task := prepared(t, acting(t, "exit", "0"))
	if _, err := (Local{}).Find(t.Context(), task.Dir); !errors.Is(err, launch.ErrNeverStarted) {
		t.Fatalf("find: %v", err)
	}
	words, err := supervise(t, task)
	if err == nil || !strings.Contains(words, "already claimed") {
		t.Errorf("the late supervisor said %q, %v", words, err)
	}
	if _, err := os.Stat(filepath.Join(task.Dir, launch.LogName)); err == nil {
		t.Error("the late supervisor started the trainer")
	}
}

func TestASecondSupervisorOfOneAttemptStartsNothing(t *testing.T) {
	task := acting(t, "exit", "0", "once")
	h := start(t, Local{}, task)
	waitEnded(t, Local{}, task.Dir, h)
	if _, err := supervise(t, task); err == nil {
		t.Error("it ran")
	}
	if log := read(t, Local{}, task.Dir, h, launch.LogName, 0); log != "once\n" {
		t.Errorf("log %q", log)
	}
}

func TestASupervisorWithoutASpecClaimsNothing(t *testing.T) {
	dir := t.TempDir()
	words, err := supervise(t, launch.Task{Dir: dir, Self: self(t)})
	if err == nil || !strings.Contains(words, "not the directory of an attempt") {
		t.Errorf("said %q, %v", words, err)
	}
	if _, err := os.Stat(filepath.Join(dir, supervisorName)); err == nil {
		t.Error("it took the claim")
	}
}

func TestAStopBeforeTheTrainerStartedCancels(t *testing.T) {
	task := prepared(t, acting(t, "exit", "0"))
	if err := files.WriteJSON(task.Dir, stopName, stopRequest{At: time.Now(), Grace: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if words, err := supervise(t, task); err != nil {
		t.Fatalf("%v: %s", err, words)
	}
	h, err := supervisorHandle(task.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if s := status(t, task.Dir, h); s.State != launch.Cancelled {
		t.Errorf("status %+v", s)
	}
}

func TestTheTrainerOutlivesItsSupervisorAndCanStillBeStopped(t *testing.T) {
	task, h := underWay(t, "save")
	killSupervisor(t, h)
	s := status(t, task.Dir, h)
	if s.State != launch.Running || !strings.Contains(s.Reason, "supervisor") {
		t.Fatalf("status %+v", s)
	}
	askEnd(t, Local{}, task.Dir, h, time.Minute)
	if s := status(t, task.Dir, h); s.State != launch.Cancelled || s.Code != -1 {
		t.Errorf("status %+v", s)
	}
	saved(t, Local{}, task.Dir, h)
}

// The supervisor may die after it started the trainer and before it wrote down
// which process that is.
func TestATrainerThatWasNotWrittenDownIsFoundByItsMark(t *testing.T) {
	task, h := underWay(t, "wait")
	killSupervisor(t, h)
	if err := os.Remove(filepath.Join(task.Dir, trainerName)); err != nil {
		t.Fatal(err)
	}
	if s := status(t, task.Dir, h); s.State != launch.Running {
		t.Fatalf("status %+v", s)
	}
	askEnd(t, Local{}, task.Dir, h, time.Minute)
	if s := status(t, task.Dir, h); s.State != launch.Cancelled || len(marked(task.Dir)) > 0 {
		t.Errorf("status %+v, left %v", s, marked(task.Dir))
	}
}

func TestATrainerThatEndedWithoutASupervisorIsLostWhateverItDid(t *testing.T) {
	task := acting(t, "wait")
	h := start(t, Local{}, task)
	killSupervisor(t, h)
	killTrainer(t, task.Dir)
	s := waitEnded(t, Local{}, task.Dir, h)
	if s.State != launch.Lost || !strings.Contains(s.Reason, "without an exit record") {
		t.Errorf("status %+v", s)
	}
}

func TestAStopOfALostAttemptDoesNotMakeItCancelled(t *testing.T) {
	dir, h := gonePlace(t)
	askEnd(t, Local{}, dir, h, time.Second)
	if s := status(t, dir, h); s.State != launch.Lost {
		t.Errorf("status %+v", s)
	}
}

func TestAKilledTrainerHasFailedWithTheSignal(t *testing.T) {
	task := acting(t, "wait")
	h := start(t, Local{}, task)
	killTrainer(t, task.Dir)
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Failed || s.Signal != 9 {
		t.Errorf("status %+v", s)
	}
}

func TestATermFromOutsideIsAFailureAndNotACancellation(t *testing.T) {
	task, h := underWay(t, "save")
	if err := parse(t, h).signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s := waitEnded(t, Local{}, task.Dir, h)
	if s.State != launch.Failed || s.Code != 143 || !strings.Contains(s.Reason, "from outside") {
		t.Errorf("status %+v", s)
	}
}

func TestATermFromOutsideIsToldOfATrainerThatSavesAndExitsWithCodeZero(t *testing.T) {
	task := acting(t)
	task.Command.Argv = []string{"sh", "-c", "trap 'exit 0' TERM; echo waiting; while :; do sleep 0.1; done"}
	h := start(t, Local{}, task)
	says(t, Local{}, task.Dir, h, "waiting")
	if err := parse(t, h).signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s := waitEnded(t, Local{}, task.Dir, h)
	if s.Code != 0 || !strings.Contains(s.Interrupted, "from outside") || !strings.Contains(s.Reason, "from outside") {
		t.Errorf("status %+v", s)
	}
}

func TestATrainerBehindAWrapperHasTheGraceToSave(t *testing.T) {
	task, h := underWay(t, "wrap", "save")
	askEnd(t, Local{}, task.Dir, h, time.Minute)
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Cancelled {
		t.Errorf("status %+v", s)
	}
	saved(t, Local{}, task.Dir, h)
}

func TestASecondStopShortensTheGrace(t *testing.T) {
	task, h := underWay(t, "stubborn")
	for _, grace := range []time.Duration{time.Hour, 0} {
		askEnd(t, Local{}, task.Dir, h, grace)
	}
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Cancelled {
		t.Errorf("status %+v", s)
	}
}

func TestAProcessWithTheSamePidIsNotTheSupervisor(t *testing.T) {
	own, err := identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*identity){
		"another start time": func(id *identity) { id.StartTime += "0" },
		"another boot":       func(id *identity) { id.BootID = "before" },
		"no process":         func(id *identity) { id.PID = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			other := own
			change(&other)
			h, err := json.Marshal(other)
			if err != nil {
				t.Fatal(err)
			}
			if s := status(t, t.TempDir(), launch.Handle(h)); s.State != launch.Lost {
				t.Errorf("status %+v", s)
			}
		})
	}
	if !own.alive() {
		t.Error("this very process is taken for dead")
	}
}

func TestARestartOfTheMachineIsTheReason(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	h := launch.Handle(fmt.Sprintf(`{"pid":1,"start_time":"1","boot_id":"before","host":%q}`, host))
	if s := status(t, t.TempDir(), h); s.State != launch.Lost || !strings.Contains(s.Reason, "restarted") {
		t.Errorf("status %+v", s)
	}
}

// A home directory on a network disk shows runs of other machines.
func TestARunOfAnotherMachineIsNotDeclaredLost(t *testing.T) {
	const h = `{"pid":1,"start_time":"1","boot_id":"theirs","host":"gpu7.elsewhere"}`
	if s := status(t, t.TempDir(), h); s.State != launch.Running || !strings.Contains(s.Reason, "gpu7.elsewhere") {
		t.Errorf("status %+v", s)
	}
	if err := (Local{}).Stop(t.Context(), t.TempDir(), h, time.Second); err == nil || !strings.Contains(err.Error(), "stop it there") {
		t.Errorf("stop: %v", err)
	}
}

func TestTheSupervisorIsNotPartOfAnAttemptAroundIt(t *testing.T) {
	env := supervisorEnv([]string{"A=1", markName + "=/outer"}, []launch.Env{{Name: "B", Value: "2"}, {Name: "HF_TOKEN"}})
	if got := strings.Join(env, " "); got != "A=1 B=2" {
		t.Errorf("environment %q: the outer mark goes, a secret without its value does not hide the inherited one", got)
	}
}
