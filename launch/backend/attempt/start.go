package attempt

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
	"trainyard/launch/files"
	"trainyard/launch/redact"
	"trainyard/launch/task"
)

// Start implements Machine: make the directory (the claim), write what to run, start
// the supervisor and hear from it.
func (m here) Start(ctx context.Context, order Order) (task.Handle, error) {
	if err := m.check(order); err != nil {
		return "", err
	}
	order.Dir = m.path(order.Dir)
	if err := os.MkdirAll(filepath.Dir(order.Dir), 0o700); err != nil {
		return "", err
	}
	if err := os.Mkdir(order.Dir, 0o700); errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s: %w", order.Dir, task.ErrClaimed)
	} else if err != nil {
		return "", fmt.Errorf("claim attempt: %w", err)
	}
	reached("made")
	if err := errors.Join(place(order.Dir, order.Command.Files, placeOne), m.writeSpec(order), durable.SyncDir(filepath.Dir(order.Dir))); err != nil {
		return "", fmt.Errorf("prepare attempt: %w", err)
	}
	reached("prepared")
	if err := spawn(ctx, order); err != nil {
		return "", fmt.Errorf("start supervisor: %w", err)
	}
	return supervisorHandle(order.Dir)
}

func (m here) writeSpec(o Order) error {
	cmd := o.Command
	if cmd.Dir == "" {
		cmd.Dir = o.Dir
	}
	return files.WriteJSON(o.Dir, specName, spec{
		Run: o.Run, Attempt: o.Attempt, Argv: cmd.Argv, Dir: cmd.Dir, Env: cmd.Env, Self: o.Self, Progress: cmd.Progress,
		StallAfter: o.StallAfter, Protocol: Protocol, Deadline: o.Deadline, Grace: o.Grace, Nodes: o.Nodes, Rank: o.Rank,
		Master: o.Master, MasterPort: o.MasterPort, Root: m.root, Slots: o.Slots, RankLogs: o.RankLogs, PricePerHour: o.PricePerHour,
		Budget: o.Budget, Spent: o.Spent, MinFree: o.MinFree, Collect: o.Collect, Destroy: o.Destroy,
	})
}

// spawn starts the supervisor in a session of its own and waits until it has
// claimed the attempt and tried to start the trainer: it closes its end of the
// pipe then, or dies, which closes it too.
func spawn(ctx context.Context, order Order) error {
	log, err := os.OpenFile(filepath.Join(order.Dir, supervisorLogName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	ours, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ours.Close()
	cmd := exec.Command(selfProgram(order.Self), "supervise", order.Dir)
	cmd.Args[0] = order.Self
	cmd.Dir = "/"
	cmd.Env = supervisorEnv(os.Environ(), order.Command.Env)
	cmd.Stdout, cmd.Stderr = theirs, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return err
	}
	reached("spawned")
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
func supervisorEnv(environ []string, extra []task.Env) []string {
	env := slices.DeleteFunc(slices.Clone(environ), func(pair string) bool { return strings.HasPrefix(pair, markName+"=") })
	for _, e := range extra {
		if e.Value != "" || !e.Secret() {
			env = append(env, e.Pair())
		}
	}
	return env
}

func supervisorHandle(dir string) (task.Handle, error) {
	var id identity
	found, err := files.ReadJSON(dir, supervisorName, &id)
	if err != nil {
		return "", err
	}
	if !found || id == abandoned {
		words := clip(strings.TrimSpace(redact.Here(lastLines(filepath.Join(dir, supervisorLogName), 4000))), 1000)
		return "", fmt.Errorf("the supervisor ended before it took over: %s", words)
	}
	handle, err := json.Marshal(id)
	return task.Handle(handle), err
}

// abandoned is the claim, in place of a supervisor's identity, of a process
// that made sure that the attempt never starts.
var abandoned = identity{PID: 0}

// Find implements Machine. To say that nothing was started it takes the claims that a
// start would need.
func (m here) Find(_ context.Context, dir string) (task.Handle, error) {
	dir = m.path(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	err := files.ClaimJSON(dir, supervisorName, abandoned)
	if err == nil {
		return "", task.ErrNeverStarted
	}
	if !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	var id identity
	if _, err := files.ReadJSON(dir, supervisorName, &id); err != nil {
		return "", err
	}
	if id == abandoned {
		return "", task.ErrNeverStarted
	}
	return supervisorHandle(dir)
}
