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

// A shardPlan is one file to write: items in row order.
type shardPlan struct {
	split string
	file  string
	items []int32
}

// cutShards divides one side into files of about equal text. Where the cuts
// fall depends on the rows alone.
func cutShards(split string, order []int32, items []Item) []shardPlan {
	total := int64(0)
	for _, i := range order {
		total += int64(items[i].Bytes)
	}
	n := max(1, int((total+shardBytes-1)/shardBytes))
	if len(order) == 0 {
		return nil
	}
	plans := make([]shardPlan, n)
	done := int64(0)
	for _, i := range order {
		k := min(int(done*int64(n)/max(total, 1)), n-1)
		plans[k].items = append(plans[k].items, i)
		done += int64(items[i].Bytes)
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
		if len(p.items) > 0 {
			full = append(full, p)
		}
	}
	return full
}

// shards cuts both sides into files.
func (p *plan) shards(items []Item) []shardPlan {
	return append(cutShards("train", p.Train, items), cutShards("validation", p.Validation, items)...)
}

// shard is the plan as the manifest tells it, but for bytes and digest.
func (p *shardPlan) shard(items []Item) Shard {
	s := Shard{FileDigest: FileDigest{File: p.file}, Split: p.split, Rows: int64(len(p.items))}
	for _, i := range p.items {
		s.Tokens += int64(items[i].Tokens)
		s.TrainedTokens += int64(items[i].Trained)
	}
	return s
}

// writeShards writes every planned file into dir, cfg.workers() at a time.
func writeShards(ctx context.Context, cfg *Config, dir string, plans []shardPlan, store *rowStore) ([]Shard, error) {
	shards := make([]Shard, len(plans))
	counter := &rowCounter{cfg: cfg}
	for _, p := range plans {
		counter.total += int64(len(p.items))
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

// row fetches a row into buf's memory.
func (s *rowStore) row(as *shard.Schema, item int32, buf []byte) ([]byte, error) {
	packed, err := s.stores.read(s.items[item].at, buf)
	if name, ok := s.renamed[item]; ok && err == nil {
		packed = as.WithText(packed, "traj_id", name)
	}
	return packed, err
}

func writeShard(ctx context.Context, kind shard.Output, dir string, p shardPlan, store *rowStore, counter *rowCounter) (Shard, error) {
	path := filepath.Join(dir, p.file)
	f, err := os.Create(path)
	if err != nil {
		return Shard{}, err
	}
	s := p.shard(store.items)
	out := newHashWriter(f)
	err = writeRows(ctx, out, kind.Schema(), p.items, store, counter)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return s, fmt.Errorf("write shard %s: %w", path, err)
	}
	s.FileDigest = out.digest(p.file)
	return s, nil
}

func writeRows(ctx context.Context, to io.Writer, as *shard.Schema, order []int32, store *rowStore, counter *rowCounter) error {
	w, err := shard.NewWriter(to, as)
	if err != nil {
		return err
	}
	var packed []byte
	for _, i := range order {
		if err := ctx.Err(); err != nil {
			return err
		}
		if packed, err = store.row(as, i, packed); err != nil {
			return err
		}
		if err := w.Write(packed); err != nil {
			return err
		}
		counter.add(store.items[i].Tokens)
	}
	return w.Close()
}
