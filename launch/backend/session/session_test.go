package session

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/remote"
	"trainyard/launch/remote/boxtest"
)

func machine(t *testing.T, box *boxtest.Box, root string, path ...string) *Machine {
	t.Helper()
	line := remote.NewLine(box.Host())
	m := New(line, Place{Root: root, Path: path, Agent: binary.Path})
	t.Cleanup(func() { _ = m.Close(); _ = line.Close() })
	return m
}

// write puts a file into the box's home.
func write(t *testing.T, box *boxtest.Box, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(box.Home, name), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

func TestTheAgentIsBroughtOnce(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{NoSFTP: true})
	for range 2 {
		b, err := machine(t, box, "~/.trainyard").Box(t.Context())
		if err != nil || b.Root != "/root/.trainyard" || b.ID.Host != box.Name {
			t.Fatalf("%+v, %v", b, err)
		}
	}
	agents, err := filepath.Glob(filepath.Join(box.Home, ".trainyard", "agent-*"))
	if err != nil || len(agents) != 1 {
		t.Errorf("%v, %v", agents, err)
	}
	leavings, err := filepath.Glob(filepath.Join(box.Home, ".trainyard", ".agent-*"))
	if err != nil || len(leavings) != 0 {
		t.Errorf("%v, %v", leavings, err)
	}
}

func TestAShellThatSaysWordsIsNoHindrance(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	write(t, box, ".bashrc", "echo Welcome to the cluster; printf 'no newline at the end, '; echo also here >&2\n")
	if b, err := machine(t, box, "~/.trainyard").Box(t.Context()); err != nil || b.ID.Host != box.Name {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestAMachineThatCannotBeUsedSaysWhatToDo(t *testing.T) {
	const mount = "mkdir -p /root/.trainyard && mount -t tmpfs -o "
	for name, c := range map[string]struct {
		before, bashrc string
		wants          []string
		root           string
	}{
		"noexec":              {mount + "noexec tmpfs /root/.trainyard", "", []string{"noexec", "another root"}, ""},
		"no space":            {mount + "size=64k tmpfs /root/.trainyard", "", []string{"No space left"}, ""},
		"read only":           {"mkdir -p /root/ro && mount --bind /root/ro /root/ro && mount -o remount,bind,ro /root/ro", "", []string{"Read-only file system", "another root"}, "ro/.trainyard"},
		"another processor":   {"", "uname() { case $1 in -m) echo riscv64 ;; *) echo Linux ;; esac; }; export -f uname\n", []string{"riscv64", "x86_64"}, ""},
		"another system":      {"", "uname() { case $1 in -s) echo FreeBSD ;; *) echo x86_64 ;; esac; }; export -f uname\n", []string{"FreeBSD"}, ""},
		"a shell that leaves": {"", "echo no logins today; exit 0\n", []string{"no logins today"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			box := boxtest.Up(t, boxtest.Options{Before: c.before})
			if c.bashrc != "" {
				// sh reads no functions of bash's: the script is bash's own here.
				write(t, box, ".bashrc", c.bashrc)
				if strings.Contains(c.bashrc, "uname") {
					box.Sh(t, "mount --bind /bin/bash /bin/sh 2>/dev/null || mount --bind /bin/bash /bin/dash")
				}
			}
			_, err := machine(t, box, cmp.Or(c.root, "~/.trainyard")).Box(t.Context())
			if !errors.Is(err, ErrUnfit) {
				t.Fatalf("%v", err)
			}
			for _, want := range c.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v lacks %q", err, want)
				}
			}
		})
	}
}

// Of a root and of a path, no word reaches a shell.
func TestAnyDirectoryCanBeTheRoot(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	const nasty = `/root/a b'c $(touch /root/pwned) ;"d" & *`
	b, err := machine(t, box, nasty, "/opt/x y", "$(touch /root/pwned)", "';touch /root/pwned'").Box(t.Context())
	if err != nil || b.Root != nasty {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := os.Stat(filepath.Join(box.Home, "pwned")); err == nil {
		t.Error("a word reached the shell")
	}
}

func TestProgramsAreFoundInThePlacesPath(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	m := machine(t, box, "~/.trainyard", "/root/venv/bin")
	if err := os.MkdirAll(filepath.Join(box.Home, "venv", "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, box, "venv/bin/torchrun", "#!/bin/sh\n")
	if got, err := m.LookPath(t.Context(), "torchrun"); err != nil || got != "/root/venv/bin/torchrun" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := m.LookPath(t.Context(), "no-such-program"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestASessionThatWasCutIsOpenedAgain(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	m := machine(t, box, "~/.trainyard")
	if _, err := m.Hello(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		box.Sh(t, "pkill -9 -f '[a]gent-.* serve'")
		if _, err := m.Hello(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
