package smoke

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// logFile is where LLaMA-Factory writes its progress.
const logFile = "trainer_log.jsonl"

// A logLine is one line of trainer_log.jsonl, keys and rounding as in
// LLaMA-Factory (src/llamafactory/train/callbacks.py, LogCallback.on_log).
type logLine struct {
	CurrentSteps  int      `json:"current_steps"`
	TotalSteps    int      `json:"total_steps"`
	Loss          *float64 `json:"loss,omitempty"`
	EvalLoss      *float64 `json:"eval_loss,omitempty"`
	Rate          *float64 `json:"lr,omitempty"`
	Epoch         float64  `json:"epoch"`
	Percentage    float64  `json:"percentage"`
	ElapsedTime   string   `json:"elapsed_time"`
	RemainingTime string   `json:"remaining_time"`
	Throughput    float64  `json:"throughput"` // tokens a second since this process began to learn
	TotalTokens   int64    `json:"total_tokens"`
}

// cutJournal drops the lines after step, which the steps to come will write
// again, and a last line that a crash tore. At step 0 nothing is kept.
func cutJournal(dir string, step int) error {
	path := filepath.Join(dir, logFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("continue log: %w", err)
	}
	var kept []byte
	for line := range bytes.Lines(data) {
		var l logLine
		whole := bytes.HasSuffix(line, []byte("\n")) && json.Unmarshal(line, &l) == nil
		if whole && step > 0 && l.CurrentSteps <= step {
			kept = append(kept, line...)
		}
	}
	return writeBytes(path, kept)
}

// report tells an event to trainer_log.jsonl, to the people who follow and to
// the history that checkpoints keep.
func (r *run) report(e event) error {
	r.at.History = append(r.at.History, e)
	// The log's clock begins with the process, as LLaMA-Factory's does: speeds are of one attempt.
	elapsed, left := time.Since(r.began), r.left()
	line := logLine{
		CurrentSteps: e.Step, TotalSteps: r.plan.steps,
		Loss: e.Loss, EvalLoss: e.EvalLoss, Rate: e.Rate, Epoch: e.Epoch,
		Percentage:  rounded(100*float64(e.Step)/float64(r.plan.steps), 2),
		ElapsedTime: clock(elapsed), RemainingTime: clock(left),
		Throughput: rounded(r.throughput(), 2), TotalTokens: r.at.Tokens,
	}
	data, err := json.Marshal(line)
	if err != nil {
		return err
	}
	if _, err := r.journal.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	if e.Loss != nil {
		r.say("step %d/%d  epoch %.2f  loss %.4f  lr %.4g  %s tokens/s  %s left",
			e.Step, r.plan.steps, e.Epoch, *e.Loss, *e.Rate, grouped(int64(r.throughput())), clock(left))
	} else {
		r.say("step %d/%d  epoch %.2f  validation loss %.4f", e.Step, r.plan.steps, e.Epoch, *e.EvalLoss)
	}
	return nil
}

// say writes a line for people. Whether they still listen is not the run's
// business: a closed terminal must not stop it.
func (r *run) say(format string, args ...any) {
	_, _ = fmt.Fprintf(r.log, format+"\n", args...)
}

// elapsed is the time spent learning, that of earlier processes included.
func (r *run) elapsed() time.Duration { return r.at.Elapsed + time.Since(r.began) }

// left extrapolates from the steps of this process.
func (r *run) left() time.Duration {
	done := r.at.Step - r.from
	if done == 0 {
		return 0
	}
	return time.Since(r.began) / time.Duration(done) * time.Duration(r.plan.steps-r.at.Step)
}

func (r *run) throughput() float64 {
	return float64(r.at.Tokens-r.tokensBefore) / max(time.Since(r.began).Seconds(), 1e-9)
}

// clock writes a duration as Python's timedelta does: 0:01:02.
func clock(d time.Duration) string {
	s := int(d.Seconds())
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// grouped writes a number with thousands separators.
func grouped(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
