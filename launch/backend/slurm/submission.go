package slurm

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/slurm/node"
)

// Names that only this side reads.
const (
	submissionName = "submission.json"
	jobName        = "slurm-job.json" // job.json is a file of the trainer command
	unseenName     = "unseen"
	scriptName     = "batch.sh"
	dirsName       = "dirs"
)

// A submission is what is about to be asked of Slurm, kept in the directory of every
// attempt of it: whatever dies after, the job is found by it.
type submission struct {
	Name  string    `json:"name"` // of the job
	Nonce string    `json:"nonce"`
	Asked time.Time `json:"asked"`
	Index *int      `json:"index,omitempty"` // of this attempt in the array
	Nodes int       `json:"nodes"`
	Out   string    `json:"out"` // what Slurm and the script say
}

// A batch is one call of sbatch: one attempt, or an array of them.
type batch struct {
	tasks []launch.Task // their Dir is that on the shared file system
	sub   submission
	array bool
}

// newBatch checks the tasks. All of an array ask for the same.
func (s *Slurm) newBatch(tasks []launch.Task, array bool) (batch, error) {
	b := batch{array: array}
	for _, t := range tasks {
		t.Dir, t.Nodes = s.dir(t.Dir), max(1, t.Nodes)
		if err := checkTask(t); err != nil {
			return b, err
		}
		if first := append(b.tasks, t)[0]; t.Nodes != first.Nodes || t.GPUs != first.GPUs || t.Self != first.Self || t.Deadline != first.Deadline || t.Grace != first.Grace {
			return b, fmt.Errorf("%s asks for other machines or another deadline than %s: an array is of one kind", t.Dir, first.Dir)
		}
		b.tasks = append(b.tasks, t)
	}
	if len(b.tasks) == 0 {
		return b, errors.New("there is nothing to start")
	}
	first := b.tasks[0]
	b.sub = submission{Name: fmt.Sprintf("ty-%s-a%d", first.Run, first.Attempt), Nonce: uuid.NewString(), Nodes: first.Nodes, Out: path.Join(first.Dir, "slurm-0.out")}
	if array {
		b.sub.Name += fmt.Sprintf("-x%d", len(tasks))
	}
	return b, nil
}

// harmless are the run ids that may stand in a job's name.
var harmless = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

func checkTask(t launch.Task) error {
	switch {
	case len(t.Command.Argv) == 0:
		return errors.New("the command is empty")
	case strings.ContainsAny(t.Dir+t.Self, "\n\r"):
		return fmt.Errorf("%q and %q: a path with a line break cannot be told to Slurm", t.Dir, t.Self)
	case !harmless.MatchString(t.Run):
		return fmt.Errorf("run %q: its id goes into a job's name", t.Run)
	}
	return checkFiles(t.Command.Files)
}

// claimed makes the directories and writes all that the job reads. An error leaves no
// attempt that could start: those that were claimed are closed.
func (b batch) claimed(ctx context.Context, m attempt.Machine, requeue bool) error {
	for i, t := range b.tasks {
		err := claim(ctx, m, t.Dir)
		if err == nil {
			err = b.write(ctx, m, i, requeue)
		}
		if err != nil {
			return errors.Join(err, b.closed(context.WithoutCancel(ctx), m, i))
		}
	}
	return nil
}

func (b batch) closed(ctx context.Context, m attempt.Machine, before int) (err error) {
	for _, t := range b.tasks[:before] {
		_, e := shut(ctx, m, t.Dir, b.sub.Nonce)
		err = errors.Join(err, e)
	}
	return err
}

// write fills the directory of one attempt; the submission comes last.
func (b batch) write(ctx context.Context, m attempt.Machine, i int, requeue bool) error {
	t, sub := b.tasks[i], b.sub
	if b.array {
		sub.Index = &i
		sub.Out = path.Join(b.tasks[0].Dir, fmt.Sprintf("slurm-%d.out", i))
	}
	if err := m.Place(ctx, t.Dir, t.Command.Files); err != nil {
		return err
	}
	if i == 0 {
		if err := m.Place(ctx, t.Dir, b.texts()); err != nil {
			return err
		}
	}
	return errors.Join(
		writeJSON(ctx, m, t.Dir, node.TaskName, node.Job{Task: t, Requeue: requeue}),
		m.Place(ctx, t.Dir, []launch.File{{Name: node.OrdersName}}),
		writeJSON(ctx, m, t.Dir, submissionName, sub),
	)
}

// texts are what the job is told: the script, and the directories of its attempts.
func (b batch) texts() []launch.File {
	var dirs strings.Builder
	for _, t := range b.tasks {
		dirs.WriteString(t.Dir + "\n")
	}
	return []launch.File{{Name: scriptName, Content: script}, {Name: dirsName, Content: dirs.String()}}
}
