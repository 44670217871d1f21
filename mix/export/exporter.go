package export

import (
	"context"
	"fmt"
	"path/filepath"

	"trainyard/format"
	"trainyard/format/durable"
	"trainyard/mix"
)

// An exporter writes the splits of one dataset into dir. It holds one row.
type exporter struct {
	cfg      *Config
	target   *Target
	dir      string
	reader   *reader
	progress mix.Progress
}

func (e *exporter) run(ctx context.Context, splits []string) (done []Side, err error) {
	m := e.cfg.Dataset.Manifest
	read, ok := shards[m.Output]
	if !ok {
		return nil, fmt.Errorf("export %s: it holds %s, and rows of messages, turns or tokens are written: prepare it with mix.output=messages", e.cfg.Dataset.Dir, m.Output)
	}
	if e.reader, err = newReader(m.Template, m.Convention, e.target); err != nil {
		return nil, fmt.Errorf("export %s: %w", e.cfg.Dataset.Dir, err)
	}
	for _, split := range splits {
		for _, s := range m.Shards {
			if s.Split == split {
				e.progress.Total += s.Rows
			}
		}
	}
	for _, split := range splits {
		side, err := e.split(ctx, split, read)
		if err != nil {
			return nil, err
		}
		done = append(done, side)
	}
	return done, durable.SyncDir(e.dir)
}

// split writes one side, and counts that its shards hold the rows they should.
func (e *exporter) split(ctx context.Context, name string, read func(*reader, string, func(*conversation) error) error) (Side, error) {
	w := &splitWriter{dir: e.dir, apart: e.target.apart, side: Side{Split: name}}
	defer w.abandon()
	for _, s := range e.cfg.Dataset.Manifest.Shards {
		if s.Split != name {
			continue
		}
		path, before := filepath.Join(e.cfg.Dataset.Dir, s.File), w.side
		err := read(e.reader, path, func(c *conversation) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return e.row(w, c)
		})
		if err != nil {
			return w.side, fmt.Errorf("export for %s: %w", e.cfg.Target, err)
		}
		if err := w.side.agrees(before, s); err != nil {
			return w.side, fmt.Errorf("export for %s: %s: %w", e.cfg.Target, path, err)
		}
	}
	return w.side, w.close()
}

// agrees compares what a shard held, the difference to before, with the manifest.
func (s *Side) agrees(before Side, want mix.Shard) error {
	rows, tokens, trained := s.Rows-before.Rows, s.Tokens-before.Tokens, s.TrainedTokens-before.TrainedTokens
	switch {
	case rows != want.Rows:
		return fmt.Errorf("it holds %d rows, the manifest says %d", rows, want.Rows)
	case tokens > 0 && (tokens != want.Tokens || trained != want.TrainedTokens):
		return fmt.Errorf("it holds %d tokens, %d of them trained; the manifest says %d and %d", tokens, trained, want.Tokens, want.TrainedTokens)
	}
	return nil
}

func (e *exporter) row(w *splitWriter, c *conversation) error {
	if err := e.target.check(c); err != nil {
		return err
	}
	w.side.count(c)
	if err := w.write(c.id, e.target.lines(c)); err != nil {
		return err
	}
	e.progress.Done++
	e.progress.Records++
	if e.cfg.Progress != nil {
		e.cfg.Progress(e.progress)
	}
	return nil
}

func (s *Side) count(c *conversation) {
	for _, t := range c.turns {
		if t.role == format.Assistant {
			s.Turns++
		}
		if t.trained {
			s.Trained++
		}
	}
	s.Tokens += int64(len(c.ids))
	for _, span := range c.spans {
		s.TrainedTokens += int64(span.Len())
	}
}
