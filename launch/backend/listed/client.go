package listed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"trainyard/launch"
)

// A Client is the program by which a service is asked.
type Client struct {
	Name    string   // what errors call it
	Program string   // its path, or a name on PATH
	Install string   // the command that installs it
	Env     []string // on top of this environment, as NAME=value
}

// An Exit is the error of a client that did not end with 0.
type Exit struct {
	Code  int    // -1 where a signal ended it, or it could not be started
	Words string // the last of what it said
	what  string
	err   error
}

func (e *Exit) Error() string { return fmt.Sprintf("%s: %v: %s", e.what, e.err, e.Words) }

func (e *Exit) Unwrap() error { return e.err }

// Run runs the client in a directory, this one where dir is empty, with secrets in its
// environment, and returns what it wrote to stdout. A program that is not there is
// ErrRefused: it did nothing. Any other error is an *Exit.
func (c Client) Run(ctx context.Context, dir string, secret []launch.Env, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, c.Program, args...)
	cmd.WaitDelay = 5 * time.Second
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), c.Env...)
	for _, e := range secret {
		cmd.Env = append(cmd.Env, e.Pair())
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) || cmd.ProcessState == nil && errors.Is(err, fs.ErrNotExist) { // the second is that of a path
		return "", fmt.Errorf("%w: %s is not found: %s, or give program:: %w", ErrRefused, c.Program, c.Install, err)
	}
	if err != nil {
		what := strings.Join(append([]string{c.Name}, args[:2]...), " ")
		err = &Exit{Code: cmd.ProcessState.ExitCode(), Words: Words(stderr.String() + stdout.String()), what: what, err: err}
	}
	return stdout.String(), err
}

var colours = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// Plain is text without the colours of a terminal.
func Plain(text string) string { return colours.ReplaceAllString(text, "") }

// Words are the last of what a client says, in one line and without a secret.
func Words(text string) string {
	text = clean(Plain(text))
	if runes := []rune(text); len(runes) > 600 {
		return "…" + string(runes[len(runes)-600:])
	}
	return text
}
