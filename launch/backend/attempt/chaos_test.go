package attempt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
)

// starts counts how often the trainer of an attempt was started: it says so first.
func starts(t *testing.T, dir string) int {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(dir, launch.LogName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Count(string(log), "waiting")
}

// serving is a machine behind a process of its own, which can be killed.
func serving(t *testing.T, root string, env ...string) (Machine, *exec.Cmd) {
	t.Helper()
	cmd := exec.Command(self(t), "serve", root)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	m, err := Client(t.Context(), twoWay{out, in})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = m.Close() // it may be dead
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return m, cmd
}

// twoWay is a pipe each way.
type twoWay struct {
	io.ReadCloser
	io.WriteCloser
}

func (p twoWay) Close() error { return errors.Join(p.WriteCloser.Close(), p.ReadCloser.Close()) }

// truth looks at an attempt after something was killed, ends what runs of it, and
// demands that it is known what became of it: it never started, or it was started once
// and ends.
func truth(t *testing.T, dir string) (state launch.State, started int) {
	t.Helper()
	b := Local{}
	h, err := b.Find(t.Context(), dir)
	if errors.Is(err, launch.ErrNeverStarted) {
		// What comes late finds the claim taken.
		out, err := exec.Command(self(t), "supervise", dir).CombinedOutput()
		if err == nil {
			t.Errorf("a late supervisor ran: %s", out)
		}
		eventually(t, "a supervisor that was on its way has given up", func() bool { return len(left(dir)) == 0 })
		if n := starts(t, dir); n != 0 {
			t.Errorf("never started, and %d starts", n)
		}
		return "", 0
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Start(t.Context(), launch.Task{Dir: dir, Self: self(t), Command: launch.Command{Argv: []string{self(t), "act", "wait"}}}); !errors.Is(err, launch.ErrClaimed) {
		t.Errorf("started again: %v", err)
	}
	if err := b.Stop(t.Context(), dir, h, 0); err != nil {
		t.Error(err)
	}
	s := waitEnded(t, b, dir, h)
	eventually(t, "nothing is left", func() bool { return len(left(dir)) == 0 })
	n := starts(t, dir)
	if n > 0 && s.StartedAt.IsZero() {
		t.Errorf("%s, started %d times, and no time of a start", s.State, n)
	}
	return s.State, n
}

func TestASupervisorKilledAtAnyStepLeavesTheTruth(t *testing.T) {
	killed, double := 0, 0
	for point, want := range map[string]struct {
		states string
		starts string
	}{
		"heard":        {"", "0"},
		"reserved":     {"", "0"},
		"locked":       {"", "0"},
		"claimed":      {"lost cancelled", "0"},
		"started":      {"lost cancelled", "0 1"},
		"written down": {"lost cancelled", "0 1"},
		"ended":        {"lost", "1"},
		"filled":       {"lost", "1"},
		"recorded":     {"failed", "1"},
	} {
		t.Run(point, func(t *testing.T) {
			task := acting(t, "wait")
			task.Command.Env = []launch.Env{{Name: dieAt, Value: point}}
			h, err := Local{}.Start(t.Context(), task)
			if err == nil && (point == "ended" || point == "filled" || point == "recorded") {
				says(t, Local{}, task.Dir, h, "waiting")
				killTrainer(t, task.Dir)
			}
			// One that does not come to its point lives as long as its trainer.
			eventually(t, "the supervisor dies", func() bool { return len(supervisorsOf(task.Dir)) == 0 })
			killed++
			state, n := truth(t, task.Dir)
			if n > 1 {
				double++
			}
			if !strings.Contains(want.states, string(state)) || !strings.Contains(want.starts, fmt.Sprint(n)) {
				t.Errorf("%s, started %d times", state, n)
			}
		})
	}
	t.Logf("%d supervisors killed at a step, %d double starts", killed, double)
}

func TestAnAgentKilledAtAnyStepOfAStartLeavesTheTruth(t *testing.T) {
	for point, mayStart := range map[string]bool{"made": false, "prepared": false, "spawned": true} {
		t.Run(point, func(t *testing.T) {
			root := t.TempDir()
			m, _ := serving(t, root, dieAt+"="+point)
			task := acting(t, "wait")
			task.Command.Env = []launch.Env{{Name: dieAt, Value: "none"}}
			if h, err := m.Start(t.Context(), Order{Task: task}); !errors.Is(err, ErrDisconnected) {
				t.Fatalf("%q, %v", h, err)
			}
			state, n := truth(t, task.Dir)
			if n > 1 || (state != "" || n > 0) && !mayStart {
				t.Errorf("%q, started %d times", state, n)
			}
		})
	}
}

// A trainer that is killed at any moment, as for want of memory, has failed by that.
func TestATrainerKilledAtRandomHasFailedOnce(t *testing.T) {
	const rounds = 12
	rng := rand.New(rand.NewPCG(3, 5))
	for range rounds {
		task := acting(t, "wait")
		h := start(t, Local{}, task)
		eventually(t, "the trainer is written down", func() bool { _, err := os.Stat(filepath.Join(task.Dir, trainerName)); return err == nil })
		time.Sleep(time.Duration(rng.IntN(40)) * time.Millisecond) // the moment is the test's input
		killTrainer(t, task.Dir)
		if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Failed || s.Signal != 9 {
			t.Errorf("status %+v", s)
		}
		if n := starts(t, task.Dir); n > 1 {
			t.Errorf("started %d times", n)
		}
	}
	t.Logf("%d trainers killed at random, all failed by the signal", rounds)
}

// Killed at any moment, not only between steps.
func TestASupervisorKilledAtRandomLeavesTheTruth(t *testing.T) {
	const rounds = 12
	rng := rand.New(rand.NewPCG(7, 11))
	states, double, killed := map[launch.State]int{}, 0, 0
	for range rounds {
		task := acting(t, "wait")
		var starting sync.WaitGroup
		starting.Go(func() { _, _ = Local{}.Start(t.Context(), task) }) // it may be killed meanwhile
		eventually(t, "there is a supervisor", func() bool { return len(supervisorsOf(task.Dir)) > 0 })
		time.Sleep(time.Duration(rng.IntN(60)) * time.Millisecond) // the moment is the test's input
		hit := false
		for _, pid := range supervisorsOf(task.Dir) {
			hit = syscall.Kill(pid, syscall.SIGKILL) == nil || hit
		}
		if hit {
			killed++
		}
		starting.Wait()
		state, n := truth(t, task.Dir)
		if states[state]++; n > 1 {
			double++
		}
	}
	if double > 0 || killed < rounds {
		t.Errorf("%d of %d were killed, %d started twice", killed, rounds, double)
	}
	t.Logf("%d killed at random: %v, %d double starts", killed, states, double)
}

// supervisorsOf finds them by their arguments.
func supervisorsOf(dir string) (pids []int) {
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil
	}
	for _, name := range names {
		line, err := os.ReadFile(name)
		pid, errPID := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if errors.Join(err, errPID) == nil && strings.HasSuffix(string(line), "supervise\x00"+dir+"\x00") {
			pids = append(pids, pid)
		}
	}
	return pids
}

func TestOfManyStartsOverOneAndOverManySessionsExactlyOneStarts(t *testing.T) {
	const racers, rounds = 8, 3
	root := t.TempDir()
	one, _ := serving(t, root)
	var several []Machine
	for range racers {
		m, _ := serving(t, root)
		several = append(several, m)
	}
	winners := 0
	for name, machine := range map[string]func(int) Machine{
		"one session":      func(int) Machine { return one },
		"several sessions": func(i int) Machine { return several[i] },
	} {
		for range rounds {
			task := acting(t, "wait")
			won := make(chan launch.Handle, racers)
			var racing sync.WaitGroup
			for i := range racers {
				racing.Go(func() {
					h, err := machine(i).Start(t.Context(), Order{Task: task})
					if err == nil {
						won <- h
					} else if !errors.Is(err, launch.ErrClaimed) {
						t.Errorf("%s: a loser got %v", name, err)
					}
				})
			}
			racing.Wait()
			if len(won) != 1 {
				t.Fatalf("%s: %d won", name, len(won))
			}
			winners++
			says(t, Local{}, task.Dir, <-won, "waiting")
			if n := starts(t, task.Dir); n != 1 {
				t.Errorf("%s: started %d times", name, n)
			}
		}
	}
	t.Logf("%d races of %d starts, %d winners", 2*rounds, racers, winners)
}

// cutting ends a session after so many bytes in one direction.
type cutting struct {
	io.ReadWriteCloser
	lock        sync.Mutex
	read, write int // bytes that still pass; negative: all
}

var errCut = errors.New("the cable is out")

func (c *cutting) pass(left *int, n int) int {
	c.lock.Lock()
	defer c.lock.Unlock()
	if *left < 0 {
		return n
	}
	n = min(n, *left)
	*left -= n
	return n
}

func (c *cutting) Write(p []byte) (int, error) {
	n := c.pass(&c.write, len(p))
	n, err := c.ReadWriteCloser.Write(p[:n])
	if err == nil && n < len(p) {
		err = errors.Join(errCut, c.Close())
	}
	return n, err
}

func (c *cutting) Read(p []byte) (int, error) {
	n, err := c.ReadWriteCloser.Read(p[:1])
	if err == nil && c.pass(&c.read, n) < n {
		return 0, errors.Join(errCut, c.Close())
	}
	return n, err
}

// startCut starts an attempt over a session that is cut after bytes of the request, or of
// the answer, and reports how many went through in all.
func startCut(t *testing.T, root string, order Order, request, reply int) (sent, got int, err error) {
	t.Helper()
	ours, theirs := connection(t)
	served := make(chan error, 1)
	go func() { served <- Serve(context.Background(), theirs, theirs, root) }()
	line := &cutting{ReadWriteCloser: ours, read: -1, write: -1}
	m, err := Client(t.Context(), line)
	if err != nil {
		t.Fatal(err)
	}
	const many = 1 << 30
	limit := func(n int) int {
		if n < 0 {
			return many
		}
		return n
	}
	line.lock.Lock()
	line.read, line.write = limit(reply), limit(request)
	line.lock.Unlock()
	_, err = m.Start(t.Context(), order)
	line.lock.Lock()
	sent, got = many-line.write, many-line.read
	line.lock.Unlock()
	_ = m.Close() // cut before
	_ = theirs.Close()
	if err := <-served; err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, syscall.ECONNRESET) {
		t.Error("the session ended with:", err)
	}
	return sent, got, err
}

// connection is both ends of a connection with buffers, as a real one has.
func connection(t testing.TB) (ours, theirs io.ReadWriteCloser) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ours, errOurs := net.Dial("tcp", listener.Addr().String())
	theirs, errTheirs := listener.Accept()
	if err := errors.Join(errOurs, errTheirs); err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

// A connection may die at any byte of a start.
func TestASessionCutAtAnyByteOfAStartLosesNothingAndStartsNothingTwice(t *testing.T) {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		t.Setenv("TMPDIR", "/dev/shm") // a thousand attempts with all their syncs
	}
	root := t.TempDir()
	order := func() Order {
		task := acting(t)
		task.Command.Argv = []string{"/bin/sh", "-c", "echo waiting"}
		return Order{Task: task}
	}
	sent, got, err := startCut(t, root, order(), -1, -1)
	if err != nil {
		t.Fatal(err)
	}
	stride := 29
	if os.Getenv("TRAINYARD_EVERY_BYTE") != "" {
		stride = 1 // minutes
	}
	states := map[launch.State]int{}
	cut := func(request, reply int) {
		o := order()
		_, _, err := startCut(t, root, o, request, reply)
		if !errors.Is(err, ErrDisconnected) {
			t.Errorf("cut at %d, %d: %v", request, reply, err)
		}
		h, err := Local{}.Find(t.Context(), o.Dir)
		var state launch.State
		if err == nil {
			state = waitEnded(t, Local{}, o.Dir, h).State
		} else if !errors.Is(err, launch.ErrNeverStarted) {
			t.Errorf("cut at %d, %d: find: %v", request, reply, err)
		}
		states[state]++
		if n := starts(t, o.Dir); n > 1 || n == 1 && state != launch.Succeeded || n == 0 && state == launch.Succeeded {
			t.Errorf("cut at %d, %d: %q, started %d times", request, reply, state, n)
		}
	}
	for at := 0; at < sent-1; at += stride {
		cut(at, -1)
	}
	started := states[launch.Succeeded]
	if started > 0 {
		t.Errorf("%d halves of a request were carried out", started)
	}
	for at := 0; at < got-1; at += stride {
		cut(-1, at)
	}
	t.Logf("cut at %d bytes of a request of %d and an answer of %d: %d never started, %d succeeded once", states[""]+states[launch.Succeeded], sent, got, states[""], states[launch.Succeeded])
	if states[launch.Succeeded] == 0 {
		t.Error("no cut of an answer left a run to find")
	}
}
