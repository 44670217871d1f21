package backend

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
)

// TestMain lets the test binary play the two programs that a backend starts:
// trainyard's supervisor, and a trainer that behaves as its arguments say.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "supervise":
			if err := Supervise(os.Args[2]); err != nil {
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
	case "raise": // SIGNAL number at itself
		number, err := strconv.Atoi(args[0])
		if err != nil {
			panic(err)
		}
		_ = syscall.Kill(os.Getpid(), syscall.Signal(number))
		select {}
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

func child(role string, session bool) int {
	cmd := exec.Command("/proc/self/exe", "act", role)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: session}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return cmd.Process.Pid
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// task is an attempt in a fresh place whose trainer acts as told.
func task(t *testing.T, role ...string) launch.Task {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "attempt-1")
	t.Cleanup(func() { endAttempt(t, dir) })
	return launch.Task{
		Run: "run", Attempt: 1, Dir: dir, Self: self(t),
		Command: launch.Command{Argv: append([]string{self(t), "act"}, role...)},
	}
}

// endAttempt kills what is left of an attempt and waits for its supervisor,
// whose last files would otherwise appear while the directory is removed.
func endAttempt(t *testing.T, dir string) {
	t.Helper()
	signalAll(dir, syscall.SIGKILL)
	var supervisor identity
	if found, err := readJSON(dir, supervisorName, &supervisor); err == nil && found {
		eventually(t, "the supervisor has ended", func() bool { return !supervisor.alive() })
	}
}

func start(t *testing.T, b launch.Backend, task launch.Task) launch.Handle {
	t.Helper()
	h, err := b.Start(t.Context(), task)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	return h
}

// waitEnded waits for the end of an attempt, as real processes need real time.
func waitEnded(t *testing.T, b launch.Backend, dir string, h launch.Handle) launch.Status {
	t.Helper()
	var s launch.Status
	eventually(t, "the attempt ends", func() bool {
		var err error
		if s, err = b.Status(t.Context(), dir, h); err != nil {
			t.Fatal(err)
		}
		return s.State.Ended()
	})
	return s
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited 30 s and in vain that %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func read(t *testing.T, b launch.Backend, dir string, h launch.Handle, name string, offset int64) string {
	t.Helper()
	r, err := b.Open(t.Context(), dir, h, name, offset)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// says waits until the trainer's log has the words.
func says(t *testing.T, b launch.Backend, dir string, h launch.Handle, words string) {
	t.Helper()
	eventually(t, "the log says "+words, func() bool {
		r, err := b.Open(t.Context(), dir, h, launch.LogName, 0)
		if err != nil {
			return false
		}
		defer r.Close()
		data, err := io.ReadAll(r)
		return err == nil && strings.Contains(string(data), words)
	})
}

// living reports whether a process runs and is no zombie.
func living(pid int) bool {
	_, err := startTime(pid)
	return err == nil
}
