package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// commandLimit ends a command that hangs; none should take a second.
const commandLimit = time.Minute

// A checkout is a git work tree in a temporary directory, shown to the agent as
// /workspace/NAME.
type checkout struct {
	temp string // the directory that stands for /
	root string // as the agent names it: /workspace/NAME
	base string // hash of the first commit
}

// newCheckout writes the files and commits them. Close removes everything.
func newCheckout(ctx context.Context, repo string, files tree) (*checkout, error) {
	temp, err := os.MkdirTemp("", "samples-")
	if err != nil {
		return nil, fmt.Errorf("checkout: %w", err)
	}
	// A link such as /tmp on macOS would show through in what git prints.
	if temp, err = filepath.EvalSymlinks(temp); err != nil {
		return nil, fmt.Errorf("checkout: %w", err)
	}
	c := &checkout{temp: temp, root: "/workspace/" + path.Base(repo)}
	if err := c.commit(ctx, files); err != nil {
		c.close()
		return nil, fmt.Errorf("checkout %s: %w", repo, err)
	}
	return c, nil
}

func (c *checkout) close() { os.RemoveAll(c.temp) }

func (c *checkout) commit(ctx context.Context, files tree) error {
	if err := files.write(c.real(c.root)); err != nil {
		return err
	}
	script := "git init -q --template= && git symbolic-ref HEAD refs/heads/main && git config core.abbrev 7 && git add -A && git commit -q -m 'First version'"
	if out, code, err := c.run(ctx, script); err != nil || code != 0 {
		return errors.Join(fmt.Errorf("git: exit %d: %s", code, out), err)
	}
	out, _, err := c.run(ctx, "git rev-parse HEAD")
	c.base = strings.TrimSpace(out)
	return err
}

// real maps a path the agent names to one on this machine.
func (c *checkout) real(name string) string {
	return filepath.Join(c.temp, filepath.FromSlash(name))
}

// run gives a command to /bin/sh in the root of the checkout and returns what it
// printed, both streams in order, and its exit status.
func (c *checkout) run(ctx context.Context, command string) (string, int, error) {
	ctx, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", strings.ReplaceAll(command, "/workspace", c.temp+"/workspace"))
	cmd.Dir = c.real(c.root)
	cmd.Env = c.environment()
	out, err := cmd.CombinedOutput()
	text := strings.ReplaceAll(string(out), c.temp+"/workspace", "/workspace")
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		return text, exit.ExitCode(), nil
	}
	if err != nil {
		return text, -1, fmt.Errorf("run %q: %w", command, err)
	}
	return text, 0, nil
}

// environment holds nothing of the person who runs the generator but PATH.
func (c *checkout) environment() []string {
	const who, mail, when = "Sample Author", "author@samples.example", "2024-01-01T12:00:00+0000"
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + c.temp, "LC_ALL=C", "TZ=UTC", "TERM=dumb",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_PAGER=cat",
		"GIT_AUTHOR_NAME=" + who, "GIT_AUTHOR_EMAIL=" + mail, "GIT_AUTHOR_DATE=" + when,
		"GIT_COMMITTER_NAME=" + who, "GIT_COMMITTER_EMAIL=" + mail, "GIT_COMMITTER_DATE=" + when,
	}
}

// patch returns what the walk changed, as git shows it.
func (c *checkout) patch(ctx context.Context) (string, error) {
	out, _, err := c.run(ctx, "git diff")
	return out, err
}
