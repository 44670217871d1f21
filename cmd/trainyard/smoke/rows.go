package smoke

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"trainyard/mix"
	"trainyard/mix/shard"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

const (
	// rowsAtOnce are in memory at a time: enough that a long row does not leave
	// the other processors idle, few enough for 32 long rows' text to be small.
	rowsAtOnce = 32
	// maxFaults are told before the reading is given up: one may be bad luck,
	// five show the pattern.
	maxFaults = 5
)

// A reader turns shards into token ids. Rows of messages are tokenised side by
// side and checked and kept in their order.
type reader struct {
	template   *chat.Template // nil for shards of tokens
	packed     bool           // several sequences a row
	window     int
	vocabulary int32 // ids there are, for shards of tokens
	literals   int   // control-token strings met in content

	path     string // the shard being read
	done     int    // rows of it that were checked
	rows     []shard.Row
	examples []chat.Example
	errs     []error
	faults   []error
}

// newReader reads the shards that the manifest says there are.
func newReader(cfg Config, m *mix.Manifest, tokenizer *tokenize.Tokenizer) (*reader, error) {
	switch m.Output {
	case "tokens", "packed":
		return &reader{window: cfg.Window, vocabulary: int32(tokenizer.VocabSize()), packed: m.Output == "packed"}, nil
	case "", "messages", "turns":
	default:
		return nil, fmt.Errorf("read dataset %s: its manifest says output %q, want messages, turns, tokens or packed", cfg.Dataset, m.Output)
	}
	template, err := chat.NewTemplate(cfg.Template, tokenizer)
	if err == nil {
		template, err = template.With(chat.Options{Convention: m.Convention})
	}
	if err != nil {
		return nil, fmt.Errorf("read dataset: %w", err)
	}
	return &reader{
		template: template, window: cfg.Window,
		examples: make([]chat.Example, rowsAtOnce), errs: make([]error, rowsAtOnce),
	}, nil
}

// shard reads one file into c and compares its sums with want.
func (r *reader) shard(ctx context.Context, path string, want Totals, c *corpus) error {
	before := c.sum
	r.path, r.done = path, 0
	read := r.messages
	switch {
	case r.packed:
		read = r.sequences
	case r.template == nil:
		read = r.tokens
	}
	if err := read(ctx, c); err != nil {
		return err
	}
	if len(r.faults) > 0 {
		return r.refuse()
	}
	return checkTotals(path, c.sum.minus(before), want)
}

// messages reads a shard of conversations.
func (r *reader) messages(ctx context.Context, c *corpus) error {
	err := shard.ReadRows(r.path, func(row *shard.Row) error {
		if ctx.Err() != nil {
			return ErrStopped
		}
		kept := *row
		kept.Messages = slices.Clone(row.Messages) // the next row reuses them
		if r.rows = append(r.rows, kept); len(r.rows) < rowsAtOnce {
			return nil
		}
		return r.flush(c)
	})
	if err != nil {
		return err
	}
	return r.flush(c)
}

// flush tokenises the rows at hand, checks them and adds them to c.
func (r *reader) flush(c *corpus) error {
	r.tokenise()
	for i := range r.rows {
		r.done++
		e := &r.examples[i]
		if r.errs[i] != nil {
			if err := r.fault(fmt.Errorf("%s, row %d, traj_id %q: %w", r.path, r.done, r.rows[i].TrajID, r.errs[i])); err != nil {
				return err
			}
			continue
		}
		r.literals += e.SpecialLiterals
		if err := c.add(e.IDs, e.Spans); err != nil {
			return err
		}
	}
	r.rows = r.rows[:0]
	return nil
}

// fault keeps what is wrong with a row; it is an error when there are enough.
func (r *reader) fault(err error) error {
	if r.faults = append(r.faults, err); len(r.faults) >= maxFaults {
		return r.refuse()
	}
	return nil
}

// tokenise fills examples and errs for the rows at hand.
func (r *reader) tokenise() {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(r.rows)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(r.rows); i = int(next.Add(1)) - 1 {
				r.errs[i] = r.encode(&r.rows[i], &r.examples[i])
			}
		})
	}
	workers.Wait()
}

func (r *reader) encode(row *shard.Row, e *chat.Example) error {
	chat, err := asChat(row)
	if err != nil {
		return err
	}
	r.template.Apply(e, chat)
	return checkExample(row, e, r.window)
}

// refuse tells the faults in one error.
func (r *reader) refuse() error {
	return fmt.Errorf("no trainer can use this; prepare the dataset again:\n%w", errors.Join(r.faults...))
}
