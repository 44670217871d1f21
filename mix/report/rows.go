package report

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/mix"
	"trainyard/mix/shard"
)

// A reading is what all rows of a dataset hold, by source.
type reading struct{ sources map[string]*gathered }

// gathered is what the rows of one source, or of a worker's part of them, hold.
type gathered struct {
	tally                            behaviour.Tally
	steps, messages, tokens, trained []int32
	instances, repos                 map[string]bool
	unnamed                          int64
	teachers                         map[string]*taught
	picked                           []picked
}

// taught is what one teacher acted in.
type taught struct {
	rows, tokens int64
	instances    map[string]bool
}

// batchRows is how many rows go from a reader of shards to a worker at once.
const batchRows = 32

// readRows reads the shards, several at a time, and counts on all processors.
func readRows(ctx context.Context, d *mix.Dataset) (*reading, error) {
	workers := runtime.GOMAXPROCS(0)
	batches := make(chan []shard.Row, workers)
	readers, ctx := errgroup.WithContext(ctx)
	readers.SetLimit(workers)
	parts := make([]*reading, workers)
	counters := new(errgroup.Group)
	for i := range parts {
		parts[i] = &reading{map[string]*gathered{}}
		counters.Go(func() error {
			for batch := range batches {
				for k := range batch {
					parts[i].add(d.Manifest.Seed, &batch[k])
				}
			}
			return nil
		})
	}
	for _, path := range slices.Concat(d.Shards("train"), d.Shards("validation")) {
		readers.Go(func() error { return sendRows(ctx, path, batches) })
	}
	err := readers.Wait()
	close(batches)
	_ = counters.Wait() // they have no errors
	if err != nil {
		return nil, err
	}
	all := parts[0]
	for _, part := range parts[1:] {
		all.merge(part)
	}
	return all, all.check(d)
}

// sendRows copies the rows of a shard out of the reader's memory.
func sendRows(ctx context.Context, path string, to chan<- []shard.Row) error {
	var batch []shard.Row
	send := func() error {
		select {
		case to <- batch:
			batch = nil
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := shard.ReadRows(path, func(row *shard.Row) error {
		kept := *row
		kept.Messages = slices.Clone(row.Messages)
		if batch = append(batch, kept); len(batch) < batchRows {
			return nil
		}
		return send()
	})
	if err == nil && len(batch) > 0 {
		err = send()
	}
	return err
}

func (r *reading) source(name string) *gathered {
	g := r.sources[name]
	if g == nil {
		g = &gathered{instances: map[string]bool{}, repos: map[string]bool{}, teachers: map[string]*taught{}}
		r.sources[name] = g
	}
	return g
}

func (r *reading) add(seed int64, row *shard.Row) {
	g := r.source(row.Source)
	g.tally.Add(trajectoryOf(row))
	g.steps, g.messages = append(g.steps, row.NSteps), append(g.messages, int32(len(row.Messages)))
	g.tokens, g.trained = append(g.tokens, row.NTokens), append(g.trained, row.NTrainedTokens)
	if repo := format.NormalRepo(row.Repo); repo == "" {
		g.unnamed++
	} else {
		g.repos[repo] = true
	}
	t := g.teachers[row.Teacher]
	if t == nil {
		t = &taught{instances: map[string]bool{}}
		g.teachers[row.Teacher] = t
	}
	t.rows, t.tokens = t.rows+1, t.tokens+int64(row.NTokens)
	if row.InstanceID != "" {
		g.instances[row.InstanceID], t.instances[row.InstanceID] = true, true
	}
	g.pick(seed, row)
}

// trajectoryOf reads a row as what it was rendered from: the calls are read back
// from its text.
func trajectoryOf(row *shard.Row) *format.Trajectory {
	t := &format.Trajectory{Messages: make([]format.Message, len(row.Messages))}
	for i, m := range row.Messages {
		t.Messages[i] = format.Message{Role: format.Role(m.Role), Content: m.Content}
	}
	return t
}

func (r *reading) merge(part *reading) {
	for name, g := range part.sources {
		r.source(name).merge(g)
	}
}

func (g *gathered) merge(o *gathered) {
	g.tally.Sum(&o.tally)
	g.steps, g.messages = append(g.steps, o.steps...), append(g.messages, o.messages...)
	g.tokens, g.trained, g.unnamed = append(g.tokens, o.tokens...), append(g.trained, o.trained...), g.unnamed+o.unnamed
	include(g.instances, o.instances)
	include(g.repos, o.repos)
	for name, more := range o.teachers {
		if t := g.teachers[name]; t != nil {
			t.rows, t.tokens = t.rows+more.rows, t.tokens+more.tokens
			include(t.instances, more.instances)
		} else {
			g.teachers[name] = &taught{more.rows, more.tokens, map[string]bool{}}
			include(g.teachers[name].instances, more.instances)
		}
	}
	g.picked = lowest(append(g.picked, o.picked...))
}

func include(to, more map[string]bool) {
	for key := range more {
		to[key] = true
	}
}

// whole is all sources as one.
func (r *reading) whole() *gathered {
	all := (&reading{map[string]*gathered{}}).source("")
	for _, g := range r.sources {
		all.merge(g)
	}
	return all
}

// check holds the rows against what the manifest says of the shards.
func (r *reading) check(d *mix.Dataset) error {
	var want, got mix.Count
	for _, s := range d.Manifest.Shards {
		want.Records, want.Tokens = want.Records+s.Rows, want.Tokens+s.Tokens
	}
	known := map[string]bool{}
	for _, s := range d.Manifest.Sources {
		known[s.Name] = true
		r.source(s.Name) // also where it has no row
	}
	for name, g := range r.sources {
		if !known[name] {
			return fmt.Errorf("%s: a row is of source %q, which the manifest does not name", d.Dir, name)
		}
		got.Records += int64(len(g.tokens))
		for _, n := range g.tokens {
			got.Tokens += int64(n)
		}
	}
	if got != want {
		return fmt.Errorf("%s: the shards hold %d rows with %d tokens, the manifest says %d with %d (trainyard inspect %s --verify tells which file changed)",
			d.Dir, got.Records, got.Tokens, want.Records, want.Tokens, d.Dir)
	}
	return nil
}

func (g *gathered) content() *Content {
	c := &Content{
		Instances: int64(len(g.instances)), Repositories: int64(len(g.repos)), Unnamed: g.unnamed,
		Tokens: measure(g.tokens), Trained: measure(g.trained), Steps: measure(g.steps), Messages: measure(g.messages),
		Behaviour: g.tally, Teachers: []Teacher{},
	}
	rows := map[string]int64{}
	for name, t := range g.teachers {
		rows[name] = t.rows
	}
	for _, name := range sortedByCount(rows) {
		t := g.teachers[name]
		c.Teachers = append(c.Teachers, Teacher{name, t.rows, int64(len(t.instances)), t.tokens})
	}
	return c
}
