package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/files"
)

// A place is where in the job this process runs, as Slurm's variables tell.
type place struct {
	job     string // 12, or 12_3
	number  int    // of the job itself, also for an element of an array
	restart int
	rank    int
}

func placed() (place, error) {
	p := place{job: os.Getenv("SLURM_JOB_ID")}
	number, err := strconv.Atoi(p.job)
	if err != nil {
		return p, fmt.Errorf("SLURM_JOB_ID is %q: this runs inside a Slurm job only", p.job)
	}
	p.number = number
	if array := os.Getenv("SLURM_ARRAY_JOB_ID"); array != "" {
		p.job = array + "_" + os.Getenv("SLURM_ARRAY_TASK_ID")
	}
	// Not set is 0: the first start, the first node.
	p.restart, _ = strconv.Atoi(os.Getenv("SLURM_RESTART_COUNT"))
	p.rank, _ = strconv.Atoi(os.Getenv("SLURM_NODEID"))
	return p, nil
}

// Claim makes the attempt in dir this job's, and readies the directory of a restart. An
// error means that the job must not start anything.
func Claim(ctx context.Context, dir string) error {
	p, err := placed()
	if err != nil {
		return err
	}
	job, err := readJob(dir)
	if err != nil {
		return err
	}
	if err := pass(dir, p.job); err != nil {
		return err
	}
	orders, err := ReadOrders(dir)
	switch {
	case err != nil:
		return err
	case !orders.Stop.At.IsZero():
		return errors.New("its end was asked for before it started")
	case p.restart == 0:
		return nil
	}
	return p.reopen(ctx, dir, job)
}

// pass claims the gate, or finds that this job has claimed it before.
func pass(dir, job string) error {
	err := files.ClaimJSON(dir, GateName, Gate{Job: job})
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	var gate Gate
	if _, err := files.ReadJSON(dir, GateName, &gate); err != nil {
		return err
	}
	switch gate.Job {
	case job:
		return nil
	case "":
		return errors.New("the attempt was closed before this job started: its submission was given up")
	}
	return fmt.Errorf("the attempt belongs to job %s", gate.Job)
}

// reopen readies the directory of a restart, whose number is its claim.
func (p place) reopen(ctx context.Context, dir string, job Job) error {
	if !job.Requeue && p.anyStarted(dir) {
		return fmt.Errorf("restart %d of a job whose place does not allow any: set requeue", p.restart)
	}
	if err := begin(dir, p.restart); err != nil {
		return err
	}
	try := TryDir(dir, p.restart)
	if err := os.Mkdir(filepath.FromSlash(try), 0o700); err != nil {
		return err
	}
	awaitEnd(ctx, TryDir(dir, p.restart-1), job.Task.Grace)
	if err := p.takeCheckpoints(dir, try, job.Task.Command.OutputDir()); err != nil {
		return fmt.Errorf("take the checkpoints along: %w", err)
	}
	return attempt.Here("").Place(ctx, try, movedCommand(job.Task.Command, dir, try).Files)
}

// awaitEnd gives the start before, which ends itself when it reads that this one begins,
// its time to save. One whose node is dead writes no record, and is not waited for longer.
func awaitEnd(ctx context.Context, try string, grace time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, max(grace, leastGrace))
	defer cancel()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for started(try) {
		if _, err := os.Stat(filepath.FromSlash(path.Join(NodeDir(try, 0), ExitName))); err == nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

const leastGrace = 10 * time.Second

func (p place) anyStarted(dir string) bool {
	for earlier := range p.restart {
		if started(TryDir(dir, earlier)) {
			return true
		}
	}
	return false
}
