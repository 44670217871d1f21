package attempt

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/files"
)

// shell is an order whose trainer is a script.
func shell(t *testing.T, script string) Order {
	t.Helper()
	task := acting(t)
	task.Command.Argv = []string{"/bin/sh", "-c", script}
	return Order{Task: task}
}

// ordered starts an order on this machine.
func ordered(t *testing.T, m Machine, order Order) launch.Handle {
	t.Helper()
	h, err := m.Start(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestATrainerThatOutlastsItsDeadlineMaySaveAndHasFailed(t *testing.T) {
	order := Order{Task: acting(t, "save")}
	order.Deadline, order.Grace = 1500*time.Millisecond, time.Minute
	h := ordered(t, Here(""), order)
	s := waitEnded(t, Local{}, order.Dir, h)
	if s.State != launch.Failed || s.Code != 143 || !strings.Contains(s.Reason, "its deadline of 1.5s has passed") {
		t.Errorf("status %+v", s)
	}
	saved(t, Local{}, order.Dir, h)
	spec, err := os.ReadFile(filepath.Join(order.Dir, specName))
	if err != nil || !strings.Contains(string(spec), `"deadline_ns": 1500000000`) {
		t.Errorf("a deadline on the disk is a length of time: %s, %v", spec, err)
	}
}

func TestAStubbornTrainerIsKilledWhenTheGraceAfterItsDeadlineIsOver(t *testing.T) {
	order := Order{Task: acting(t, "stubborn")}
	order.Deadline, order.Grace = time.Second, 50*time.Millisecond
	if s := waitEnded(t, Local{}, order.Dir, ordered(t, Here(""), order)); s.State != launch.Failed || s.Signal != 9 {
		t.Errorf("status %+v", s)
	}
}

func TestATrainerIsEndedBeforeItCostsMoreThanItsBudget(t *testing.T) {
	order := Order{Task: acting(t, "wait"), PricePerHour: 3600, Budget: 103, Spent: 100}
	order.Grace = time.Second
	s := waitEnded(t, Local{}, order.Dir, ordered(t, Here(""), order))
	if s.State != launch.Failed || !strings.Contains(s.Reason, "more than its budget of 103.00") {
		t.Errorf("status %+v", s)
	}
	if cost := 100 + s.EndedAt.Sub(s.StartedAt).Seconds(); cost < 101 || exitOf(t, order.Dir).By != byBudget {
		t.Errorf("it cost %.2f", cost)
	}
	left := spec{PricePerHour: 2, Budget: 10, Spent: 4, Grace: time.Minute, Collect: time.Hour}.affordable()
	if want := 2*time.Hour - time.Minute; left != want {
		t.Errorf("%v are affordable, want %v", left, want)
	}
}

func TestAWarningAndATermOfThePlatformArePreemption(t *testing.T) {
	order := shell(t, `trap 'echo warned' USR1; trap 'echo saved; exit 143' TERM; echo waiting; while :; do sleep 0.05; done`)
	h := ordered(t, Here(""), order)
	says(t, Local{}, order.Dir, h, "waiting")
	if err := parse(t, h).signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	says(t, Local{}, order.Dir, h, "warned")
	if s := status(t, order.Dir, h); s.State != launch.Running {
		t.Errorf("after a warning: %+v", s)
	}
	if err := parse(t, h).signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s := waitEnded(t, Local{}, order.Dir, h)
	if s.State != launch.Preempted || s.Code != 143 || !strings.Contains(s.Reason, "its platform gave warning") {
		t.Errorf("status %+v", s)
	}
	saved(t, Local{}, order.Dir, h)
}

// USR1 ends a program that does not know it.
func TestAWarningReachesOnlyThoseWhoListen(t *testing.T) {
	order := shell(t, `trap '' TERM; sleep 1000 & echo waiting; wait`)
	h := ordered(t, Here(""), order)
	says(t, Local{}, order.Dir, h, "waiting")
	if err := parse(t, h).signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	askEnd(t, Local{}, order.Dir, h, 500*time.Millisecond)
	// The stop is answered after the warning: a trainer that it had ended would have its signal.
	if s := waitEnded(t, Local{}, order.Dir, h); s.State != launch.Cancelled || s.Signal == int(syscall.SIGUSR1) {
		t.Errorf("status %+v", s)
	}
}

func TestATrainerOfSeveralNodesKnowsItsPlace(t *testing.T) {
	order := shell(t, `env | grep -E '^(PET_)?(NNODES|NODE_RANK|MASTER_ADDR|MASTER_PORT|LOG_DIR|TEE)=' | sort`)
	order.Nodes, order.Rank, order.Master, order.MasterPort, order.RankLogs = 4, 2, "10.0.0.1", 29400, true
	h := ordered(t, Here(""), order)
	waitEnded(t, Local{}, order.Dir, h)
	want := "MASTER_ADDR=10.0.0.1\nMASTER_PORT=29400\nNNODES=4\nNODE_RANK=2\nPET_LOG_DIR=" + order.Dir + "/ranks\nPET_MASTER_ADDR=10.0.0.1\nPET_MASTER_PORT=29400\nPET_NNODES=4\nPET_NODE_RANK=2\nPET_TEE=3\n"
	if log := read(t, Local{}, order.Dir, h, launch.LogName, 0); log != want {
		t.Errorf("got\n%swant\n%s", log, want)
	}
}

func TestOrdersThatCannotBeCarriedOutAreRefusedBeforeTheClaim(t *testing.T) {
	for name, change := range map[string]func(*Order){
		"the command is empty": func(o *Order) { o.Command.Argv = nil },
		"where rank 0":         func(o *Order) { o.Nodes = 2 },
		"without a price":      func(o *Order) { o.Budget = 1 },
		"without a root":       func(o *Order) { o.Slots = 1 },
		"RUNPOD_API_KEY": func(o *Order) {
			o.Destroy = &Destroy{Method: "DELETE", URL: "https://x/y", Header: map[string]string{"Authorization": "Bearer ${RUNPOD_API_KEY}"}}
		},
		"which would stand": func(o *Order) {
			o.Destroy = &Destroy{Method: "DELETE", URL: "https://x/y", Header: map[string]string{"Authorization": "Bearer rpa_ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"}}
		},
		"want https":       func(o *Order) { o.Destroy = &Destroy{Method: "DELETE", URL: "http://example.com/y"} },
		"want one such as": func(o *Order) { o.Destroy = &Destroy{Method: "delete\n", URL: "https://x/y"} },
	} {
		order := Order{Task: acting(t, "exit", "0")}
		change(&order)
		if _, err := Here("").Start(t.Context(), order); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if !gone(order.Dir) {
			t.Errorf("%s: it was claimed", name)
		}
	}
}

func TestAClockThatWasSetDoesNotTakeTheGrace(t *testing.T) {
	for name, at := range map[string]time.Time{"an hour back": time.Now().Add(-time.Hour), "an hour on": time.Now().Add(time.Hour)} {
		s := supervisor{dir: t.TempDir()}
		if err := files.WriteJSON(s.dir, stopName, stopRequest{At: at, Grace: time.Minute}); err != nil {
			t.Fatal(err)
		}
		if grace := s.asked(syscall.SIGTERM); grace < 0 || grace > time.Minute || time.Until(s.stopBy) > time.Minute {
			t.Errorf("%s: %v", name, grace)
		}
	}
}

func TestAnAttemptOfAnEarlierSupervisorIsStillRead(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		specName: `{"run":"r","attempt":1,"argv":["x"],"dir":"/d","self":"/s"}`,
		exitName: `{"code":3,"started":"2026-01-01T00:00:00Z","ended":"2026-01-01T01:00:00Z","reason":"exited with code 3"}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const h = `{"pid":999999999,"start_time":"1","boot_id":"theirs","host":"elsewhere"}`
	if s := status(t, dir, h); s.State != launch.Failed || s.Code != 3 || s.EndedAt.Sub(s.StartedAt) != time.Hour {
		t.Errorf("status %+v", s)
	}
	// Its supervisor knows only the earlier signal of a full disk.
	if _, err := Here("").Open(context.Background(), dir, "none"); err == nil {
		t.Error("a file that is not there was opened")
	}
}

func TestTheExitRecordHasTheFreeRoomAndTheDiskIsWatched(t *testing.T) {
	order := Order{Task: acting(t, "wait"), MinFree: 1 << 60}
	h := ordered(t, Here(""), order)
	eventually(t, "the disk is told", func() bool { return strings.Contains(status(t, order.Dir, h).Reason, "GB free, less than") })
	askEnd(t, Local{}, order.Dir, h, 0)
	waitEnded(t, Local{}, order.Dir, h)
	if free := exitOf(t, order.Dir).Free; free == nil || *free <= 0 {
		t.Errorf("free %v", free)
	}
	watch := newDiskWatch(t.TempDir(), 1<<60)
	watch.look()
	watch.limit = 1
	watch.look()
	if words := Warning(watch.dir); words != "" || watch.warned {
		t.Errorf("with room again: %q", words)
	}
}
