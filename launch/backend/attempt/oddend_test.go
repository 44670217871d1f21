package attempt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/files"
)

// gonePlace is an attempt of which nothing lives any more and no record is left.
func gonePlace(t *testing.T) (dir string, h launch.Handle) {
	t.Helper()
	task := acting(t, "wait")
	h = start(t, Local{}, task)
	killSupervisor(t, h)
	killTrainer(t, task.Dir)
	waitEnded(t, Local{}, task.Dir, h)
	return task.Dir, h
}

func TestADamagedExitRecordOfADeadAttemptIsNotRunning(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "blank": "   ", "cut off": `{"code": 0, "en`, "another thing": "[]", "without an end": `{"code": 0}`} {
		dir, h := gonePlace(t)
		if err := os.WriteFile(filepath.Join(dir, exitName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if s := status(t, dir, h); s.State != launch.Lost || !strings.Contains(s.Reason, "its exit record is damaged") {
			t.Errorf("%s: %+v", name, s)
		}
	}
	dir, h := gonePlace(t)
	if err := syscall.Mkfifo(filepath.Join(dir, exitName), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := status(t, dir, h); s.State != launch.Lost {
		t.Errorf("a pipe: %+v", s)
	}
}

func TestALostAttemptEndedWhenItsLastFileWasWritten(t *testing.T) {
	dir, h := gonePlace(t)
	last := time.Now().Add(-3 * time.Hour).Truncate(time.Second)
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error { return os.Chtimes(path, last, last) })
	if err != nil {
		t.Fatal(err)
	}
	if s := status(t, dir, h); !s.EndedAt.Equal(last) {
		t.Errorf("ended at %v, want %v", s.EndedAt, last)
	}
}

func TestAStoppedSupervisorDoesNotKeepARunFromEnding(t *testing.T) {
	task, h := underWay(t, "save")
	if err := parse(t, h).signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the stop is told", func() bool { return strings.Contains(status(t, task.Dir, h).Stall, "its supervisor (pid") })
	askEnd(t, Local{}, task.Dir, h, time.Minute)
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Cancelled || s.Code != 143 {
		t.Errorf("status %+v", s)
	}
}

func TestAStoppedTrainerIsToldAndMaySaveWhenItIsAskedToEnd(t *testing.T) {
	task, h := underWay(t, "save")
	if err := trainerOf(t, task.Dir).signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the stop is told", func() bool { return strings.Contains(status(t, task.Dir, h).Stall, "its trainer (pid") })
	askEnd(t, Local{}, task.Dir, h, time.Minute)
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Cancelled {
		t.Errorf("status %+v", s)
	}
	saved(t, Local{}, task.Dir, h)
}

func TestATrainerThatTellsNothingIsEndedWhereTheRecipeSaysSo(t *testing.T) {
	task := acting(t, "wait")
	task.StallAfter = 100 * time.Millisecond
	s := waitEnded(t, Local{}, task.Dir, start(t, Local{}, task))
	if s.State != launch.Failed || !strings.Contains(s.Reason, "told nothing for 100ms") {
		t.Errorf("status %+v", s)
	}
}

func TestAWorkerThatOutlivesItsTrainerAndSupervisorIsNamedAndCanBeEnded(t *testing.T) {
	task, h := underWay(t, "wrap", "stubborn")
	killSupervisor(t, h)
	killTrainer(t, task.Dir)
	s := waitEnded(t, Local{}, task.Dir, h)
	if s.State != launch.Lost || !strings.Contains(s.Reason, "still alive of it: ") {
		t.Errorf("status %+v", s)
	}
	askEnd(t, Local{}, task.Dir, h, 0)
	if left := marked(task.Dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if s := status(t, task.Dir, h); s.State != launch.Lost || strings.Contains(s.Reason, "still alive") {
		t.Errorf("status %+v", s)
	}
}

// A secret is not recognised any more when it was quoted, or cut in two.
func TestNoPartOfASecretOfTheLogReachesTheRecord(t *testing.T) {
	const value = `corr"ect` + "\t" + `horse` + `\battery` + "/staple"
	for name, words := range map[string]string{
		"quoted":       "the token is " + value,
		"cut":          strings.Repeat("x", 290) + value,
		"in an error":  "Traceback (most recent call last):\nHTTPError: " + strings.Repeat("y", 280) + value,
		"as Python":    "Traceback (most recent call last):\nKeyError: 'token " + value + "'",
		"a URL's":      "fatal: https://me:" + strings.Repeat("s3cr3t", 60) + "@host/x.git",
		"cut in a key": strings.Repeat("x", 280) + " hf_" + strings.Repeat("Qq1w", 10),
	} {
		task := acting(t, "exit", "3", words)
		task.Command.Env = []launch.Env{{Name: "MY_TOKEN", Value: value}}
		waitEnded(t, Local{}, task.Dir, start(t, Local{}, task))
		record, err := os.ReadFile(filepath.Join(task.Dir, exitName))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"corr", "horse", "staple", "s3cr3t", "hf_", "Qq1w"} {
			if strings.Contains(string(record), part) {
				t.Errorf("%s: the record has %q: %s", name, part, record)
			}
		}
	}
}

func TestTheWordsOfALogBeginWithAWholeLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(file, []byte("the first line\nthe second line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := lastLines(file, 20); got != "the second line\n" {
		t.Errorf("%q", got)
	}
}

// identityLike is that of this process with a change.
func identityLike(t *testing.T, change func(*identity)) launch.Handle {
	t.Helper()
	id, err := identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if id.PIDSpace == "" || id.InitStart == "" {
		t.Skip("no PID namespaces here")
	}
	change(&id)
	h, err := json.Marshal(id)
	if err != nil {
		t.Fatal(err)
	}
	return launch.Handle(h)
}

func TestAContainerThatWasRestartedOnTheSameDiskHasLostItsRun(t *testing.T) {
	for name, change := range map[string]func(*identity){
		"the namespace's name came again": func(id *identity) { id.InitStart += "0" },
		"another namespace, an older run": func(id *identity) { id.PIDSpace, id.StartTime, id.InitStart = "pid:[1]", "0", "0" },
	} {
		if initStart() == "0" && name != "the namespace's name came again" {
			continue // as old as the machine: nothing is older
		}
		if s := status(t, t.TempDir(), identityLike(t, change)); s.State != launch.Lost || !strings.Contains(s.Reason, "its container was restarted") {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestTheLockOfAnotherContainersSupervisorTellsWhetherItLives(t *testing.T) {
	h := identityLike(t, func(id *identity) { id.PIDSpace, id.Host = "pid:[1]", "c0ffee" })
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, lockName))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if s := status(t, dir, h); s.State != launch.Running || !s.LastKnown || !strings.Contains(s.Reason, "c0ffee") {
		t.Errorf("held: %+v", s)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if s := status(t, dir, h); s.State != launch.Lost || !strings.Contains(s.Reason, "c0ffee") || !strings.Contains(s.Reason, "which is gone") {
		t.Errorf("free: %+v", s)
	}
}

func TestAnExitRecordHasTheTimeThatPassed(t *testing.T) {
	task := acting(t, "exit", "0")
	s := waitEnded(t, Local{}, task.Dir, start(t, Local{}, task))
	if took := s.EndedAt.Sub(s.StartedAt); took < 0 || took > time.Minute {
		t.Errorf("from %v to %v", s.StartedAt, s.EndedAt)
	}
	var exit Exit
	if found, err := files.ReadJSON(task.Dir, exitName, &exit); !found || err != nil || exit.State() != launch.Succeeded {
		t.Errorf("%+v, %v", exit, err)
	}
}

func TestARunningAttemptKnowsItsStart(t *testing.T) {
	task := acting(t, "wait")
	before := time.Now()
	h := start(t, Local{}, task)
	if s := status(t, task.Dir, h); s.StartedAt.Before(before.Add(-2*time.Second)) || s.StartedAt.After(time.Now().Add(time.Second)) {
		t.Errorf("started at %v, it is %v", s.StartedAt, time.Now())
	}
}
