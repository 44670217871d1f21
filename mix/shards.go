package mix

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"trainyard/mix/shard"
)

// shardBytes is the text a shard holds at most, before compression. It lets
// writers of one dataset work side by side and keeps a re-upload small.
const shardBytes = 256 << 20

// A shardPlan is one file to write: rows in order.
type shardPlan struct {
	split string
	file  string
	rows  rows
}

// cutShards divides one side into files of about equal text. Where the cuts
// fall depends on the rows alone.
func cutShards(split string, side *rows, items []Item) []shardPlan {
	total := int64(0)
	for row := range side.count() {
		total += side.bytes(row, items)
	}
	n := max(1, int((total+shardBytes-1)/shardBytes))
	if side.count() == 0 {
		return nil
	}
	plans := make([]shardPlan, n)
	done := int64(0)
	for row := range side.count() {
		k := min(int(done*int64(n)/max(total, 1)), n-1)
		plans[k].rows.add(side.at(row), side.ends != nil)
		done += side.bytes(row, items)
	}
	plans = withoutEmpty(plans)
	for k := range plans {
		plans[k].split = split
		plans[k].file = fmt.Sprintf("%s-%05d-of-%05d.parquet", split, k, len(plans))
	}
	return plans
}

// withoutEmpty drops files that one giant row left without rows.
func withoutEmpty(plans []shardPlan) []shardPlan {
	full := plans[:0]
	for _, p := range plans {
		if p.rows.count() > 0 {
			full = append(full, p)
		}
	}
	return full
}

// shards cuts both sides into files.
func (p *plan) shards(items []Item) []shardPlan {
	return append(cutShards("train", p.trainRows, items), cutShards("validation", p.validationRows, items)...)
}

// shard is the plan as the manifest tells it, but for bytes and digest.
func (p *shardPlan) shard(items []Item) Shard {
	s := Shard{FileDigest: FileDigest{File: p.file}, Split: p.split, Rows: int64(p.rows.count())}
	for row := range p.rows.count() {
		l := p.rows.length(row, items)
		s.Tokens += int64(l.tokens)
		s.TrainedTokens += int64(l.trained)
	}
	if p.rows.ends != nil {
		s.Sequences = int64(len(p.rows.pieces))
	}
	return s
}

// writeShards writes every planned file into dir, cfg.workers() at a time.
func writeShards(ctx context.Context, cfg *Config, dir string, plans []shardPlan, store *rowStore) ([]Shard, error) {
	shards := make([]Shard, len(plans))
	counter := &rowCounter{cfg: cfg}
	for _, p := range plans {
		counter.total += int64(p.rows.count())
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cfg.workers())
	for k, p := range plans {
		g.Go(func() (err error) {
			shards[k], err = writeShard(ctx, shard.Outputs[cfg.Output], dir, p, store, counter)
			return err
		})
	}
	return shards, g.Wait()
}

type rowCounter struct {
	cfg         *Config
	mu          sync.Mutex
	done, total int64
	tokens      int64
}

func (c *rowCounter) add(tokens int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	c.tokens += int64(tokens)
	c.cfg.report(Progress{Stage: "write", Done: c.done, Total: c.total, Records: c.done, Tokens: c.tokens})
}

// A rowStore hands out the packed rows of the plan.
type rowStore struct {
	items   []Item
	stores  *stores
	renamed map[int32]string
}

// row fetches one row of an item into buf's memory.
func (s *rowStore) row(as *shard.Schema, p piece, buf []byte) ([]byte, error) {
	it := &s.items[p.item]
	packed, err := s.stores.read(it.at, buf)
	if err != nil {
		return packed, err
	}
	packed = as.Nth(packed, int(p.n))
	if name, ok := s.renamed[p.item]; ok {
		packed = as.WithText(packed, "traj_id", rowID(name, int(p.n), it.rows()))
	}
	return packed, nil
}

// A joiner makes rows of pieces. It is one shard's, for its buffers.
type joiner struct {
	store *rowStore
	kind  shard.Output
	codec *shard.RowCodec
	parts [][]byte // a buffer for each piece
}

func (s *rowStore) joiner(kind shard.Output) *joiner {
	return &joiner{store: s, kind: kind, codec: shard.NewRowCodec(kind.Schema())}
}

// row is a row as the shard takes it, valid until the next one.
func (j *joiner) row(pieces []piece) (_ []byte, err error) {
	for len(j.parts) < len(pieces) {
		j.parts = append(j.parts, nil)
	}
	for n, p := range pieces {
		if j.parts[n], err = j.store.row(j.kind.Spooled(), p, j.parts[n]); err != nil {
			return nil, err
		}
	}
	if j.kind.Join == nil {
		return j.parts[0], nil
	}
	j.kind.Join(j.codec, j.parts[:len(pieces)])
	return j.codec.Row, nil
}

func writeShard(ctx context.Context, kind shard.Output, dir string, p shardPlan, store *rowStore, counter *rowCounter) (Shard, error) {
	path := filepath.Join(dir, p.file)
	f, err := os.Create(path)
	if err != nil {
		return Shard{}, err
	}
	s := p.shard(store.items)
	out := newHashWriter(f)
	err = writeRows(ctx, out, kind, &p.rows, store, counter)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return s, fmt.Errorf("write shard %s: %w", path, err)
	}
	s.FileDigest = out.digest(p.file)
	return s, nil
}

func writeRows(ctx context.Context, to io.Writer, kind shard.Output, order *rows, store *rowStore, counter *rowCounter) error {
	w, err := shard.NewWriter(to, kind.Schema())
	if err != nil {
		return err
	}
	joiner := store.joiner(kind)
	for k := range order.count() {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := joiner.row(order.at(k))
		if err != nil {
			return err
		}
		if err := w.Write(row); err != nil {
			return err
		}
		counter.add(order.length(k, store.items).tokens)
	}
	return w.Close()
}
