package binary

import (
	"context"
	"debug/elf"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/task"
)

// maxAgent is what an agent may weigh, in bytes.
const maxAgent = 5_000_000

// needGo skips where no agent can be built.
func needGo(t *testing.T) string {
	t.Helper()
	root, err := source()
	if err != nil {
		t.Skip(err)
	}
	return root
}

func TestTheAgentIsASmallStaticProgramForBothArchitectures(t *testing.T) {
	needGo(t)
	for goarch, machine := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		file, err := For(t.Context(), "linux", goarch, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("linux/%s: %d bytes", goarch, file.Size)
		if file.Size > maxAgent {
			t.Errorf("linux/%s: %d bytes, at most %d", goarch, file.Size, maxAgent)
		}
		program, err := elf.Open(file.Path)
		if err != nil {
			t.Fatal(err)
		}
		if program.Machine != machine {
			t.Errorf("linux/%s is for %v", goarch, program.Machine)
		}
		if libraries, err := program.ImportedLibraries(); err != nil || len(libraries) > 0 {
			t.Errorf("linux/%s needs %v, %v", goarch, libraries, err)
		}
		if err := program.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestTheAgentHasNoLedgerAndNoWebServer(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "./launch/backend/attempt/agent")
	cmd.Dir = needGo(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for name := range strings.Lines(string(out)) {
		name = strings.TrimSpace(name)
		if room, found := strings.CutPrefix(name, "trainyard/"); found {
			ours = append(ours, room)
		}
		for _, heavy := range []string{"modernc.org", "database/sql", "net/http", "crypto/tls", "github.com/spf13", "github.com/google/uuid"} {
			if name == heavy || strings.HasPrefix(name, heavy+"/") {
				t.Errorf("it imports %s", name)
			}
		}
	}
	slices.Sort(ours)
	if !slices.Equal(ours, rooms) {
		t.Errorf("it is made of %v, and the cache looks at %v", ours, rooms)
	}
}

func TestAnAgentIsBuiltOnceForOneStateOfTheSource(t *testing.T) {
	needGo(t)
	cache := t.TempDir()
	first, err := For(t.Context(), "linux", "amd64", cache)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOROOT", "/nowhere") // a build would fail
	again, err := For(t.Context(), "linux", "amd64", cache)
	if err != nil || again != first {
		t.Errorf("%+v, then %+v, %v", first, again, err)
	}
	if err := os.WriteFile(first.Path, []byte("damaged"), 0o755); err != nil {
		t.Fatal(err)
	}
	if file, err := For(t.Context(), "linux", "amd64", cache); err == nil && file.Digest == first.Digest {
		t.Errorf("what is damaged passes for %+v", file)
	}
}

func TestWhereNoAgentCanBeBuiltTheWayOutIsTold(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := For(context.Background(), "plan9", "mips", t.TempDir())
	if !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "plan9/mips") || !strings.Contains(err.Error(), "take a release") {
		t.Errorf("%v", err)
	}
}

func TestAReleaseHasItsAgentsBesideTheProgram(t *testing.T) {
	root := needGo(t)
	dir := t.TempDir()
	if err := Pack(t.Context(), root, dir); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, machine := range Shipped {
		name := "agent-" + machine[0] + "-" + machine[1] + ".gz"
		beside := filepath.Join(filepath.Dir(self), name)
		packed, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(beside, packed, 0o600); err != nil {
			t.Skip("the test binary's directory cannot be written:", err)
		}
		t.Cleanup(func() { os.Remove(beside) })
		t.Logf("%s: %d bytes packed", name, len(packed))
	}
	t.Setenv("PATH", t.TempDir())
	for _, machine := range Shipped {
		if file, err := For(t.Context(), machine[0], machine[1], t.TempDir()); err != nil || file.Size < 1<<20 {
			t.Errorf("%v: %+v, %v", machine, file, err)
		}
	}
}

// The program itself, as it stands on a box: a session, and an attempt that goes on when
// the session is over.
func TestTheAgentRunsAnAttemptThatOutlivesItsSession(t *testing.T) {
	needGo(t)
	file, err := For(t.Context(), runtime.GOOS, runtime.GOARCH, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	order := attempt.Order{Task: task.Task{Run: "r", Attempt: 1, Dir: "runs/r/attempt-1", Self: file.Path, Command: task.Command{Argv: []string{"/bin/sh", "-c", "sleep 0.3; echo done"}}}}
	first := agentSession(t, file.Path, root)
	h, err := first.Start(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := agentSession(t, file.Path, root)
	if found, err := second.Find(t.Context(), order.Dir); err != nil || found != h {
		t.Errorf("found %q, %v; started %q", found, err, h)
	}
	var s task.Status
	for deadline := time.Now().Add(time.Minute); !s.State.Ended() && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if s, err = second.Status(t.Context(), order.Dir, h); err != nil {
			t.Fatal(err)
		}
	}
	if s.State != task.Succeeded || s.Code != 0 {
		t.Errorf("status %+v", s)
	}
	log, err := second.Open(t.Context(), order.Dir, task.LogName)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if text, err := io.ReadAll(log.From(0)); err != nil || string(text) != "done\n" {
		t.Errorf("log %q, %v", text, err)
	}
	if out, err := exec.Command(file.Path, "version").Output(); err != nil || !strings.HasPrefix(string(out), "trainyard agent, protocol 1") {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := exec.Command(file.Path, "launch").CombinedOutput(); err == nil {
		t.Errorf("it knows a command it should not: %q", out)
	}
}

// agentSession is `agent serve ROOT` as a process of its own.
func agentSession(t *testing.T, path, root string) attempt.Machine {
	t.Helper()
	cmd := exec.Command(path, "serve", root)
	cmd.Stderr = os.Stderr
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	m, err := attempt.Client(t.Context(), bothWays{out, in})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = m.Close() // it may be closed already
		if err := cmd.Wait(); err != nil {
			t.Error("the agent ended with:", err)
		}
	})
	return m
}

type bothWays struct {
	io.ReadCloser
	io.WriteCloser
}

func (p bothWays) Close() error { return errors.Join(p.WriteCloser.Close(), p.ReadCloser.Close()) }

func TestABuildIsToldAndWhatIsKeptIsNot(t *testing.T) {
	needGo(t)
	var told []string
	Tell = func(words string) { told = append(told, words) }
	t.Cleanup(func() { Tell = nil })
	cache := t.TempDir()
	for range 2 {
		if _, err := For(t.Context(), "linux", runtime.GOARCH, cache); err != nil {
			t.Fatal(err)
		}
	}
	if len(told) != 1 || !strings.Contains(told[0], "building the agent for linux/"+runtime.GOARCH) {
		t.Errorf("told %q", told)
	}
}
