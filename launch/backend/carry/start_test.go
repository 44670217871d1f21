package carry

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// program is an agent that says what it was asked for, and is no machine's alone.
const program = `#!/bin/sh
case $1 in
version) echo "trainyard agent" ;;
*) printf "%s\n" "$*" ;;
esac
# ` + "\n"

// An arrival is the script with an agent beside it, as a container has them.
type arrival struct {
	dir, start, own string
	arch, digest    string
	path            string   // PATH; empty: this process's
	within          []string // what the script runs in
}

func arrive(t *testing.T) *arrival {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: the script is for Linux")
	}
	a := &arrival{dir: t.TempDir()}
	a.start, a.own = filepath.Join(a.dir, "start"), filepath.Join(a.dir, "own")
	file := filepath.Join(a.dir, "agent")
	text := program + strings.Repeat("#", 100<<10)
	if err := errors.Join(os.Mkdir(a.start, 0o700), os.Mkdir(a.own, 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	agent, err := PackAgent(t.Context(), func(context.Context, string, string) (string, error) { return file, nil }, runtime.GOARCH)
	if err != nil {
		t.Fatal(err)
	}
	a.arch, a.digest = agent.Arch, agent.Digest
	half := len(agent.Packed) / 2
	for name, data := range map[string][]byte{"start.sh": []byte(Start), AgentName + "000": agent.Packed[:half], AgentName + "001": agent.Packed[half:]} {
		if err := os.WriteFile(filepath.Join(a.start, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// run gives what it prints, its code, and the reason in its last words.
func (a *arrival) run(t *testing.T, shell string, command ...string) (out string, code int, reason string) {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skipf("SKIPPED: no %s here", shell)
	}
	argv := append(append(append([]string{}, a.within...), path, filepath.Join(a.start, "start.sh"), a.arch, a.digest), command...)
	cmd := exec.Command(argv[0], argv[1:]...)
	last := filepath.Join(a.dir, "last")
	cmd.Env = append(os.Environ(), "TY_START="+a.start, "TY_OWN="+a.own, "TY_LAST="+last)
	if a.path != "" {
		cmd.Env = append(cmd.Env, "PATH="+a.path)
	}
	said, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var record struct{ State, Why, Reason string }
	if text, err := os.ReadFile(last); err == nil {
		if err := json.Unmarshal(text, &record); err != nil || record.State != "failed" || record.Why != "unready" {
			t.Errorf("last words %q: %v", text, err)
		}
	}
	return string(said), cmd.ProcessState.ExitCode(), record.Reason
}

func TestTheAgentThatWentAlongIsStarted(t *testing.T) {
	for _, shell := range []string{"sh", "bash"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			odd := `$(id) 'a' "b" \n`
			if out, code, reason := arrive(t).run(t, shell, "tell", odd); code != 0 || out != "inside tell "+odd+"\n" || reason != "" {
				t.Errorf("%q, %d, %q", out, code, reason)
			}
		})
	}
}

func TestAnAgentThatCannotRunThereSaysWhy(t *testing.T) {
	for want, change := range map[string]func(*testing.T, *arrival){
		"the agent that goes along is for s390x": func(_ *testing.T, a *arrival) { a.arch = "s390x" },
		"not the one that was sent":              func(_ *testing.T, a *arrival) { a.digest = strings.Repeat("0", 64) },
		"cannot be unpacked": func(t *testing.T, a *arrival) {
			if err := os.Truncate(filepath.Join(a.start, AgentName+"001"), 10); err != nil {
				t.Error(err)
			}
		},
		"cannot be written to": func(_ *testing.T, a *arrival) { a.own = "/no/such/directory" },
		"no sha256sum":         func(t *testing.T, a *arrival) { a.path = only(t, "sh", "uname", "mktemp", "cat", "gzip", "tr") },
		"no gzip":              func(t *testing.T, a *arrival) { a.path = only(t, "sh", "uname", "mktemp", "cat", "tr") },
		"may not be run":       func(t *testing.T, a *arrival) { a.within = mounted(t, a.own, "noexec") },
		"there is no room":     func(t *testing.T, a *arrival) { a.within = mounted(t, a.own, "size=8k") },
		"/no/such/agent":       func(_ *testing.T, a *arrival) { a.arch, a.digest = "/no/such/agent", "" },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			a := arrive(t)
			change(t, a)
			if out, code, reason := a.run(t, "sh", "run"); code != 126 || out != "" || !strings.Contains(reason, want) {
				t.Errorf("%q, %d, %q", out, code, reason)
			}
		})
	}
}

// only is a directory with a few programs.
func only(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err == nil {
			err = os.Symlink(path, filepath.Join(dir, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// mounted runs a program with a small file system over a directory, which goes with it.
func mounted(t *testing.T, dir, options string) []string {
	t.Helper()
	within := []string{"unshare", "-m", "sh", "-c", `mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"`, "sh", options, dir}
	if err := exec.Command(within[0], append(within[1:], "true")...).Run(); err != nil {
		t.Skip("SKIPPED: no file system can be mounted here: ", err)
	}
	return within
}

func TestTheAgentOfTheImageIsStarted(t *testing.T) {
	a := arrive(t)
	a.arch, a.digest = filepath.Join(a.dir, "mine"), ""
	if err := os.WriteFile(a.arch, []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, code, reason := a.run(t, "sh", "run"); code != 0 || out != "inside run\n" {
		t.Errorf("%q, %d, %q", out, code, reason)
	}
}
