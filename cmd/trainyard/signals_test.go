package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/cmd/trainyard/yard"
)

// ourselves is the program as a child of the test, in a home of its own.
func ourselves(t *testing.T, home string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Args = append([]string{"trainyard"}, args...)
	cmd.Env = append(os.Environ(), "TRAINYARD_HOME="+home)
	return cmd
}

// interrupted sends what Ctrl-C sends and tells how the program ended, which
// it must within a second.
func interrupted(t *testing.T, cmd *exec.Cmd) (code int) {
	t.Helper()
	begun := time.Now()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	if took := time.Since(begun); took > time.Second {
		t.Errorf("it went on for %v", took)
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		t.Fatalf("it ended with %v", err)
	}
	return exit.ExitCode()
}

// TestTheFirstInterruptEndsWhatWaitsForInput gives commands an input that does
// not come, which no context can reach into.
func TestTheFirstInterruptEndsWhatWaitsForInput(t *testing.T) {
	for _, args := range [][]string{
		{"tokens", "count", "-"}, {"tokens", "encode", "--jsonl", "-"}, {"convert", "-"}, {"accept", "-"}, {"inspect", "-"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			cmd := ourselves(t, t.TempDir(), args...)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			var told bytes.Buffer
			cmd.Stderr = &told
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// More than a pipe holds: once it is written, the command is reading.
			if _, err := in.Write(bytes.Repeat([]byte(" "), 1<<17)); err != nil {
				t.Skipf("it does not read standard input: %s", told.String())
			}
			if code := interrupted(t, cmd); code != exitInterrupted || !strings.Contains(told.String(), "interrupted") {
				t.Errorf("exit code %d: %s", code, told.String())
			}
		})
	}
}

// TestAHeldLockIsTold holds the lock of a dataset, as another prepare would.
func TestAHeldLockIsTold(t *testing.T) {
	home := t.TempDir()
	out := filepath.Join(home, "out")
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := os.Create(filepath.Join(out, ".lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	cmd := ourselves(t, home, "prepare", "demo", "--out", out)
	conversation, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(conversation)
	first, err := lines.ReadString('\n')
	if err != nil || !strings.HasPrefix(first, "waiting: ") || !strings.Contains(first, lock.Name()) {
		t.Errorf("it says %q (%v)", first, err)
	}
	rest := make(chan string)
	go func() { text, _ := io.ReadAll(lines); rest <- string(text) }()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if text := <-rest; !strings.Contains(text, "interrupted") {
		t.Errorf("after the interrupt it says %q", text)
	}
	_ = cmd.Wait()
}

// TestADryRunWritesNothing looks at the whole home and at the temporary
// directory, where samples are unpacked for as long as it takes.
func TestADryRunWritesNothing(t *testing.T) {
	home, scratch := filepath.Join(t.TempDir(), "home"), t.TempDir()
	t.Setenv("TMPDIR", scratch)
	y := &yard.Yard{Home: home, Self: os.Args[0]}
	if _, err := y.Prepare(t.Context(), yard.PrepareRequest{Recipe: "demo", DryRun: true}, nil); err != nil {
		t.Fatal(err)
	}
	plan, err := y.Plan(t.Context(), yard.LaunchRequest{What: "demo", Backend: "local", DryRun: true}, nil)
	if err != nil || plan.Command == nil || plan.Job.Dataset.Train.Rows == 0 {
		t.Fatalf("%+v, %v", plan, err)
	}
	if _, err := y.Runs(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(home); !os.IsNotExist(err) {
		t.Errorf("the home was made (%v)", err)
	}
	if left, _ := os.ReadDir(scratch); len(left) > 0 {
		t.Errorf("%s is left", left[0].Name())
	}
}
