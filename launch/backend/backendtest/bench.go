package backendtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
)

// Main is the TestMain of a package that tries a backend. It lets the test
// binary play the two programs that a backend starts: trainyard's supervisor,
// and a trainer that behaves as its arguments say.
func Main(m *testing.M, supervise func(dir string) error) {
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "supervise":
			if err := supervise(os.Args[2]); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		case "act":
			act(os.Args[2], os.Args[3:])
		}
	}
	// A program built with the race detector waits a second before it exits.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

// digestOf is what the role know tells of a value.
func digestOf(value string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(value))) }

// CheckKnown demands that a log of the role know shows the value of a secret that the
// trainer was to have, and a mask of its length where the trainer printed it.
func CheckKnown(t *testing.T, log, secret string) {
	t.Helper()
	digest, rest, _ := strings.Cut(log, "\n")
	if digest != digestOf(secret) {
		t.Errorf("the trainer had another value, or none: %q", log)
	}
	if strings.Contains(log, secret) || len(rest) != len(secret)+1 || !strings.HasPrefix(rest, "[redacted") {
		t.Errorf("the log has %q where the trainer printed the secret", rest)
	}
}

// act is the trainer.
func act(role string, args []string) {
	switch role {
	case "exit": // CODE [WORDS…]
		fmt.Println(strings.Join(args[1:], " "))
		code, err := strconv.Atoi(args[0])
		if err != nil {
			panic(err)
		}
		os.Exit(code)
	case "print": // NAME of a variable
		fmt.Println(os.Getenv(args[0]))
		os.Exit(0)
	case "know": // NAME of a variable: shows that it has the value, and prints it
		fmt.Println(digestOf(os.Getenv(args[0])))
		fmt.Println(os.Getenv(args[0]))
		os.Exit(0)
	case "raise": // SIGNAL number at itself
		number, err := strconv.Atoi(args[0])
		if err != nil {
			panic(err)
		}
		_ = syscall.Kill(os.Getpid(), syscall.Signal(number))
		select {}
	case "pipe": // makes a directory with one of each kind of file, and waits
		makeKinds(args[0])
		fmt.Println("waiting")
		time.Sleep(time.Hour)
	case "wait": // until a signal ends it
		signal.Reset()
		fmt.Println("waiting")
		time.Sleep(time.Hour)
	case "save": // writes what a checkpoint would be when asked to end
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM)
		fmt.Println("waiting")
		<-asked
		time.Sleep(100 * time.Millisecond) // a checkpoint takes time
		fmt.Println("saved")
		os.Exit(143)
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("waiting")
		time.Sleep(time.Hour)
	case "wrap": // starts ROLE in its group and dies of the first signal itself
		child(args[0], false)
		time.Sleep(time.Hour)
	case "leave": // leaves one process in its group and one in a session of its own
		fmt.Println(child("stubborn", false), child("stubborn", true))
		os.Exit(0)
	}
	panic("no role " + role)
}

func makeKinds(dir string) {
	err := errors.Join(os.MkdirAll(filepath.Join(dir, "checkpoint-1"), 0o700),
		os.WriteFile(filepath.Join(dir, "file"), []byte("text"), 0o600),
		syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	if err != nil {
		panic(err)
	}
}

func child(role string, session bool) int {
	cmd := exec.Command("/proc/self/exe", "act", role)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: session}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return cmd.Process.Pid
}

// Self is the path of the test binary.
func Self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// runs counts the runs of this process: backends go by the ids of runs, which are never
// used twice.
var runs atomic.Int64

// Task is an attempt in a fresh place whose trainer acts as told. What is left
// of it on b when the test ends is killed.
func Task(t *testing.T, b launch.Backend, role ...string) launch.Task {
	t.Helper()
	run := fmt.Sprintf("run-%d-%d", os.Getpid(), runs.Add(1))
	dir := filepath.Join(t.TempDir(), run, "attempt-1")
	t.Cleanup(func() { end(t, b, dir) })
	return launch.Task{
		Run: run, Attempt: 1, Dir: dir, Self: Self(t),
		Command: launch.Command{Argv: append([]string{b.Site(dir, Self(t)).Self, "act"}, role...)},
	}
}

// end waits for the supervisor too, whose last files would otherwise appear
// while the directory is removed.
func end(t *testing.T, b launch.Backend, dir string) {
	t.Helper()
	ctx := context.Background() // that of the test is over
	h, err := b.Find(ctx, dir)
	if errors.Is(err, launch.ErrNeverStarted) {
		return
	}
	if err := errors.Join(err, b.Stop(ctx, dir, h, 0)); err != nil {
		t.Error(err)
		return
	}
	Eventually(t, "nothing of the attempt is left", func() bool {
		s, err := b.Status(ctx, dir, h)
		return err == nil && s.State.Ended()
	})
}

// Start starts the task on b.
func Start(t *testing.T, b launch.Backend, task launch.Task) launch.Handle {
	t.Helper()
	h, err := b.Start(t.Context(), task)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	return h
}

// Waiting is an attempt in a fresh place whose trainer, in a role that waits, has begun.
func Waiting(t *testing.T, b launch.Backend, role ...string) (launch.Task, launch.Handle) {
	t.Helper()
	task := Task(t, b, role...)
	h := Start(t, b, task)
	Says(t, b, task.Dir, h, "waiting")
	return task, h
}

// Look is a status that must not fail.
func Look(t *testing.T, b launch.Backend, dir string, h launch.Handle) launch.Status {
	t.Helper()
	s, err := b.Status(t.Context(), dir, h)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Stop asks an attempt to end; the request must be placed.
func Stop(t *testing.T, b launch.Backend, dir string, h launch.Handle, grace time.Duration) {
	t.Helper()
	if err := b.Stop(t.Context(), dir, h, grace); err != nil {
		t.Fatal(err)
	}
}

// Saved fails the test where a trainer in the role save was not given the time to.
func Saved(t *testing.T, b launch.Backend, dir string, h launch.Handle) {
	t.Helper()
	if log := Read(t, b, dir, h, launch.LogName, 0); !strings.Contains(log, "saved") {
		t.Errorf("log %q: it was not given the time to save", log)
	}
}

// Succeeds looks after a run until it has succeeded.
func Succeeds(t *testing.T, l *launch.Launcher, run launch.Run) launch.Run {
	t.Helper()
	var err error
	Eventually(t, "it has ended", func() bool {
		run, err = l.Refresh(t.Context(), run)
		return err == nil && run.State.Ended()
	})
	if run.State != launch.Succeeded {
		t.Fatalf("%s: %s, %v", run.State, run.Reason, err)
	}
	return run
}

// WaitEnded waits for the end of an attempt, as real processes need real time.
func WaitEnded(t *testing.T, b launch.Backend, dir string, h launch.Handle) launch.Status {
	t.Helper()
	var s launch.Status
	Eventually(t, "the attempt ends", func() bool {
		s = Look(t, b, dir, h)
		return s.State.Ended()
	})
	return s
}

// Eventually waits until ok, and fails the test after two minutes in vain: a batch system
// on a busy machine takes its time. It looks less and less often, since a look may cost a
// process.
func Eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for pause := 5 * time.Millisecond; !ok(); pause = min(2*pause, 200*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v and in vain that %s", patience, what)
		}
		time.Sleep(pause)
	}
}

const patience = 2 * time.Minute

// Read is a file of the attempt from a byte offset on.
func Read(t *testing.T, b launch.Backend, dir string, h launch.Handle, name string, offset int64) string {
	t.Helper()
	r, err := b.Open(t.Context(), dir, h, name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r.From(offset))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Says waits until the trainer's log has the words.
func Says(t *testing.T, b launch.Backend, dir string, h launch.Handle, words string) {
	t.Helper()
	Eventually(t, "the log says "+words, func() bool {
		r, err := b.Open(t.Context(), dir, h, launch.LogName)
		if err != nil {
			return false
		}
		defer r.Close()
		data, err := io.ReadAll(r.From(0))
		return err == nil && strings.Contains(string(data), words)
	})
}

// NoFileHas fails the test where a file below the directories has the secret, or where
// there is no file.
func NoFileHas(t *testing.T, secret string, dirs ...string) {
	t.Helper()
	files := 0
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			files++
			data, err := os.ReadFile(path)
			if strings.Contains(string(data), secret) {
				t.Errorf("%s has the secret", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files == 0 {
		t.Error("there is no file to search")
	}
}

// Living reports whether a process runs and is no zombie.
func Living(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ")
}
