package launch

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Checkpoint is a directory that a trainer saved its state in.
type Checkpoint struct {
	Attempt int       `json:"attempt"`
	Name    string    `json:"name"` // relative to the attempt's directory, such as out/checkpoint-150
	Step    int64     `json:"step"` // optimizer steps done
	Whole   bool      `json:"whole"`
	Fault   string    `json:"fault,omitempty"` // why it is not whole
	SavedAt time.Time `json:"saved_at,omitzero"`
}

// A saving is how one family of trainers names a checkpoint, and what it writes
// last: a process that is killed before leaves a directory that looks like one.
type saving struct {
	name *regexp.Regexp // its group is the step
	// whole reports why the checkpoint is not; empty where it is.
	whole func(ctx context.Context, read reader, dir, name string, step int64) (fault string)
}

// savings are tried in order.
var savings = []saving{
	// transformers and what stands on it (LLaMA-Factory, TRL, axolotl, ms-swift) and
	// smoke: trainer_state.json is written after model, optimizer and scheduler
	// (transformers/trainer.py, _save_checkpoint).
	{regexp.MustCompile(`^checkpoint-(\d+)$`), wholeState},
	// verl and OpenRLHF: a file beside the directory is moved on when all is written
	// (verl/utils/checkpoint/checkpoint_handler.py; deepspeed's "latest").
	{regexp.MustCompile(`^global_step_?(\d+)$`), wholeLatest("latest_checkpointed_iteration.txt", "latest")},
	// open-instruct: an empty file COMPLETED inside (open_instruct/model_utils.py).
	{regexp.MustCompile(`^step_(\d+)$`), wholeMark("COMPLETED")},
	// NeMo Automodel: the link or file LATEST beside it names the newest whole one.
	{regexp.MustCompile(`^epoch_\d+_step_(\d+)$`), wholeLatest("LATEST", "latest")},
}

// A reader reads a small file of an attempt.
type reader func(ctx context.Context, name string) ([]byte, error)

func wholeState(ctx context.Context, read reader, dir, name string, step int64) string {
	data, err := read(ctx, path.Join(dir, name, "trainer_state.json"))
	if err != nil {
		return "it has no trainer_state.json, which is written last"
	}
	var state struct {
		Step int64 `json:"global_step"`
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return "its trainer_state.json is cut: " + err.Error()
	}
	if state.Step != step {
		return "its trainer_state.json is of step " + strconv.FormatInt(state.Step, 10)
	}
	return ""
}

func wholeMark(mark string) func(context.Context, reader, string, string, int64) string {
	return func(ctx context.Context, read reader, dir, name string, _ int64) string {
		if _, err := read(ctx, path.Join(dir, name, mark)); err != nil {
			return "it has no " + mark + ", which is written last"
		}
		return ""
	}
}

// lastDigits is the step in what a file beside the checkpoints names.
var lastDigits = regexp.MustCompile(`(\d+)\D*$`)

func wholeLatest(files ...string) func(context.Context, reader, string, string, int64) string {
	return func(ctx context.Context, read reader, dir, _ string, step int64) string {
		for _, file := range files {
			data, err := read(ctx, path.Join(dir, file))
			if err != nil {
				continue
			}
			if found := lastDigits.FindSubmatch(data); found != nil {
				if newest, err := strconv.ParseInt(string(found[1]), 10, 64); err == nil && step <= newest {
					return ""
				}
			}
			return file + " does not name it yet"
		}
		return "there is no " + strings.Join(files, " or ") + " beside it, which is written last"
	}
}

// Checkpoints lists what all attempts of a run have saved, the newest step first,
// and of one step that of the newest attempt first. Attempts whose directory is out
// of sight are errors beside the list.
func (l *Launcher) Checkpoints(ctx context.Context, run Run) ([]Checkpoint, error) {
	var found []Checkpoint
	var faults []error
	for n := run.N; n >= 1; n-- {
		attempt, err := l.Ledger.RunAt(ctx, run.ID, n)
		if err == nil && attempt.Handle != "" {
			var saved []Checkpoint
			saved, err = l.saved(ctx, attempt)
			found = append(found, saved...)
		}
		faults = append(faults, err)
	}
	slices.SortStableFunc(found, func(a, b Checkpoint) int { return int(b.Step - a.Step) })
	return found, errors.Join(faults...)
}

// saved lists the checkpoints of one attempt.
func (l *Launcher) saved(ctx context.Context, attempt Run) ([]Checkpoint, error) {
	backend, err := l.backend(attempt.Job.Backend)
	if err != nil {
		return nil, err
	}
	dir := l.Dir(attempt)
	entries, err := backend.List(ctx, dir, attempt.Handle, attempt.Output)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrGone) {
		return nil, nil
	}
	read := func(ctx context.Context, name string) ([]byte, error) {
		f, err := backend.Open(ctx, dir, attempt.Handle, name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(io.LimitReader(f.From(0), 256<<20)) // a log of 200,000 steps has 60 MB
	}
	var found []Checkpoint
	for _, e := range entries {
		if c, ok := checkpoint(ctx, read, attempt.Output, e); ok {
			c.Attempt = attempt.N
			found = append(found, c)
		}
	}
	return found, err
}

func checkpoint(ctx context.Context, read reader, output string, e Entry) (Checkpoint, bool) {
	for _, s := range savings {
		match := s.name.FindStringSubmatch(e.Name)
		if match == nil || !e.Dir {
			continue
		}
		step, err := strconv.ParseInt(match[1], 10, 64)
		if err != nil {
			return Checkpoint{}, false
		}
		c := Checkpoint{Name: path.Join(output, e.Name), Step: step, SavedAt: e.ModTime}
		c.Fault = s.whole(ctx, read, output, e.Name, step)
		c.Whole = c.Fault == ""
		return c, true
	}
	return Checkpoint{}, false
}
