package launch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
)

// Evidence is what shows whether a trainer that exited with code 0 did its work.
// The code alone shows nothing: a shell gives that of the last command of a pipe.
type evidence struct {
	step, total int64
	every       int64  // steps between two lines of the log
	mark        string // the trainer's own end mark: a file that it writes last
	certain     bool   // the mark is one of a whole run, not merely a model
}

// resultsName is what transformers, and trainers on top of it, write when all is
// done (trainer_pt_utils.py, save_metrics).
const resultsName = "train_results.json"

// modelName matches a finished model in the output directory; those of
// checkpoints lie deeper.
var modelName = regexp.MustCompile(`^((adapter_)?model(-\d+-of-\d+)?\.safetensors|(pytorch_|adapter_)model(-\d+-of-\d+)?\.bin)$`)

// done reports whether the last step is the planned one, or would have been told
// by the next line of the log only.
func (e evidence) done() bool {
	return e.total > 0 && (e.step >= e.total || e.total-e.step < e.every)
}

// judge decides about a trainer that exited with code 0.
func (l *Launcher) judge(ctx context.Context, run Run, backend Backend, status Status) Status {
	e := l.evidence(ctx, run, backend)
	if why := e.verdict(status); why != "" {
		status.State, status.Reason = Failed, why
	} else if remark := e.remark(status); remark != "" {
		status.Reason += "; " + remark
	}
	return status
}

// verdict is why the run did not succeed; empty where it did, or where nothing
// speaks against it.
func (e evidence) verdict(s Status) string {
	crashed := s.Error != "" && s.ErrorLast
	switch {
	case e.certain, e.mark != "" && !crashed && s.Interrupted == "", e.done() && !crashed:
		return ""
	case e.done():
		return fmt.Sprintf("all %d steps were done, but %s", e.total, errorPart(s))
	case e.total > 0:
		words := fmt.Sprintf("ended early: %d of %d steps, with exit code 0", e.step, e.total)
		if s.Interrupted != "" {
			words += "; " + s.Interrupted
		}
		if s.Error != "" {
			words += "; " + errorPart(s)
		}
		return words
	case crashed:
		return "it exited with code 0 and left no results, but " + errorPart(s)
	case s.Interrupted != "":
		return s.Interrupted + "; it exited with code 0, and nothing shows that it had done its work"
	}
	return ""
}

// remark is what a success lacks, or where it does not explain itself.
func (e evidence) remark(s Status) (words string) {
	switch {
	case e.total > 0 && !e.done():
		return fmt.Sprintf("it ended after %d of %d steps and left %s", e.step, e.total, e.mark)
	case e.total > 0 || e.mark != "":
		return ""
	case e.step > 0:
		words = fmt.Sprintf("it told %d steps and not how many there were to be, and left no results, so nothing shows that it did all of them", e.step)
	default:
		words = "it told no steps and left no results, so nothing shows that it trained"
	}
	if s.Error != "" {
		words += "; " + errorPart(s)
	}
	return words
}

func errorPart(s Status) string { return "its log has the error: " + s.Error }

// evidence looks at the figures in the ledger, at the end of the trainer's log,
// which may not be in the ledger yet, and at the output directory. What cannot be
// read is no evidence.
func (l *Launcher) evidence(ctx context.Context, run Run, backend Backend) evidence {
	e := evidence{step: run.Step, total: run.TotalSteps}
	e.every, _ = l.Ledger.interval(ctx, run.ID, run.N)
	if last, err := lastMetrics(ctx, backend, l.Dir(run), run); err == nil {
		for _, m := range last {
			if gap := m.Step - e.step; gap > 0 {
				e.every = gap
			}
			e.step, e.total = m.Step, cmp.Or(m.TotalSteps, e.total)
		}
	}
	e.look(ctx, backend, l.Dir(run), run)
	return e
}

// look finds the end mark.
func (e *evidence) look(ctx context.Context, backend Backend, dir string, run Run) {
	entries, err := backend.List(ctx, dir, run.Handle, run.Output)
	if err != nil {
		return
	}
	for _, entry := range entries {
		switch {
		case entry.Dir || entry.Size == 0:
		case entry.Name == resultsName && isObject(ctx, backend, dir, run, path.Join(run.Output, resultsName)):
			e.mark, e.certain = entry.Name, true
		case e.mark == "" && modelName.MatchString(entry.Name):
			e.mark = entry.Name
		}
	}
}

// isObject reports whether a file is a whole JSON object with something in it: a
// full disk may have cut it.
func isObject(ctx context.Context, backend Backend, dir string, run Run, name string) bool {
	f, err := backend.Open(ctx, dir, run.Handle, name)
	if err != nil {
		return false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f.From(0), 1<<20))
	members := 0
	data = bytes.TrimSpace(data)
	if err != nil || len(data) == 0 || data[0] != '{' {
		return false
	}
	_, whole := scanObject(data, func(_, _ []byte) { members++ })
	return whole && members > 0
}

// tailSize holds the last lines of a log.
const tailSize = 64 << 10

func lastMetrics(ctx context.Context, backend Backend, dir string, run Run) (last []Metric, err error) {
	if run.Progress == "" {
		return nil, errors.New("it has no log of its own")
	}
	f, err := backend.Open(ctx, dir, run.Handle, run.Progress)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	err = eachLine(f.From(max(0, f.Size-tailSize)), true, func(line []byte) {
		last, _ = readLine(last, line)
	}, func([]byte) {})
	return last, err
}
