package launch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// stateName is the file in which transformers keeps its whole curve
// (trainer_callback.py, TrainerState): in the newest checkpoint, and at the end
// in the output directory.
const stateName = "trainer_state.json"

// maxState is the largest trainer_state.json that is read: 1,000,000 entries.
const maxState = 256 << 20

// A trainerState is what trainyard reads of the file.
type trainerState struct {
	step, total int64
	curve       []Metric
}

// newestState finds the newest trainer_state.json of an attempt, as a name from
// the attempt's directory on; empty where there is none.
func newestState(ctx context.Context, backend Backend, dir string, run Run) (string, error) {
	entries, err := backend.List(ctx, dir, run.Handle, run.Output)
	if err != nil {
		return "", unlessMissing(err)
	}
	newest, found := -1, ""
	for _, e := range entries {
		switch {
		case !e.Dir && e.Name == stateName:
			return path.Join(run.Output, stateName), nil
		case e.Dir:
			number, isCheckpoint := strings.CutPrefix(e.Name, checkpointPrefix)
			if n, err := strconv.Atoi(number); isCheckpoint && err == nil && n > newest {
				newest, found = n, path.Join(run.Output, e.Name, stateName)
			}
		}
	}
	return found, nil
}

// savedStep is the step of the checkpoint that a file lies in; nil for none.
func savedStep(name string) *int64 {
	number, isCheckpoint := strings.CutPrefix(path.Base(path.Dir(name)), checkpointPrefix)
	n, err := strconv.ParseInt(number, 10, 64)
	if !isCheckpoint || err != nil {
		return nil
	}
	return &n
}

// own is the curve of the attempt itself, without what it was resumed from.
func (s trainerState) own(run Run) []Metric {
	var own []Metric
	for _, m := range s.curve {
		if run.ResumedStep == nil || m.Step > *run.ResumedStep {
			m.TotalSteps = s.total
			own = append(own, m)
		}
	}
	return own
}

// checkpointPrefix is followed by the step (trainer_utils.py, PREFIX_CHECKPOINT_DIR).
const checkpointPrefix = "checkpoint-"

// unlessMissing takes what is merely not there yet for nothing.
func unlessMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

func readState(f *OpenFile) (trainerState, error) {
	var s trainerState
	if f.Size > maxState {
		return s, fmt.Errorf("%s: %d bytes are too many", stateName, f.Size)
	}
	data, err := io.ReadAll(io.LimitReader(f.From(0), maxState))
	if err != nil {
		return s, err
	}
	var r reading
	_, ok := scanObject(bytes.TrimSpace(append(data, ' ')), func(key, value []byte) {
		if string(key) == "log_history" {
			s.curve = readHistory(value)
			return
		}
		r.take(key, value)
	})
	if !ok {
		return s, fmt.Errorf("%s is not whole", stateName) // being written
	}
	s.step, s.total = r.Step, r.TotalSteps
	return s, nil
}

// readHistory reads a list of objects, those with a step and a figure.
func readHistory(list []byte) (curve []Metric) {
	for {
		at := bytes.IndexByte(list, '{')
		if at < 0 {
			return curve
		}
		var r reading
		n, whole := scanObject(list[at:], r.take)
		if whole && r.hasStep && len(r.Figures) > 0 {
			r.finish()
			curve = append(curve, r.Metric)
		}
		list = list[at+max(n, 1):]
	}
}
