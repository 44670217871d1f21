package smoke

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// ErrStopped is what Train returns when its context ends: the run is saved as
// far as it came and the same Config continues it. A program that was asked to
// stop by SIGTERM exits 143 on it.
var ErrStopped = errors.New("stopped; the same config continues from the newest checkpoint")

// Train checks the dataset of cfg and fits a model to it. Lines for people go
// to log. It returns nil when the run is complete, at once where it was
// complete already.
func Train(ctx context.Context, cfg Config, log io.Writer) error {
	if err := os.MkdirAll(cfg.OutputDir, 0o777); err != nil {
		return fmt.Errorf("make output directory: %w", err)
	}
	data, err := readDataset(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer data.close()
	r, err := newRun(cfg, data, log)
	if err != nil {
		return err
	}
	r.say("learning rate %v is this model's own; train.lr is for the large model", cfg.LearningRate)
	return errors.Join(r.learn(ctx), r.journal.Close())
}

// A run is the second pass: the model, the data it learns from, and where it
// is.
type run struct {
	cfg     Config
	data    *dataset
	plan    *plan
	log     io.Writer // for people
	journal *os.File  // trainer_log.jsonl

	trained []int64 // targets by id, of the training rows
	words   *vocabulary
	model   *model

	at    progress
	saved int // step of the newest checkpoint

	// Of this process, for rates and times.
	from         int
	tokensBefore int64
	began        time.Time

	row   example
	dense []int32
}

// newRun begins at the newest checkpoint of the output directory, or at step 0.
func newRun(cfg Config, data *dataset, log io.Writer) (*run, error) {
	occurrences, trained, err := data.train.census(data.vocabulary)
	if err != nil {
		return nil, err
	}
	r := &run{
		cfg: cfg, data: data, log: log, plan: newPlan(cfg, len(data.train.rows)),
		trained: trained, words: newVocabulary(occurrences), at: progress{Run: data.identity},
	}
	r.model = r.fresh()
	if err := r.resume(); err != nil {
		return nil, err
	}
	if err := cutJournal(cfg.OutputDir, r.at.Step); err != nil {
		return nil, err
	}
	r.journal, err = os.OpenFile(filepath.Join(cfg.OutputDir, logFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	r.from, r.tokensBefore, r.began = r.at.Step, r.at.Tokens, time.Now()
	return r, nil
}

func (r *run) fresh() *model { return newModel(r.words, r.trained, uint64(r.cfg.Seed)) }

// learn takes the steps that are left.
func (r *run) learn(ctx context.Context) error {
	if r.at.Step == 0 {
		if err := r.evaluate(); err != nil {
			return err
		}
	}
	for r.at.Step < r.plan.steps {
		if ctx.Err() != nil {
			return r.stop()
		}
		if err := r.step(); err != nil {
			return err
		}
	}
	return r.finish()
}

// stop saves what is not saved yet. Before the first step there is nothing.
func (r *run) stop() error {
	if r.at.Step > r.saved {
		if err := r.save(); err != nil {
			return err
		}
	}
	return ErrStopped
}

// step learns a batch; then logs, evaluates and saves what is due, in this
// order, so that a checkpoint comes after every line of its step.
func (r *run) step() error {
	if err := r.learnBatch(); err != nil {
		return err
	}
	step, last := r.at.Step, r.at.Step == r.plan.steps
	if last || step%r.cfg.LoggingSteps == 0 {
		if err := r.reportLoss(); err != nil {
			return err
		}
	}
	if r.plan.epochEnds(step) {
		if err := r.evaluate(); err != nil {
			return err
		}
	}
	if last || r.cfg.SaveSteps > 0 && step%r.cfg.SaveSteps == 0 {
		return r.save()
	}
	return nil
}
