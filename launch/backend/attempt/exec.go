package attempt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"

	"trainyard/launch/redact"
)

// Exec implements Machine. A program whose caller has gone is killed with its group.
func (here) Exec(ctx context.Context, argv []string, stdin []byte) (Result, error) {
	if len(argv) == 0 {
		return Result{}, errors.New("no program to run")
	}
	var stdout, stderr capped
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second // a child may keep the pipes open
	err := cmd.Run()
	result := Result{Stdout: stdout.data, Stderr: stderr.data}.clean()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return result, context.Cause(ctx)
	case stdout.cut || stderr.cut:
		return result, fmt.Errorf("%s: it says more than %d bytes", argv[0], maxOutput)
	case errors.As(err, &exit):
		if result.Code = exit.ExitCode(); result.Code < 0 {
			result.Code = 128 + int(exit.Sys().(syscall.WaitStatus).Signal())
		}
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return result, err
	}
	return result, nil
}

// clean takes secrets out of what a program says to people.
func (r Result) clean() Result {
	r.Stderr = []byte(redact.Here(string(r.Stderr)))
	return r
}

// maxOutput is how much a program may say on one of its outputs, in bytes.
const maxOutput = 16 << 20

// capped keeps what a program says, up to a limit.
type capped struct {
	data []byte
	cut  bool
}

func (c *capped) Write(p []byte) (int, error) {
	room := maxOutput - len(c.data)
	c.cut = c.cut || len(p) > room
	c.data = append(c.data, p[:min(len(p), room)]...)
	return len(p), nil
}
