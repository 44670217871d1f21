package attempt

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

// session is a machine behind a session of its own, with a root.
func session(t *testing.T, root string) Machine {
	t.Helper()
	ours, theirs := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- Serve(context.Background(), theirs, theirs, root) }()
	m, err := Client(t.Context(), ours)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error("the session ended with:", err)
		}
	})
	return m
}

func TestAMachineKeepsTheContractOfABackend(t *testing.T) {
	backendtest.Conform(t, "local", Local{})
}

func TestAMachineBehindASessionKeepsTheContractOfABackend(t *testing.T) {
	backendtest.Conform(t, "local", Local{session(t, t.TempDir())})
}

// talk is a client of a session whose other end says what it is told to.
func talk(t *testing.T, says string) error {
	t.Helper()
	ours, theirs := connection(t)
	if _, err := io.WriteString(theirs, says); err != nil {
		t.Fatal(err)
	}
	if err := theirs.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Client(t.Context(), ours)
	return err
}

func TestAnotherVersionOfTheProtocolIsRefusedInWords(t *testing.T) {
	if err := talk(t, "trainyard agent, protocol 7\n"); !errors.Is(err, ErrProtocol) || !strings.Contains(err.Error(), "speaks protocol 7, this trainyard 1") {
		t.Errorf("an agent of tomorrow: %v", err)
	}
	ours, theirs := connection(t)
	served := make(chan error, 1)
	go func() { served <- Serve(context.Background(), theirs, theirs, t.TempDir()) }()
	out := frameWriter{w: ours}
	if err := out.write(frame{ID: 1, Op: opHello, Body: []byte(`{"protocol":7}`)}); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(ours)
	if line, err := readLine(r); err != nil || string(line) != "trainyard agent, protocol 1" {
		t.Fatalf("%q, %v", line, err)
	}
	f, err := readFrame(r)
	if err != nil || f.Fault == nil || !errors.Is(f.Fault.received(), ErrProtocol) {
		t.Errorf("a client of tomorrow: %+v, %v", f, err)
	}
	if err := <-served; !errors.Is(err, ErrProtocol) {
		t.Errorf("the agent goes on: %v", err)
	}
}

func TestWhatIsNoAgentIsToldWithItsFirstWords(t *testing.T) {
	for says, want := range map[string]string{
		"bash: agent: Permission denied\n": "Permission denied",
		"":                                 "no agent answered",
	} {
		if err := talk(t, says); !errors.Is(err, ErrDisconnected) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", says, err)
		}
	}
}

func TestALoginShellMayTalkBeforeTheAgent(t *testing.T) {
	ours, theirs := connection(t)
	if _, err := io.WriteString(theirs, "Welcome to box 7\r\n\r\nlast login: never\n"); err != nil {
		t.Fatal(err)
	}
	go func() { _ = Serve(context.Background(), theirs, theirs, t.TempDir()) }()
	m, err := Client(t.Context(), ours)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

func TestABoxTellsWhatItIs(t *testing.T) {
	root := t.TempDir()
	t.Setenv("RUNPOD_POD_ID", "pod-7")
	box, err := session(t, root).Hello(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if box.Protocol != Protocol || box.OS != runtime.GOOS || box.Arch != runtime.GOARCH || box.Root != root || box.Free <= 0 || box.Cores < 1 || box.ID.Provider != "pod-7" || box.ID.BootID == "" {
		t.Errorf("%+v", box)
	}
	order := Order{Task: acting(t, "exit", "0")}
	of, err := BoxOf(ordered(t, Here(root), order))
	if err != nil || !of.Same(box.ID) || of != box.ID {
		t.Errorf("the box of an attempt is %+v, not %+v, %v", of, box.ID, err)
	}
	for name, change := range map[string]func(*BoxID){
		"restarted":   func(b *BoxID) { b.InitStart += "1" },
		"another one": func(b *BoxID) { b.Provider = "pod-8" },
		"rebooted":    func(b *BoxID) { b.BootID = "x" },
	} {
		other := box.ID
		if change(&other); box.ID.Same(other) {
			t.Errorf("%s passes for the same", name)
		}
	}
}

func TestAProgramIsRunWithoutAShell(t *testing.T) {
	m := session(t, t.TempDir())
	const words = `$(touch /tmp/x); "a'b" *` + "\n"
	r, err := m.Exec(t.Context(), []string{"/bin/sh", "-c", `printf %s "$1"; cat; echo trouble >&2; exit 3`, "sh", words}, []byte("input"))
	if err != nil || r.Code != 3 || string(r.Stdout) != words+"input" || string(r.Stderr) != "trouble\n" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := m.Exec(t.Context(), []string{"no-such-program-here"}, nil); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := m.LookPath(t.Context(), "no-such-program-here"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if path, err := m.LookPath(t.Context(), "sh"); err != nil || !filepath.IsAbs(path) {
		t.Errorf("%q, %v", path, err)
	}
}

func TestARequestThatIsNotWantedAnyMoreEndsThere(t *testing.T) {
	m := session(t, t.TempDir())
	file := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := m.Exec(ctx, []string{"/bin/sh", "-c", "echo $$ > " + file + ".new; mv " + file + ".new " + file + "; sleep 1000"}, nil)
		ended <- err
	}()
	var pid int
	eventually(t, "it runs", func() bool {
		data, err := os.ReadFile(file)
		pid, _ = strconv.Atoi(strings.TrimSpace(string(data)))
		return err == nil
	})
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	eventually(t, "it is killed", func() bool { return !backendtest.Living(pid) })
	if _, err := m.Hello(t.Context()); err != nil {
		t.Errorf("the session is over: %v", err)
	}
}

func TestALargeFileIsReadWhileItGrows(t *testing.T) {
	root := t.TempDir()
	m := session(t, root)
	path := filepath.Join(root, "log")
	text := bytes.Repeat([]byte("a line of a log\n"), 1<<16)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := m.Open(t.Context(), "", "log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := io.ReadAll(f.From(5))
	if err != nil || !bytes.Equal(got, text[5:]) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	more, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := more.WriteString("more"); err != nil {
		t.Fatal(err)
	}
	if err := more.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f.From(f.Size - 2)); err != nil || string(got) != "g\nmore" {
		t.Errorf("%q, %v", got, err)
	}
}

// No value of a secret is in a file, an argument or a log of the agent.
func TestASecretReachesTheTrainerAndNoFileOfTheBox(t *testing.T) {
	const secret = "correct-horse-battery-staple"
	root := t.TempDir()
	m, agent := serving(t, root)
	order := shell(t, `test "${MY_TOKEN%staple}" = correct-horse-battery- && echo it has it; exec sleep 1000`)
	order.Dir = "runs/1/attempt-1"
	order.Command.Env = []launch.Env{{Name: "MY_TOKEN", Value: secret}}
	h, err := m.Start(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, order.Dir)
	t.Cleanup(func() {
		_ = Here(root).Stop(context.Background(), order.Dir, h, 0)
		eventually(t, "it ends", func() bool {
			s, err := Here(root).Status(context.Background(), order.Dir, h)
			return err == nil && s.State.Ended() && len(left(dir)) == 0
		})
	})
	says(t, Local{}, dir, h, "it has it")
	for _, pid := range append(left(dir), append(supervisorsOf(dir), agent.Process.Pid)...) {
		if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && strings.Contains(string(line), secret) {
			t.Errorf("an argument of %d has it: %q", pid, line)
		}
	}
	seen := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		seen++
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), secret) {
			t.Errorf("%s has it", path)
		}
		return err
	})
	if err != nil || seen < 4 || strings.Contains(string(h), secret) {
		t.Errorf("%d files were looked at, %v", seen, err)
	}
}

func TestErrorsKeepWhatTheyAreThroughASession(t *testing.T) {
	for _, k := range kinds {
		if got := faultOf(fmt.Errorf("while trying: %w", k.err)).received(); !errors.Is(got, k.err) && k.err != syscall.ENOSPC || !strings.HasPrefix(got.Error(), "while trying") {
			t.Errorf("%s: %v", k.name, got)
		}
	}
	if got := faultOf(errors.New("another")).received(); got.Error() != "another" || errors.Is(got, fs.ErrNotExist) {
		t.Errorf("%v", got)
	}
}

func TestWhatComesAfterTheEndOfASessionIsToldAsThat(t *testing.T) {
	m, agent := serving(t, t.TempDir())
	if err := agent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end is noticed", func() bool {
		_, err := m.Hello(t.Context())
		return errors.Is(err, ErrDisconnected)
	})
}
