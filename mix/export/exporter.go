package export

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
		return nil, fmt.Errorf("export %s: it holds %s, and rows of messages or tokens are written: prepare it with mix.output=messages", e.cfg.Dataset.Dir, m.Output)
	}
	if e.reader, err = newReader(m.Template, e.target); err != nil {
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

// A splitWriter writes the files of one side: SPLIT.jsonl, or a file for each row
// in SPLIT/000, SPLIT/001 …, a thousand to each, since the Hub takes at most
// 10,000 files in a directory.
type splitWriter struct {
	dir   string
	apart bool
	side  Side
	file  *os.File
	out   *bufio.Writer
}

const filesInDirectory = 1000

func (w *splitWriter) write(id string, lines []any) error {
	if w.apart || w.file == nil {
		if err := w.begin(id); err != nil {
			return err
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, line := range lines {
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	w.side.Rows++
	if w.apart {
		return w.close()
	}
	return nil
}

// Write counts the bytes on their way.
func (w *splitWriter) Write(p []byte) (int, error) {
	w.side.Bytes += int64(len(p))
	return w.out.Write(p)
}

// begin opens the next file.
func (w *splitWriter) begin(id string) (err error) {
	path := filepath.Join(w.dir, w.side.Split+".jsonl")
	if w.apart {
		dir := filepath.Join(w.dir, w.side.Split, fmt.Sprintf("%03d", w.side.Rows/filesInDirectory))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		path = filepath.Join(dir, fmt.Sprintf("%06d-%s.jsonl", w.side.Rows, fileName(id)))
	}
	w.side.Files++
	w.file, err = os.Create(path)
	w.out = bufio.NewWriterSize(w.file, 1<<16)
	return err
}

// close puts the open file on disk.
func (w *splitWriter) close() error {
	if w.file == nil {
		return nil
	}
	f := w.file
	w.file = nil
	err := w.out.Flush()
	if err == nil && !w.apart { // of thousands of small files none is synced
		err = f.Sync()
	}
	if errClose := f.Close(); err == nil {
		err = errClose
	}
	return err
}

// abandon closes what an error left open.
func (w *splitWriter) abandon() {
	if w.file != nil {
		_ = w.file.Close() // the directory goes
	}
}

// fileName is an id as a part of a file's name, of at most 100 bytes.
func fileName(id string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '_'
	}, id)
	return name[:min(len(name), 100)]
}
