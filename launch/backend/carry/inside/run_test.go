//go:build linux

package inside

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/carry"
	"trainyard/launch/files"
	"trainyard/launch/task"
)

func TestMain(m *testing.M) { backendtest.Main(m, attempt.Supervise) }

// A container is a box of directories of the test.
type container struct {
	Box
	results string
	signals chan os.Signal
	log     buffer
	order   attempt.Order
}

// buffer is written by one and read by another.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(data)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// contained is a container whose trainer plays a role.
func contained(t *testing.T, role ...string) *container {
	t.Helper()
	dir := t.TempDir()
	c := &container{Box: Box{Last: filepath.Join(dir, "last")}, results: filepath.Join(dir, "results"), signals: make(chan os.Signal, 1)}
	for _, at := range []struct {
		dir  *string
		name string
	}{{&c.Start, "start"}, {&c.Ask, "ask"}, {&c.Own, "own"}} {
		*at.dir = filepath.Join(dir, at.name)
		if err := os.Mkdir(*at.dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c.order.Run, c.order.Attempt, c.order.Dir, c.order.Grace = "run", 1, c.results, time.Minute
	c.order.Command.Argv = append([]string{backendtest.Self(t), "act"}, role...)
	return c
}

// shell has a script for a trainer.
func (c *container) shell(script string) { c.order.Command.Argv = []string{"/bin/sh", "-c", script} }

// begin runs the container, whose record comes by the channel.
func (c *container) begin(t *testing.T) <-chan Record {
	t.Helper()
	text, err := json.Marshal(c.order)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.Start, OrderName), text, 0o600); err != nil {
		t.Fatal(err)
	}
	end := make(chan Record, 1)
	go func() { end <- c.run(context.Background(), c.signals, &c.log) }()
	return end
}

func (c *container) says(t *testing.T, words string) {
	t.Helper()
	backendtest.Eventually(t, "it says "+words, func() bool { return strings.Contains(c.log.String(), words) })
}

func (c *container) ask(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.Ask, StopName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAContainerTellsHowItsTrainerEnded(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]struct {
		role  []string
		state launch.State
		code  int
	}{
		"exited with code 0":             {[]string{"exit", "0", "hello"}, launch.Succeeded, 0},
		"ValueError: no such column":     {[]string{"exit", "7", "ValueError: no such column"}, launch.Failed, 7},
		"killed by signal 9 (SIGKILL: a": {[]string{"raise", "9"}, launch.Failed, 137},
	} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			c := contained(t, want.role...)
			r := <-c.begin(t)
			if r.State != want.state || r.Code != want.code || r.code() != want.code || r.Why != "" || !strings.Contains(r.Reason, words) {
				t.Errorf("%+v", r)
			}
			if said := strings.Join(want.role[min(2, len(want.role)):], " "); strings.TrimSpace(c.log.String()) != said {
				t.Errorf("it printed %q", c.log.String())
			}
		})
	}
}

func TestAContainerEndsItsTrainerForEveryReason(t *testing.T) {
	t.Parallel()
	for name, try := range map[string]struct {
		change func(*container)
		act    func(*testing.T, *container)
		state  launch.State
		why    Why
		words  string
	}{
		"asked":    {nil, func(t *testing.T, c *container) { c.ask(t, "30\n") }, launch.Cancelled, "", "stopped on request"},
		"told":     {nil, func(_ *testing.T, c *container) { c.signals <- syscall.SIGTERM }, launch.Failed, Outside, "from outside"},
		"deadline": {func(c *container) { c.order.Deadline = time.Second }, nil, launch.Failed, "", "deadline of 1s"},
		"stall":    {func(c *container) { c.order.StallAfter = time.Second }, nil, launch.Failed, "", "told nothing for 1s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := contained(t)
			c.shell(`trap 'echo saved; exit 5' TERM; echo waiting; while :; do sleep 0.1; done`)
			if try.change != nil {
				try.change(c)
			}
			end := c.begin(t)
			c.says(t, "waiting")
			if try.act != nil {
				try.act(t, c)
			}
			if r := <-end; r.State != try.state || r.Code != 5 || r.Why != try.why || !strings.Contains(r.Reason, try.words) {
				t.Errorf("%+v", r)
			}
			if !strings.HasSuffix(c.log.String(), "saved\n") {
				t.Errorf("it printed %q", c.log.String())
			}
		})
	}
}

func TestARequestThatIsNoNumberGivesThirtySeconds(t *testing.T) {
	for text, want := range map[string]time.Duration{"7\n": 7 * time.Second, "0": 0, "1; touch x": 30 * time.Second, "-1": 30 * time.Second} {
		if got := grace(text); got != want {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestATrainerThatSavedWithCode0AtItsStallHasFailed(t *testing.T) {
	t.Parallel()
	c := contained(t)
	c.shell(`trap 'exit 0' TERM; while :; do sleep 0.1; done`)
	c.order.StallAfter = time.Second
	if r := <-c.begin(t); r.State != launch.Failed || r.Code != 0 || r.code() != 1 {
		t.Errorf("%+v, the container exits with %d", r, r.code())
	}
}

func TestOfTwoContainersOneTrains(t *testing.T) {
	for _, refuses := range []error{nil, errors.ErrUnsupported} {
		refusesRecords = func(dir string) error { return errors.Join(refuses, tryRecords(dir)) }
		t.Cleanup(func() { refusesRecords = tryRecords })
		c := contained(t, "exit", "0", "trained")
		if r := <-c.begin(t); r.State != launch.Succeeded {
			t.Fatalf("%+v", r)
		}
		if _, err := os.Stat(filepath.Join(c.results, "node-0", "exit.json")); (err == nil) != (refuses == nil) {
			t.Errorf("records there: %v", err)
		}
		c.Own = t.TempDir() // that of another container
		r := <-c.begin(t)
		if r.Why != Fenced || r.State != launch.Preempted || r.code() != 75 || strings.Count(c.log.String(), "trained") != 1 {
			t.Errorf("%+v, %q", r, c.log.String())
		}
	}
}

func TestAContainerWhoseSupervisorIsKilledLetsItsTrainerEnd(t *testing.T) {
	t.Parallel()
	c := contained(t)
	c.shell(`echo waiting; while ! [ -e go ]; do sleep 0.1; done; echo over`)
	end := c.begin(t)
	c.says(t, "waiting")
	var supervisor struct{ PID int }
	if _, err := files.ReadJSON(RecordsDir(c.results, 0), "supervisor.json", &supervisor); err != nil || supervisor.PID <= 0 {
		t.Fatal(supervisor, err)
	}
	if err := syscall.Kill(supervisor.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.results, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := <-end
	if r.State != launch.Failed || r.Code != -1 || r.code() != 1 || !strings.Contains(r.Reason, "vanished without an exit record") {
		t.Errorf("%+v", r)
	}
}

func TestFilesArriveAsTheyWere(t *testing.T) {
	t.Parallel()
	c := contained(t)
	here := t.TempDir()
	odd := "a b/'$(id)'.yaml"
	for _, name := range []string{"shard", "volume/seen"} {
		file := filepath.Join(here, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("rows \xff\x00 of "+name), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	packed, err := (carry.Volumes{{There: "/there", Here: filepath.Join(here, "volume")}}).Pack([]launch.File{
		{Name: odd, Content: "x: 1\n"}, {Name: "train/shard", Link: filepath.Join(here, "shard")}, {Name: "train/seen", Link: filepath.Join(here, "volume", "seen")},
	}, 1<<20, "elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	for i, piece := range [][]byte{packed[:10], packed[10:]} {
		if err := os.WriteFile(filepath.Join(c.Start, FilesName+string(rune('0'+i))), piece, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var racing sync.WaitGroup
	for range 8 { // nodes that share the directory
		racing.Go(func() {
			if err := c.place(t.Context(), c.results); err != nil {
				t.Error(err)
			}
		})
	}
	racing.Wait()
	c.shell(`cat "a b/"* train/shard; readlink train/seen`)
	if r := <-c.begin(t); r.State != launch.Succeeded || c.log.String() != "x: 1\nrows \xff\x00 of shard/there/seen\n" {
		t.Errorf("%+v, %q", r, c.log.String())
	}
}

func TestARankBesidesTheFirstMayBeSilent(t *testing.T) {
	t.Parallel()
	c := contained(t)
	c.Rank = 1
	c.shell(`sleep 3; echo "$NODE_RANK of $NNODES at $MASTER_ADDR:$MASTER_PORT, $PET_NODE_RANK"`)
	c.order.Nodes, c.order.Master, c.order.MasterPort, c.order.StallAfter = 2, "first", 29500, time.Second
	if r := <-c.begin(t); r.State != launch.Succeeded || c.log.String() != "1 of 2 at first:29500, 1\n" {
		t.Errorf("%+v, %q", r, c.log.String())
	}
	if _, err := os.Stat(filepath.Join(c.results, "node-1", "exit.json")); err != nil {
		t.Error(err)
	}
}

func TestAnOrderThatCannotBeCarriedOutIsTold(t *testing.T) {
	c := contained(t)
	c.order.Command.Argv = nil
	if r := <-c.begin(t); r.Why != Unready || r.code() != 126 || !strings.Contains(r.Reason, "the command is empty") {
		t.Errorf("%+v", r)
	}
}

func TestARecordFitsTheLastWords(t *testing.T) {
	long := Record{State: launch.Failed, Code: 1, Reason: strings.Repeat("\x01é漢", 5000), Error: strings.Repeat("\"", 9000)}
	last := filepath.Join(t.TempDir(), "last")
	if err := errors.Join(os.WriteFile(last, []byte(strings.Repeat("old", 4000)), 0o600), long.leave(last)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(last)
	if err != nil || len(text) > 4096 {
		t.Fatal(len(text), err)
	}
	if r, ok := ReadRecord(string(text)); !ok || r.Code != 1 || !strings.HasPrefix(r.Reason, "\x01é") {
		t.Errorf("%+v, %v", r, ok)
	}
	for _, other := range []string{"", "{}", "[]", "exec: no such file", `{"code":3}`} {
		if r, ok := ReadRecord(other); ok {
			t.Errorf("%q is %+v", other, r)
		}
	}
}

func TestAFileIsToldAsItGrowsAndWhenItBeginsAnew(t *testing.T) {
	name := filepath.Join(t.TempDir(), "progress")
	var out buffer
	tells := teller{name: name, to: &out}
	for _, text := range []string{"", "one\n", "one\ntwo", "one\ntwo\n", "new\n"} {
		if text != "" {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := tells.more(); err != nil {
			t.Fatal(err)
		}
	}
	if out.String() != "one\ntwo\nnew\n" {
		t.Errorf("%q", out.String())
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var again buffer
	if err := Tell(ended, name, &again); err != nil || again.String() != "new\n" {
		t.Errorf("%q, %v", again.String(), err)
	}
}

func TestAContainerOfABatchTakesTheOrderOfItsNumber(t *testing.T) {
	t.Parallel()
	c := contained(t)
	c.order.Command.Progress = "told"
	for i, words := range []string{"nought", "one"} {
		c.Cell = CellName(i)
		c.order.Dir = filepath.Join(c.results, words)
		c.shell("cat shared own")
		c.bring(t, c.Cell+OrderName, c.order)
		c.pack(t, c.Cell+FilesName, task.File{Name: "own", Content: words + "\n"})
	}
	c.pack(t, FilesName, task.File{Name: "shared", Content: "of all\n"})
	c.Cell = ""
	if b := c.numbered(2); b.Cell != "" || b.Rank != 2 {
		t.Errorf("a number without an order: %+v", b)
	}
	b := c.numbered(1)
	if r := b.run(t.Context(), c.signals, &c.log); r.State != launch.Succeeded || c.log.String() != "of all\none\n" {
		t.Errorf("%+v, which printed %q", r, c.log.String())
	}
	if _, err := os.Stat(RecordsDir(filepath.Join(c.results, "one"), 0)); err != nil {
		t.Error(err)
	}
	if file, err := b.progress(); err != nil || file != filepath.Join(c.results, "one", "told") {
		t.Errorf("it tells in %q, %v", file, err)
	}
}

// bring puts what the platform does into the container.
func (c *container) bring(t *testing.T, name string, v any) {
	t.Helper()
	if err := files.WriteJSON(c.Start, name, v); err != nil {
		t.Fatal(err)
	}
}

func (c *container) pack(t *testing.T, name string, list ...task.File) {
	t.Helper()
	data, err := carry.Volumes{}.Pack(list, 1<<20, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.Start, name+"000"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
