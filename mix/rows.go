package mix

import (
	"cmp"

	"trainyard/mix/pack"
	"trainyard/mix/shard"
)

// A piece is one of the rows that an item makes, the only one for most.
type piece struct{ item, n int32 }

// rows are those of one side of a dataset, or of a shard, in order. A row is one
// piece, or, where pieces are packed, several.
type rows struct {
	pieces []piece
	ends   []int32 // row k ends before pieces[ends[k]]; nil where each piece is a row
}

func (r *rows) count() int {
	if r.ends == nil {
		return len(r.pieces)
	}
	return len(r.ends)
}

// at are the pieces of row k.
func (r *rows) at(k int) []piece {
	if r.ends == nil {
		return r.pieces[k : k+1]
	}
	return r.pieces[r.start(k):r.ends[k]]
}

func (r *rows) start(k int) int32 {
	if k == 0 {
		return 0
	}
	return r.ends[k-1]
}

// add puts a row behind the others.
func (r *rows) add(row []piece, packed bool) {
	r.pieces = append(r.pieces, row...)
	if packed {
		r.ends = append(r.ends, int32(len(r.pieces)))
	}
}

// length is how long row k is.
func (r *rows) length(k int, items []Item) (sum length) {
	for _, p := range r.at(k) {
		l := items[p.item].row(int(p.n))
		sum.tokens, sum.trained = sum.tokens+l.tokens, sum.trained+l.trained
	}
	return sum
}

// bytes is about how much text is in row k.
func (r *rows) bytes(k int, items []Item) (sum int64) {
	for _, p := range r.at(k) {
		it := &items[p.item]
		sum += int64(it.Bytes) / int64(it.rows())
	}
	return sum
}

// DefaultPacking is how rows are packed where the recipe does not say.
const DefaultPacking = "best-fit"

// packing is how rows are packed, empty where they are not.
func (c *Config) packing() string {
	if shard.Outputs[c.Output].Join == nil {
		return ""
	}
	return cmp.Or(c.Packing, DefaultPacking)
}

// layRows makes the rows of one side from its items, in their order.
func layRows(cfg *Config, order []int32, items []Item) (*rows, error) {
	r := &rows{pieces: make([]piece, 0, len(order))}
	for _, i := range order {
		for n := range items[i].rows() {
			r.pieces = append(r.pieces, piece{i, int32(n)})
		}
	}
	if as := cfg.packing(); as != "" {
		return r.packed(as, cfg.Window, items)
	}
	return r, nil
}

// packed puts the pieces into windows.
func (r *rows) packed(as string, window int, items []Item) (*rows, error) {
	lengths := make([]int32, len(r.pieces))
	for k, p := range r.pieces {
		lengths[k] = items[p.item].row(int(p.n)).tokens
	}
	bins, err := pack.Pack(as, lengths, window)
	if err != nil {
		return nil, err
	}
	full := &rows{pieces: make([]piece, 0, len(r.pieces)), ends: make([]int32, 0, bins.Len())}
	for n := range bins.Len() {
		for _, k := range bins.Items(n) {
			full.pieces = append(full.pieces, r.pieces[k])
		}
		full.ends = append(full.ends, int32(len(full.pieces)))
	}
	return full, nil
}

// lay makes the rows of both sides.
func (p *plan) lay(cfg *Config, items []Item) (err error) {
	if p.trainRows, err = layRows(cfg, p.Train, items); err == nil {
		p.validationRows, err = layRows(cfg, p.Validation, items)
	}
	return err
}
