package smoke

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// resume continues from the newest checkpoint that is complete. A damaged one
// is passed over; one of another run is an error, since going on would mix the
// two.
func (r *run) resume() error {
	if err := r.sweep(); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	steps, err := checkpoints(r.cfg.OutputDir)
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	for _, step := range slices.Backward(steps) {
		dir := filepath.Join(r.cfg.OutputDir, checkpointPrefix+strconv.Itoa(step))
		at, err := r.load(dir)
		if err == nil && at.Run != r.at.Run {
			return r.another(dir, at.Run)
		}
		if err == nil {
			r.at, r.saved = at, step
			r.say("resumed from %s", dir)
			return nil
		}
		r.say("passed over %s: incomplete: %v", dir, err)
		r.model = r.fresh()
	}
	return r.resumeFrom(r.cfg.ResumeFrom)
}

// resumeFrom goes on from a checkpoint of another output directory, which is left
// as it is. One that cannot be read is an error: it was asked for by name.
func (r *run) resumeFrom(dir string) error {
	if dir == "" {
		return nil
	}
	at, err := r.load(dir)
	if err != nil {
		return fmt.Errorf("resume from %s: %w", dir, err)
	}
	if at.Run != r.at.Run {
		return r.another(dir, at.Run)
	}
	r.at, r.saved = at, at.Step
	r.say("resumed from %s", dir)
	return nil
}

func (r *run) another(dir string, its identity) error {
	return fmt.Errorf("resume: %s belongs to another run:\n  it has   %v\n  this has %v\nuse another output_dir, or remove the old one", dir, its, r.at.Run)
}

// sweep removes what a crash left of checkpoints being written or removed.
func (r *run) sweep() error {
	entries, err := os.ReadDir(r.cfg.OutputDir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), unfinishedPrefix) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(r.cfg.OutputDir, e.Name())))
		}
	}
	return err
}

// load fills the model from dir and returns the progress it was saved at. The
// run is compared before the tensors, whose shapes differ with the dataset.
func (r *run) load(dir string) (progress, error) {
	var at progress
	var state trainerState
	err := errors.Join(
		readJSON(filepath.Join(dir, "progress.json"), &at),
		readJSON(filepath.Join(dir, "trainer_state.json"), &state))
	if err != nil || at.Run != r.at.Run {
		return at, err
	}
	if want := checkpointPrefix + strconv.Itoa(at.Step); want != filepath.Base(dir) || state.GlobalStep != at.Step {
		return at, fmt.Errorf("progress.json is at step %d, trainer_state.json at %d", at.Step, state.GlobalStep)
	}
	at.History = state.LogHistory
	return at, errors.Join(
		readTensorFile(filepath.Join(dir, "model.safetensors"), r.model.weights()),
		readTensorFile(filepath.Join(dir, "optimizer.safetensors"), r.model.sums()))
}

func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func readTensorFile(path string, tensors []tensor) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := readTensors(bufio.NewReaderSize(f, 1<<20), tensors); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
