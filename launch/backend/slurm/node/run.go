package node

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"syscall"
	"time"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/task"
)

// CodeGoOn ends a node whose trainer was ended by a preemption that Slurm should put
// back into its queue: the batch script asks for that.
const CodeGoOn = 75

// interval is how often a node looks at the orders and at its trainer.
const interval = 500 * time.Millisecond

// A follower stands between Slurm and the supervisor of one node.
type follower struct {
	place
	dir, nodeDir string // of the attempt, and of this node's supervisor
	job          Job
	handle       task.Handle
	orders       Orders // those that were passed on
	log          func(format string, args ...any)
}

// Run runs the attempt on this node, tells on standard error what it does, and returns
// the code to exit with.
func Run(ctx context.Context, dir string) (code int, err error) {
	// Slurm sends them to every process of the job; the supervisor heeds them.
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	f := &follower{dir: dir, log: func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "trainyard: "+format+"\n", args...)
	}}
	if f.place, err = placed(); err != nil {
		return 1, err
	}
	if f.job, err = readJob(dir); err != nil {
		return 1, err
	}
	if err := f.start(ctx); err != nil {
		return 1, err
	}
	status, err := f.follow(ctx)
	if err != nil {
		return 1, err
	}
	return f.code(status), nil
}

func (f *follower) start(ctx context.Context) error {
	order, err := f.order()
	if err != nil {
		return err
	}
	f.log("node %s, rank %d of %d, restart %d", os.Getenv("SLURMD_NODENAME"), f.rank, max(1, f.job.Task.Nodes), f.restart)
	f.nodeDir = order.Dir
	f.handle, err = attempt.Here("").Start(ctx, order)
	return err
}

// order is the attempt as this node runs it. Its log and its supervisor have the
// directory of the node; the trainer works in the attempt's, as on one machine. Only
// rank 0 tells how it goes, so only there silence means something.
func (f *follower) order() (attempt.Order, error) {
	try := TryDir(f.dir, f.restart)
	t := f.job.Task
	t.Command = movedCommand(t.Command, f.dir, try)
	t.Command.Files = nil // they lie there
	if t.Command.Dir == "" {
		t.Command.Dir = filepath.FromSlash(try)
	}
	t.Dir = filepath.FromSlash(NodeDir(try, f.rank))
	if f.rank > 0 {
		t.StallAfter, t.Command.Progress = 0, ""
	} else if t.Command.Progress != "" {
		t.Command.Progress = path.Join("..", t.Command.Progress)
	}
	order := attempt.Order{Task: t, Rank: f.rank, MasterPort: masterPort(f.number)}
	if t.Nodes <= 1 {
		order.Command.Env = append(alone(f.number), order.Command.Env...)
		return order, nil
	}
	master, err := firstNode()
	order.Master = master
	return order, err
}

// follow passes orders on until the trainer has ended.
func (f *follower) follow(ctx context.Context) (task.Status, error) {
	box := attempt.Here("")
	tick := time.NewTicker(interval)
	defer tick.Stop()
	watch := newJobWatch(f.place, f.job.Task.Nodes)
	for {
		status, err := box.Status(ctx, f.nodeDir, f.handle)
		if err != nil || status.State.Ended() {
			return status, err
		}
		select {
		case <-ctx.Done():
			return status, context.Cause(ctx)
		case <-tick.C:
		}
		if watch.ended(ctx) {
			f.log("Slurm says that the job does not run here any more, so it ends")
			f.signal(syscall.SIGTERM)
		}
		now, err := ReadOrders(f.dir)
		if err != nil {
			continue // a file server that stutters
		}
		f.obey(ctx, box, now)
	}
}

// obey does what is new among the orders.
func (f *follower) obey(ctx context.Context, box attempt.Machine, now Orders) {
	before := f.orders
	f.orders = now
	if now.Stop != before.Stop {
		f.log("it is asked to end within %v", now.Stop.Grace)
		if err := box.Stop(ctx, f.nodeDir, f.handle, now.Stop.Grace); err != nil {
			f.orders.Stop = before.Stop // again at the next look
			f.log("%v", err)
		}
	}
	if _, told := before.Warned[f.restart]; !told {
		if _, warned := now.Warned[f.restart]; warned {
			f.warn()
		}
	}
	if now.Newest > f.restart && before.Newest <= f.restart {
		f.log("restart %d has begun, so this one (%d) ends", now.Newest, f.restart)
		f.signal(syscall.SIGTERM)
	}
}

func (f *follower) code(s task.Status) int {
	warning, warned := f.orders.Warned[f.restart]
	switch {
	case f.job.Requeue && warned && !warning.ForLimit() && s.State != task.Cancelled:
		return CodeGoOn
	case s.State == task.Succeeded:
		return 0
	case s.Code <= 0 || s.Code > 255 || s.Code == CodeGoOn:
		return 1
	}
	return s.Code
}
