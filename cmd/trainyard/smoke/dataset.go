package smoke

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"trainyard/mix"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

// A dataset is what the first pass leaves for the second.
type dataset struct {
	identity          identity
	vocabulary        int // ids the tokenizer knows
	train, validation *corpus
}

func (d *dataset) close() {
	// The files have no name; closing frees them, and nothing is left to save.
	_ = d.train.close()
	_ = d.validation.close()
}

// readDataset is the first pass: every file against its sha256, every row
// through template and tokenizer, every sum against the manifest and the
// Config.
func readDataset(ctx context.Context, cfg Config, log io.Writer) (*dataset, error) {
	began := time.Now()
	source, err := mix.OpenDataset(cfg.Dataset)
	if err != nil {
		return nil, fmt.Errorf("read dataset: %w", err)
	}
	if cfg, err = fitConfig(cfg, source.Manifest); err != nil {
		return nil, fmt.Errorf("read dataset %s: %w", cfg.Dataset, err)
	}
	tokenizer, err := chat.ForTemplate(cfg.Template)
	if err != nil {
		return nil, fmt.Errorf("read dataset %s: %w", cfg.Dataset, err)
	}
	if err := checkFiles(source); err != nil {
		return nil, fmt.Errorf("read dataset: a shard is not what was prepared; copy it again or prepare it again:\n%w", err)
	}
	d := &dataset{identity: identify(cfg, source.Manifest), vocabulary: tokenizer.VocabSize()}
	if d.train, err = newCorpus(cfg.OutputDir); err != nil {
		return nil, err
	}
	if d.validation, err = newCorpus(cfg.OutputDir); err != nil {
		return nil, errors.Join(err, d.train.close())
	}
	if err := d.fill(ctx, cfg, source, tokenizer, log); err != nil {
		d.close()
		return nil, err
	}
	_, err = fmt.Fprintf(log, "checked %s rows, %s tokens, %s trained; %s for validation; in %.1f s\n",
		grouped(d.train.sum.Rows), grouped(d.train.sum.Tokens), grouped(d.train.sum.TrainedTokens),
		grouped(d.validation.sum.Rows), time.Since(began).Seconds())
	_ = err // see run.say
	return d, nil
}

// fitConfig takes the template and window of the manifest where cfg names
// none. Another template would train other tokens than were counted.
func fitConfig(cfg Config, m *mix.Manifest) (Config, error) {
	if cfg.Template != "" && cfg.Template != m.Template {
		return cfg, fmt.Errorf("template: the config says %q, the dataset was prepared for %q: prepare it again with the other", cfg.Template, m.Template)
	}
	cfg.Template = m.Template
	if cfg.Window == 0 {
		cfg.Window = m.Window
	}
	return cfg, nil
}

func (d *dataset) fill(ctx context.Context, cfg Config, source *mix.Dataset, tokenizer *tokenize.Tokenizer, log io.Writer) error {
	r, err := newReader(cfg, source.Manifest, tokenizer)
	if err != nil {
		return err
	}
	for _, s := range source.Manifest.Shards {
		into := map[string]*corpus{"train": d.train, "validation": d.validation}[s.Split]
		if into == nil {
			return fmt.Errorf("read dataset %s: shard %s is of split %q, want train or validation", source.Dir, s.File, s.Split)
		}
		if err := r.shard(ctx, filepath.Join(source.Dir, s.File), shardTotals(s), into); err != nil {
			return fmt.Errorf("read dataset: %w", err)
		}
	}
	if r.literals > 0 {
		_, _ = fmt.Fprintf(log, "warning: %s strings in the content spell control tokens such as <|im_end|>; most trainers will read them as such\n", grouped(int64(r.literals)))
	}
	return d.check(cfg, source.Manifest)
}

func (d *dataset) check(cfg Config, m *mix.Manifest) error {
	train, validation := d.train.sum, d.validation.sum
	err := errors.Join(
		d.train.seal(), d.validation.seal(),
		checkTotals("manifest, train", train, sideTotals(m.Totals.Train)),
		checkTotals("manifest, validation", validation, sideTotals(m.Totals.Validation)),
		checkTotals("config, expected", train, cfg.Expected.orRead(train)))
	if train.Rows == 0 {
		err = errors.Join(err, errors.New("no training rows"))
	}
	if err != nil {
		return fmt.Errorf("read dataset %s: prepare it again, or correct the numbers:\n%w", cfg.Dataset, err)
	}
	return nil
}
