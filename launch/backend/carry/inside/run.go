package inside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/files"
	"trainyard/launch/redact"
	"trainyard/launch/task"
)

// Run runs the attempt to its end, prints its log, leaves its record and gives the code
// to exit with.
func (b Box) Run(ctx context.Context, log io.Writer) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	masked := redact.NewWriter(log)
	r := b.run(ctx, signals, masked)
	_ = masked.Flush() // where it cannot be printed, the record still tells
	if r.Why == Unready || r.Why == Fenced {
		fmt.Fprintln(os.Stderr, "trainyard:", r.Reason)
	}
	if err := r.leave(b.Last); err != nil {
		fmt.Fprintln(os.Stderr, "trainyard: the record of the end:", err, string(r.text()))
	}
	return r.code()
}

func (b Box) run(ctx context.Context, signals <-chan os.Signal, log io.Writer) Record {
	order, err := b.order(ctx)
	if err == nil {
		f := follower{box: b, machine: attempt.Here(""), dir: order.Dir, log: teller{name: filepath.Join(order.Dir, task.LogName), to: log}}
		if f.handle, err = f.machine.Start(ctx, order); err == nil {
			return f.follow(ctx, signals)
		}
	}
	if errors.Is(err, task.ErrClaimed) {
		return Record{State: task.Preempted, Code: codeFenced, Why: Fenced, Reason: "another container has begun the attempt, and one attempt trains once: " + err.Error()}
	}
	return unready(err)
}

// ordered is the order as it came.
func (b Box) ordered() (order attempt.Order, err error) {
	if found, err := files.ReadJSON(b.Start, b.Cell+OrderName, &order); err != nil || !found {
		return order, errors.Join(fmt.Errorf("%s has no order", b.Start), err)
	}
	return order, nil
}

// progress is the file that its trainer tells in.
func (b Box) progress() (string, error) {
	order, err := b.ordered()
	return filepath.Join(order.Dir, order.Command.Progress), err
}

// order is the attempt as this container runs it. Only rank 0 tells how it goes, so only
// there silence means something.
func (b Box) order(ctx context.Context) (attempt.Order, error) {
	order, err := b.ordered()
	if err != nil {
		return order, err
	}
	results := order.Dir
	if err := b.place(ctx, results); err != nil {
		return order, err
	}
	order.Rank = b.Rank
	dir, err := b.records(results)
	if err != nil {
		return order, err
	}
	order.Dir = dir
	if order.Command.Dir == "" {
		order.Command.Dir = results
	}
	switch progress := order.Command.Progress; {
	case order.Rank > 0:
		order.StallAfter, order.Command.Progress = 0, ""
	case progress != "":
		order.Command.Progress, err = filepath.Rel(dir, filepath.Join(results, progress))
	}
	order.Self, _ = os.Executable() // a name for people: the supervisor is this program
	return order, err
}

// interval is how often a container looks at its trainer and at what it is asked for.
const interval = 250 * time.Millisecond

// A follower stands between the platform and the supervisor.
type follower struct {
	box     Box
	machine attempt.Machine
	dir     string // of the supervisor
	handle  task.Handle
	log     teller
	asked   bool
	outside bool
	said    string
}

func (f *follower) follow(ctx context.Context, signals <-chan os.Signal) Record {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		status, err := f.machine.Status(ctx, f.dir, f.handle)
		f.print()
		if err != nil {
			return unready(err)
		}
		if status.State.Ended() {
			return f.record(status)
		}
		f.say(status)
		select {
		case sig := <-signals:
			f.outside = true
			f.say(task.Status{Reason: errorText(attempt.Signal(f.handle, sig))})
		case <-tick.C:
			f.ask(ctx)
		}
	}
}

// record is made once all of the log is printed.
func (f *follower) record(s task.Status) Record {
	r := recordOf(s)
	if f.outside && r.State == task.Failed {
		r.Why = Outside
	}
	return r
}

// print copies what is new in the log. Where it cannot be printed, the trainer goes on.
func (f *follower) print() { _ = f.log.more() }

// say tells people, in the log that they read, what is wrong with a running attempt.
func (f *follower) say(s task.Status) {
	words := strings.TrimPrefix(s.Reason+"; "+s.Stall, "; ")
	if words = strings.TrimSuffix(words, "; "); words != "" && words != f.said {
		fmt.Fprintln(os.Stderr, "trainyard:", words)
		f.said = words
	}
}

func errorText(err error) string {
	if err == nil || errors.Is(err, os.ErrProcessDone) {
		return ""
	}
	return err.Error()
}

// ask looks for a request to end, and passes it on once.
func (f *follower) ask(ctx context.Context) {
	text, err := os.ReadFile(filepath.Join(f.box.Ask, StopName))
	if f.asked || err != nil || len(text) == 0 {
		return
	}
	if err := f.machine.Stop(ctx, f.dir, f.handle, grace(string(text))); err != nil {
		f.say(task.Status{Reason: err.Error()}) // again at the next look
		return
	}
	f.asked = true
}

// grace reads seconds, whatever stands in the file.
func grace(text string) time.Duration {
	seconds, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if err != nil {
		return 30 * time.Second
	}
	return time.Duration(seconds) * time.Second
}
