package stage

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/task"
)

// A counted machine is this one, and counts what is put.
type counted struct {
	attempt.Machine
	bytes *atomic.Int64
	fail  *atomic.Int64 // puts that are cut
}

func (c counted) Put(ctx context.Context, digest string, size, offset int64, data []byte) error {
	if c.fail != nil && c.fail.Add(-1) >= 0 {
		return attempt.ErrDisconnected
	}
	c.bytes.Add(int64(len(data)))
	return c.Machine.Put(ctx, digest, size, offset, data)
}

func machine(t *testing.T) (counted, string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	return counted{Machine: attempt.Here(root), bytes: new(atomic.Int64)}, root
}

func write(t *testing.T, name string, data []byte, mode fs.FileMode) string {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, data, mode)); err != nil {
		t.Fatal(err)
	}
	return name
}

func bring(t *testing.T, m attempt.Machine, cmd task.Command) task.Command {
	t.Helper()
	self := write(t, filepath.Join(t.TempDir(), "self"), []byte("#!/bin/sh\necho self\n"), 0o700)
	got, err := New(m).Bring(t.Context(), Bringing{Command: cmd, Site: Site{Root: "~/.trainyard", Self: "~/.trainyard/bin/trainyard"}, Self: self})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestACommandFindsThereWhatItHadHere(t *testing.T) {
	m, root := machine(t)
	shard := write(t, filepath.Join(t.TempDir(), "shard"), bytes.Repeat([]byte("rows"), 1<<20), 0o600)
	code := t.TempDir()
	write(t, filepath.Join(code, "train.py"), []byte("import part.model"), 0o600)
	write(t, filepath.Join(code, "part", "model.py"), []byte("x = 1"), 0o600)
	write(t, filepath.Join(code, "run.sh"), []byte("#!/bin/sh\necho run\n"), 0o700)
	write(t, filepath.Join(code, ".git", "HEAD"), []byte("secret history"), 0o600)
	if err := os.Symlink("part/model.py", filepath.Join(code, "link.py")); err != nil {
		t.Fatal(err)
	}
	cmd := task.Command{
		Argv: []string{"~/.trainyard/bin/trainyard", "--config", "~/.trainyard/runs/r/attempt-1/x.yaml"},
		Env:  []task.Env{{Name: "OUT", Value: "~/.trainyard/runs/r/attempt-1/out"}},
		Dir:  code,
		Files: []task.File{
			{Name: "train/shard", Link: shard}, {Name: "x.yaml", Content: "out: ~/.trainyard/runs/r/attempt-1/out\n"},
			{Name: "old", Link: "~/.trainyard/runs/r/attempt-0/out"},
		},
	}
	got := bring(t, m, cmd)
	if out, err := exec.Command(got.Argv[0]).Output(); err != nil || string(out) != "self\n" {
		t.Errorf("%s says %q, %v", got.Argv[0], out, err)
	}
	if got.Argv[2] != root+"/runs/r/attempt-1/x.yaml" || got.Env[0].Value != root+"/runs/r/attempt-1/out" || got.Files[1].Content != "out: "+root+"/runs/r/attempt-1/out\n" || got.Files[2].Link != root+"/runs/r/attempt-0/out" {
		t.Errorf("%+v", got)
	}
	if data, err := os.ReadFile(got.Files[0].Link); err != nil || len(data) != 4<<20 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	for name, want := range map[string]string{"train.py": "import part.model", "part/model.py": "x = 1", "link.py": "x = 1"} {
		if data, err := os.ReadFile(filepath.Join(got.Dir, name)); err != nil || string(data) != want {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if out, err := exec.Command(filepath.Join(got.Dir, "run.sh")).Output(); err != nil || string(out) != "run\n" {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := os.Stat(filepath.Join(got.Dir, ".git")); err == nil {
		t.Error(".git came along")
	}
	before := m.bytes.Load()
	again := bring(t, m, cmd)
	if again.Dir != got.Dir || m.bytes.Load() != before {
		t.Errorf("what was there came again: %d bytes", m.bytes.Load()-before)
	}
}

func TestWhatIsNotHereIsRefused(t *testing.T) {
	m, _ := machine(t)
	_, err := New(m).Bring(t.Context(), Bringing{Command: task.Command{Argv: []string{"x"}, Files: []task.File{{Name: "a", Link: "/no/such/shard"}}}, Site: Site{Root: "~/t", Self: "~/t/s"}})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "/no/such/shard") {
		t.Errorf("%v", err)
	}
}

func TestLaunchesThatMeetShareOneUpload(t *testing.T) {
	m, _ := machine(t)
	shard := write(t, filepath.Join(t.TempDir(), "shard"), bytes.Repeat([]byte("rows"), 4<<20), 0o600)
	s := New(m)
	var meeting sync.WaitGroup
	for range 8 {
		meeting.Go(func() {
			_, err := s.Bring(t.Context(), Bringing{Command: task.Command{Files: []task.File{{Name: "s", Link: shard}}}, Site: Site{Root: "~/t", Self: "~/t/s"}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	meeting.Wait()
	if got := m.bytes.Load(); got != 16<<20 {
		t.Errorf("%d bytes went", got)
	}
}

// A stager of its own is what another process has: the lock is of the file, in any process that opens it.
func TestProcessesTakeTurnsAtBringingAnObject(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	m, _ := machine(t)
	const size = 24 << 20
	shard := write(t, filepath.Join(t.TempDir(), "shard"), bytes.Repeat([]byte("rows"), size/4), 0o600)
	var meeting sync.WaitGroup
	for range 4 {
		meeting.Go(func() {
			var last Progress
			_, err := New(m).Turns("gpu1").Bring(t.Context(), Bringing{
				Command: task.Command{Files: []task.File{{Name: "s", Link: shard}}}, Site: Site{Root: "~/t", Self: "~/t/s"},
				Tell: func(p Progress) { last = p },
			})
			if err != nil || last.Done != size || last.Total != size {
				t.Errorf("%+v, %v", last, err)
			}
		})
	}
	meeting.Wait()
	if got := m.bytes.Load(); got != size {
		t.Errorf("%d bytes went, of %d", got, size)
	}
}

func TestProgressTellsEveryByteOnceThoughItIsCut(t *testing.T) {
	m, _ := machine(t)
	m.fail = new(atomic.Int64)
	m.fail.Store(2)
	shard := write(t, filepath.Join(t.TempDir(), "shard"), bytes.Repeat([]byte("rows"), 8<<20), 0o600)
	var last Progress
	_, err := New(m).Bring(t.Context(), Bringing{
		Command: task.Command{Files: []task.File{{Name: "s", Link: shard}}}, Site: Site{Root: "~/t", Self: "~/t/s"},
		Tell: func(p Progress) { last = p },
	})
	if err != nil || last.Done != 32<<20 || last.Total != 32<<20 {
		t.Errorf("%+v, %v", last, err)
	}
}

func TestAFileThatChangedIsAnotherObject(t *testing.T) {
	m, _ := machine(t)
	shard := write(t, filepath.Join(t.TempDir(), "shard"), []byte("one"), 0o600)
	cmd := task.Command{Files: []task.File{{Name: "s", Link: shard}}}
	first := bring(t, m, cmd)
	write(t, shard, []byte("two!"), 0o600)
	second := bring(t, m, cmd)
	if data, err := os.ReadFile(second.Files[0].Link); err != nil || string(data) != "two!" || first.Files[0].Link == second.Files[0].Link {
		t.Errorf("%q, %v", data, err)
	}
}

func TestALinkToADirectoryElsewhereIsRefused(t *testing.T) {
	m, _ := machine(t)
	code := t.TempDir()
	if err := os.Symlink("/etc", filepath.Join(code, "etc")); err != nil {
		t.Fatal(err)
	}
	_, err := New(m).Bring(t.Context(), Bringing{Command: task.Command{Dir: code}, Site: Site{Root: "~/t", Self: "~/t/s"}})
	if err == nil || !strings.Contains(err.Error(), "etc") {
		t.Errorf("%v", err)
	}
}
