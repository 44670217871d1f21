package smoke

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"trainyard/format/durable"
)

const (
	checkpointPrefix = "checkpoint-"
	unfinishedPrefix = "tmp-checkpoint-" // being written, or being removed
)

// save writes checkpoint-N for the step N just done. It becomes visible under
// that name by a rename after everything in it is on disk, so that a crash
// leaves no half of one.
func (r *run) save() error {
	name := strconv.Itoa(r.at.Step)
	tmp := filepath.Join(r.cfg.OutputDir, unfinishedPrefix+name)
	if err := errors.Join(os.RemoveAll(tmp), os.Mkdir(tmp, 0o777)); err != nil {
		return fmt.Errorf("save checkpoint: %w", err)
	}
	if err := r.writeState(tmp); err != nil {
		return fmt.Errorf("save checkpoint: %w", err)
	}
	if err := r.publish(tmp, filepath.Join(r.cfg.OutputDir, checkpointPrefix+name)); err != nil {
		return fmt.Errorf("save checkpoint: %w", err)
	}
	r.saved = r.at.Step
	r.say("step %d/%d  saved %s%s", r.at.Step, r.plan.steps, checkpointPrefix, name)
	return r.prune()
}

// publish renames tmp to final. A damaged checkpoint that the run passed over
// when it resumed may hold the name.
func (r *run) publish(tmp, final string) error {
	if err := os.RemoveAll(final); err != nil {
		return err
	}
	if err := errors.Join(durable.SyncDir(tmp), os.Rename(tmp, final)); err != nil {
		return err
	}
	return durable.SyncDir(r.cfg.OutputDir)
}

func (r *run) writeState(dir string) error {
	now := r.at
	now.Elapsed = r.elapsed()
	return errors.Join(
		r.writeModel(dir),
		writeFile(filepath.Join(dir, "optimizer.safetensors"), func(w io.Writer) error {
			return writeTensors(w, r.model.sums())
		}),
		writeJSON(filepath.Join(dir, "progress.json"), now),
		writeJSON(filepath.Join(dir, "trainer_state.json"), r.trainerState()),
	)
}

// writeModel writes what it takes to predict: the parameters, and the ids and
// counts that name their rows and rebuild the tree.
func (r *run) writeModel(dir string) error {
	return errors.Join(
		writeJSON(filepath.Join(dir, "vocabulary.json"), r.model.describe()),
		writeFile(filepath.Join(dir, "model.safetensors"), func(w io.Writer) error {
			return writeTensors(w, r.model.weights())
		}),
	)
}

// prune keeps the newest save_total_limit checkpoints. A doomed one loses its
// name first: half a checkpoint must not look like one.
func (r *run) prune() error {
	steps, err := checkpoints(r.cfg.OutputDir)
	if err != nil || r.cfg.SaveTotalLimit == 0 {
		return err
	}
	for len(steps) > r.cfg.SaveTotalLimit {
		name := strconv.Itoa(steps[0])
		doomed := filepath.Join(r.cfg.OutputDir, unfinishedPrefix+name)
		if err := os.Rename(filepath.Join(r.cfg.OutputDir, checkpointPrefix+name), doomed); err != nil {
			return fmt.Errorf("remove old checkpoint: %w", err)
		}
		if err := os.RemoveAll(doomed); err != nil {
			return fmt.Errorf("remove old checkpoint: %w", err)
		}
		steps = steps[1:]
	}
	return nil
}

// checkpoints lists the steps that dir has checkpoints of, oldest first.
func checkpoints(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var steps []int
	for _, e := range entries {
		digits, ok := strings.CutPrefix(e.Name(), checkpointPrefix)
		if step, err := strconv.Atoi(digits); ok && err == nil && e.IsDir() {
			steps = append(steps, step)
		}
	}
	slices.Sort(steps)
	return steps, nil
}
