package listed

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
)

// A trial is one run of the script, under a shell of this machine.
type trial struct {
	dir, start, out string
	cmd             *exec.Cmd
}

func begin(t *testing.T, shell string, env []string, argv ...string) *trial {
	t.Helper()
	if _, err := exec.LookPath(shell); err != nil {
		t.Skipf("SKIPPED: no %s here", shell)
	}
	if _, err := os.Stat("/proc/uptime"); err != nil {
		t.Skip("SKIPPED: the script is for Linux")
	}
	r := &trial{dir: filepath.Join(t.TempDir(), "attempt"), start: t.TempDir()}
	script := filepath.Join(r.start, "run.sh")
	if err := os.WriteFile(script, []byte(run), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(r.start, "out"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	r.out = out.Name()
	r.cmd = exec.Command(shell, append([]string{script, r.dir}, argv...)...)
	r.cmd.Env = append(os.Environ(), append([]string{"TY_START=" + r.start, "TY_ASK=" + r.start + "/stop", "TY_LAST=" + r.start + "/last"}, env...)...)
	r.cmd.Stdout, r.cmd.Stderr = out, out
	return r
}

func (r *trial) end(t *testing.T) (record, string) {
	t.Helper()
	err := r.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	last, err := os.ReadFile(filepath.Join(r.start, "last"))
	if err != nil {
		t.Fatal(err)
	}
	r1, ok := readRecord(string(last))
	if !ok || r1.Code != r.cmd.ProcessState.ExitCode() {
		t.Errorf("record %s, code %d", last, r.cmd.ProcessState.ExitCode())
	}
	out, err := os.ReadFile(r.out)
	if err != nil {
		t.Fatal(err)
	}
	return r1, string(out)
}

func (r *trial) says(t *testing.T, words string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		out, err := os.ReadFile(r.out)
		if err == nil && strings.Contains(string(out), words) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it says %q, not %q", out, words)
		}
	}
}

func shells(t *testing.T, try func(t *testing.T, shell string)) {
	for _, shell := range []string{"sh", "bash"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			try(t, shell)
		})
	}
}

func TestTheScriptTellsHowItsTrainerEnded(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		for script, want := range map[string]int{"echo hello; exit 0": 0, "echo hello; exit 7": 7, "echo hello; kill -9 $$": 137, "echo hello; exec no-such-program": 127} {
			r := begin(t, shell, nil, "/bin/sh", "-c", script)
			if err := r.cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if record, out := r.end(t); record.Code != want || record.Why != "exited" || !strings.HasPrefix(out, "hello\n") {
				t.Errorf("%q: %+v, %q", script, record, out)
			}
			if log, err := os.ReadFile(filepath.Join(r.dir, "log")); err != nil || !strings.HasPrefix(string(log), "hello\n") {
				t.Errorf("%q: log %q, %v", script, log, err)
			}
		}
	})
}

const saving = `trap 'echo saved; exit 5' TERM; echo waiting; while :; do sleep 0.1; done`

func TestTheScriptEndsItsTrainerForEveryReason(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		for why, c := range map[string]struct {
			env []string
			ask func(r *trial) error
		}{
			"stopped":  {nil, func(r *trial) error { return os.WriteFile(filepath.Join(r.start, "stop"), []byte("30"), 0o600) }},
			"ended":    {nil, func(r *trial) error { return r.cmd.Process.Signal(syscall.SIGTERM) }},
			"deadline": {[]string{"TY_DEADLINE=1"}, nil},
			"stalled":  {[]string{"TY_STALL=1"}, nil},
		} {
			r := begin(t, shell, c.env, "/bin/sh", "-c", saving)
			if err := r.cmd.Start(); err != nil {
				t.Fatal(err)
			}
			r.says(t, "waiting")
			if c.ask != nil {
				if err := c.ask(r); err != nil {
					t.Fatal(err)
				}
			}
			if record, out := r.end(t); record.Code != 5 || record.Why != why || !strings.Contains(out, "saved") {
				t.Errorf("%s: %+v, %q", why, record, out)
			}
		}
	})
}

// What ends a job ends its processes in any order, and the trainer may be the first.
func TestAnEndFromOutsideIsToldWhicheverProcessItReachesFirst(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		r := begin(t, shell, nil, "/bin/sh", "-c", "echo pid $$ here; exec sleep 1000")
		if err := r.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		r.says(t, "here")
		out, err := os.ReadFile(r.out)
		if err != nil {
			t.Fatal(err)
		}
		var pid int
		if _, err := fmt.Sscanf(string(out), "pid %d here", &pid); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		if err := errors.Join(syscall.Kill(pid, syscall.SIGTERM), r.cmd.Process.Signal(syscall.SIGTERM)); err != nil {
			t.Fatal(err)
		}
		if record, _ := r.end(t); record.Code != 143 || record.Why != "ended" {
			t.Errorf("%+v", record)
		}
	})
}

func TestTheScriptKillsWhatDoesNotEnd(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		r := begin(t, shell, nil, "/bin/sh", "-c", `trap '' TERM; echo waiting; while :; do sleep 0.1; done`)
		if err := r.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		r.says(t, "waiting")
		if err := os.WriteFile(filepath.Join(r.start, "stop"), []byte("1; touch x"), 0o600); err != nil { // no number: 30 s are the default
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(r.start, "stop"), []byte("1"), 0o600); err != nil {
			t.Fatal(err)
		}
		if record, _ := r.end(t); record.Code != 137 || record.Why != "stopped" {
			t.Errorf("%+v", record)
		}
	})
}

func TestTheScriptRunsWhereItsLogCannotBeWritten(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		r := begin(t, shell, []string{"TY_STALL=60"}, "/bin/sh", "-c", "echo hello")
		if err := os.MkdirAll(filepath.Join(r.dir, "log"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := r.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if record, out := r.end(t); record.Code != 0 || !strings.Contains(out, "hello\n") {
			t.Errorf("%+v, %q", record, out)
		}
	})
}

func TestFilesArriveAsTheyWere(t *testing.T) {
	here := t.TempDir()
	for _, name := range []string{"shard", "volume/seen"} {
		file := filepath.Join(here, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("rows of "+name), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	v := carry.Volumes{{There: "/there", Here: filepath.Join(here, "volume")}}
	packed, err := v.Pack([]launch.File{
		{Name: "a b/'$(id)'.yaml", Content: "x: 1\n"}, {Name: "train/shard", Link: filepath.Join(here, "shard")}, {Name: "train/seen", Link: filepath.Join(here, "volume", "seen")},
	}, 1<<20, "elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	r := begin(t, "sh", nil, "/bin/sh", "-c", `cat "a b/"*; cat train/shard; readlink train/seen`)
	if err := os.WriteFile(filepath.Join(r.start, "files.000"), packed, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if record, out := r.end(t); record.Code != 0 || out != "x: 1\nrows of shard/there/seen\n" {
		t.Errorf("%+v, %q", record, out)
	}
}
