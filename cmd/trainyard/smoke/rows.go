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
	"trainyard/tokenize"
)

const (
	// rowsAtOnce are in memory at a time: enough that a long row does not leave
	// the other processors idle, few enough for 32 long rows' text to be small.
	rowsAtOnce = 32
	// maxFaults are told before the reading is given up: one may be bad luck,
	// five show the pattern.
	maxFaults = 5
)

// A reader turns shards into token ids. Rows are tokenised side by side and
// checked and kept in their order.
type reader struct {
	template *tokenize.Template
	window   int
	literals int // control-token strings met in content

	path     string // the shard being read
	done     int    // rows of it that were checked
	rows     []mix.Row
	examples []tokenize.Example
	errs     []error
	faults   []error
}

func newReader(template *tokenize.Template, window int) *reader {
	return &reader{
		template: template, window: window,
		examples: make([]tokenize.Example, rowsAtOnce), errs: make([]error, rowsAtOnce),
	}
}

// shard reads one file into c and compares its sums with want.
func (r *reader) shard(ctx context.Context, path string, want Totals, c *corpus) error {
	before := c.sum
	r.path, r.done = path, 0
	err := mix.ReadShard(path, func(row *mix.Row) error {
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
	if err := r.flush(c); err != nil {
		return err
	}
	if len(r.faults) > 0 {
		return r.refuse()
	}
	return checkTotals(path, c.sum.minus(before), want)
}

// flush tokenises the rows at hand, checks them and adds them to c.
func (r *reader) flush(c *corpus) error {
	r.tokenise()
	for i := range r.rows {
		r.done++
		e := &r.examples[i]
		if r.errs[i] != nil {
			r.faults = append(r.faults, fmt.Errorf("%s, row %d, traj_id %q: %w", r.path, r.done, r.rows[i].TrajID, r.errs[i]))
			continue
		}
		r.literals += e.SpecialLiterals
		if err := c.add(e.IDs, e.Spans); err != nil {
			return err
		}
	}
	r.rows = r.rows[:0]
	if len(r.faults) >= maxFaults {
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

func (r *reader) encode(row *mix.Row, e *tokenize.Example) error {
	chat, err := asChat(row)
	if err != nil {
		return err
	}
	r.template.Apply(e, chat)
	return checkExample(row, e, r.window)
}

// refuse tells the first faults in one error.
func (r *reader) refuse() error {
	told := r.faults[:min(len(r.faults), maxFaults)]
	return fmt.Errorf("no trainer can use this; prepare the dataset again:\n%w", errors.Join(told...))
}
