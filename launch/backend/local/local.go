package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"trainyard/format/durable"
	"trainyard/launch"
	"trainyard/launch/files"
)

// Local runs attempts on this machine, each under a supervisor that outlives
// the process which started it.
type Local struct{}

var _ launch.Backend = Local{}

// Name implements launch.Backend.
func (Local) Name() string { return "local" }

// Summary implements launch.Backend.
func (Local) Summary() string {
	return "this machine: a supervised process group that outlives the terminal"
}

// Site implements launch.Backend: the attempt runs where it is kept.
func (Local) Site(dir, self string) launch.Site { return launch.Site{Dir: dir, Self: self} }

// LookPath implements launch.Backend.
func (Local) LookPath(program string) (string, error) { return exec.LookPath(program) }

// Start implements launch.Backend: make the directory (the claim), write what
// to run, start the supervisor and hear from it.
func (Local) Start(ctx context.Context, task launch.Task) (launch.Handle, error) {
	if len(task.Command.Argv) == 0 {
		return "", errors.New("local: the command is empty")
	}
	if err := os.MkdirAll(filepath.Dir(task.Dir), 0o700); err != nil {
		return "", fmt.Errorf("local: %w", err)
	}
	if err := os.Mkdir(task.Dir, 0o700); errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("local: %s: %w", task.Dir, launch.ErrClaimed)
	} else if err != nil {
		return "", fmt.Errorf("local: claim attempt: %w", err)
	}
	if err := errors.Join(place(task.Dir, task.Command.Files), writeSpec(task), durable.SyncDir(filepath.Dir(task.Dir))); err != nil {
		return "", fmt.Errorf("local: prepare attempt: %w", err)
	}
	if err := spawn(ctx, task); err != nil {
		return "", fmt.Errorf("local: start supervisor: %w", err)
	}
	return supervisorHandle(task.Dir)
}

func writeSpec(task launch.Task) error {
	cmd := task.Command
	if cmd.Dir == "" {
		cmd.Dir = task.Dir
	}
	return files.WriteJSON(task.Dir, specName, spec{
		Run: task.Run, Attempt: task.Attempt, Argv: cmd.Argv, Dir: cmd.Dir, Env: cmd.Env, Self: task.Self, Progress: cmd.Progress,
		StallAfter: task.StallAfter,
	})
}

// spawn starts the supervisor in a session of its own and waits until it has
// claimed the attempt and tried to start the trainer: it closes its end of the
// pipe then, or dies, which closes it too.
func spawn(ctx context.Context, task launch.Task) error {
	log, err := os.OpenFile(filepath.Join(task.Dir, supervisorLogName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	ours, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ours.Close()
	cmd := exec.Command(selfProgram(task.Self), "supervise", task.Dir)
	cmd.Args[0] = task.Self
	cmd.Dir = "/"
	cmd.Env = supervisorEnv(os.Environ(), task.Command.Env)
	cmd.Stdout, cmd.Stderr = theirs, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // reaps it, should we live that long
	return awaitReady(ctx, ours)
}

func awaitReady(ctx context.Context, ready *os.File) error {
	stop := context.AfterFunc(ctx, func() { _ = ready.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := io.Copy(io.Discard, ready); err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	return nil
}

// supervisorEnv is where the values of secrets travel. A mark of our own
// surroundings is taken out: this attempt is not part of that one.
func supervisorEnv(environ []string, extra []launch.Env) []string {
	env := slices.DeleteFunc(slices.Clone(environ), func(pair string) bool { return strings.HasPrefix(pair, markName+"=") })
	for _, e := range extra {
		if e.Value != "" || !launch.SecretName(e.Name) {
			env = append(env, e.Pair())
		}
	}
	return env
}

func supervisorHandle(dir string) (launch.Handle, error) {
	var id identity
	found, err := files.ReadJSON(dir, supervisorName, &id)
	if err != nil {
		return "", fmt.Errorf("local: %w", err)
	}
	if !found || id == abandoned {
		words := clip(strings.TrimSpace(launch.Redact(lastLines(filepath.Join(dir, supervisorLogName), 4000), os.Environ())), 1000)
		return "", fmt.Errorf("local: the supervisor ended before it took over: %s", words)
	}
	handle, err := json.Marshal(id)
	return launch.Handle(handle), err
}

// abandoned is the claim, in place of a supervisor's identity, of a process
// that made sure that the attempt never starts.
var abandoned = identity{PID: 0}

// Find implements launch.Backend. To say that nothing was started it takes the
// claims that a start would need.
func (Local) Find(_ context.Context, dir string) (launch.Handle, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("local: %w", err)
	}
	err := files.ClaimJSON(dir, supervisorName, abandoned)
	if err == nil {
		return "", launch.ErrNeverStarted
	}
	if !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("local: %w", err)
	}
	var id identity
	if _, err := files.ReadJSON(dir, supervisorName, &id); err != nil {
		return "", fmt.Errorf("local: %w", err)
	}
	if id == abandoned {
		return "", launch.ErrNeverStarted
	}
	return supervisorHandle(dir)
}

// Open implements launch.Backend.
func (Local) Open(_ context.Context, dir string, _ launch.Handle, name string) (*launch.OpenFile, error) {
	f, info, err := files.OpenRegular(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, missing(dir, err)
	}
	return &launch.OpenFile{ReaderAt: f, Closer: f, ID: fileID(info), Size: info.Size(), ModTime: info.ModTime()}, nil
}

// missing tells a file that is not there from a directory that is gone.
func missing(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) && gone(dir) {
		return fmt.Errorf("%s: %w", dir, launch.ErrGone)
	}
	return err
}

// fileID names a file by its place on its disk.
func fileID(info fs.FileInfo) string {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
	}
	return ""
}

// List implements launch.Backend.
func (Local) List(_ context.Context, dir string, _ launch.Handle, name string) ([]launch.Entry, error) {
	found, err := os.ReadDir(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, missing(dir, err)
	}
	var entries []launch.Entry
	for _, d := range found {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name), d.Name()))
		if err == nil && (info.IsDir() || info.Mode().IsRegular()) {
			entries = append(entries, launch.Entry{Name: d.Name(), Dir: info.IsDir(), Size: info.Size(), ModTime: info.ModTime()})
		}
	}
	return entries, nil
}
