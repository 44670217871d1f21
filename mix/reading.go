package mix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/s2"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"trainyard/format"
	"trainyard/tokenize"
)

// inFlightBytes bounds the raw records between the reader and the collector.
// A larger record passes alone.
const inFlightBytes = 64 << 20

// A job is one record on its way through a worker. The collector takes jobs
// in reading order, whichever worker is done first.
type job struct {
	source int
	rec    format.Record
	weight int64
	done   chan result
}

// A result is what a worker made of one record.
type result struct {
	entry  Entry
	item   Item
	repo   string
	inst   string
	packed []byte // the row, packed and compressed; nil where it never became an item
	notes  []string
	err    error // fatal: not a fault of the record
}

// A reading is the first pass over the input: every record becomes an entry,
// the accepted ones items with a row in the spool.
type reading struct {
	cfg     *Config
	sources []*format.Source
	judges  []*format.Judge
	spool   *spool

	items     []Item
	entries   []Entry
	repos     *names
	instances *names
	notes     []map[string]int64 // for each source
	tokens    int64
	total     int64 // bytes of input

	inFlight *semaphore.Weighted
	buffers  sync.Pool
}

func newReading(cfg *Config, sources []*format.Source, judges []*format.Judge, sp *spool) *reading {
	r := &reading{
		cfg: cfg, sources: sources, judges: judges, spool: sp,
		repos: newNames(), instances: newNames(),
		notes:    make([]map[string]int64, len(sources)),
		inFlight: semaphore.NewWeighted(inFlightBytes),
	}
	for k, src := range sources {
		r.notes[k] = map[string]int64{}
		for _, f := range src.Files() {
			r.total += f.Size
		}
	}
	return r
}

// run streams all sources through the workers.
func (r *reading) run(ctx context.Context) error {
	template, err := tokenize.NewTemplate(r.cfg.Template, tokenize.Qwen25())
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	work := make(chan *job, r.cfg.workers())
	order := make(chan *job, 1024)
	g.Go(func() error {
		defer close(work)
		defer close(order)
		return r.feed(ctx, work, order)
	})
	for range r.cfg.workers() {
		g.Go(func() error {
			w := newWorker(r, template)
			for j := range work {
				j.done <- w.do(j)
			}
			return nil
		})
	}
	g.Go(func() error { return r.collect(ctx, order) })
	return g.Wait()
}

// feed reads the records in order and hands each to the workers and to the
// collector.
func (r *reading) feed(ctx context.Context, work, order chan<- *job) error {
	for k, src := range r.sources {
		err := src.Records(ctx, func(rec format.Record) error {
			j := &job{source: k, rec: rec, done: make(chan result, 1)}
			j.weight = min(int64(len(rec.Raw))+1, inFlightBytes)
			if err := r.inFlight.Acquire(ctx, j.weight); err != nil {
				return err
			}
			j.rec.Raw = r.copyRaw(rec.Raw)
			for _, to := range []chan<- *job{work, order} {
				select {
				case to <- j:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("source %s: %w", r.cfg.Sources[k].Name, err)
		}
	}
	return nil
}

func (r *reading) copyRaw(raw []byte) []byte {
	buf, _ := r.buffers.Get().(*[]byte)
	if buf == nil {
		return bytes.Clone(raw)
	}
	return append((*buf)[:0], raw...)
}

// collect takes the results in reading order. It alone touches the items.
func (r *reading) collect(ctx context.Context, order <-chan *job) error {
	for j := range order {
		var res result
		select {
		case res = <-j.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if res.err != nil {
			return res.err
		}
		if err := r.keep(j, &res); err != nil {
			return err
		}
		r.release(j)
		r.progress()
	}
	return nil
}

func (r *reading) release(j *job) {
	raw := j.rec.Raw
	r.buffers.Put(&raw)
	r.inFlight.Release(j.weight)
}

func (r *reading) keep(j *job, res *result) error {
	res.entry.item = -1
	for _, n := range res.notes {
		r.notes[j.source][n]++
	}
	if res.packed != nil {
		at, err := r.spool.append(res.packed)
		if err != nil {
			return err
		}
		res.item.at = at
		res.item.Repo, res.item.Instance = r.repos.id(res.repo), r.instances.id(res.inst)
		res.entry.item = len(r.items)
		r.items = append(r.items, res.item)
		r.tokens += int64(res.item.Tokens)
	}
	r.entries = append(r.entries, res.entry)
	return nil
}

func (r *reading) progress() {
	p := Progress{Stage: "read", Total: r.total, Records: int64(len(r.entries)), Tokens: r.tokens}
	for _, s := range r.sources {
		p.Done += s.Read()
	}
	r.cfg.report(p)
}

// A worker turns records into results. Its buffers live as long as it does.
type worker struct {
	r        *reading
	template *tokenize.Template
	render   format.RenderOptions
	example  tokenize.Example
	row      Row
	output   Output
	digest   []byte
	plain    []byte
}

func newWorker(r *reading, t *tokenize.Template) *worker {
	return &worker{r: r, template: t, output: Outputs[r.cfg.Output], render: format.RenderOptions{
		DefaultSystem: t.DefaultSystem(),
		Specials:      tokenize.Qwen25().Specials(),
	}}
}

// do takes one record from its bytes to a packed row, or to the reason why
// it will be none.
func (w *worker) do(j *job) result {
	src := &w.r.cfg.Sources[j.source]
	res := result{entry: Entry{Source: src.Name, File: relative(src.Path, j.rec.File), Line: j.rec.Line}}
	traj, err := w.r.sources[j.source].Parse(j.rec)
	if err != nil {
		return rejected(res, err)
	}
	res.entry.ID = traj.ID
	verdict, err := w.r.judges[j.source].Judge(j.rec, traj)
	if err != nil {
		return rejected(res, err)
	}
	if verdict.Outcome != format.Accepted {
		res.entry.Outcome, res.entry.Reason, res.entry.Detail = NotAccepted, verdict.Outcome.String(), verdict.Evidence
		return res
	}
	chat, notes, err := format.Render(traj, w.r.cfg.Tools, w.render)
	if err != nil {
		return rejected(res, err)
	}
	res.notes = notes
	w.pack(&res, j.source, src, traj, chat)
	return res
}

// pack tokenises the chat and packs the row.
func (w *worker) pack(res *result, k int, src *Source, traj *format.Trajectory, chat format.Chat) {
	if !w.output.flags && trainAll(chat) {
		res.notes = append(res.notes, "untrained_flag_ignored")
	}
	w.template.Apply(&w.example, chat)
	w.fill(src, traj, chat)
	w.digest = packMessages(w.digest[:0], w.row.Messages)
	res.item = Item{
		Source: int32(k), Tokens: w.row.NTokens, Trained: w.row.NTrainedTokens, Steps: w.row.NSteps,
		Bytes: int32(w.row.textBytes()), Digest: contentDigest(w.digest),
	}
	w.plain = w.output.pack(w.plain[:0], &w.row, &w.example)
	res.packed = s2.Encode(nil, w.plain)
	res.repo, res.inst = traj.Repo, traj.InstanceID
	res.entry.Tokens = w.row.NTokens
}

// trainAll clears the flags that exclude single turns from the loss, since
// the canonical shard has no place for them, and says whether there were any.
func trainAll(chat format.Chat) (flagged bool) {
	for i := range chat {
		flagged = flagged || chat[i].Untrained
		chat[i].Untrained = false
	}
	return flagged
}

func (w *worker) fill(src *Source, traj *format.Trajectory, chat format.Chat) {
	r := &w.row
	r.Messages = r.Messages[:0]
	r.NSteps = 0
	for _, t := range chat {
		r.Messages = append(r.Messages, Message{Role: string(t.Role), Content: t.Content})
		if t.Role == format.Assistant {
			r.NSteps++
		}
	}
	r.TrajID, r.InstanceID, r.Repo = traj.ID, traj.InstanceID, traj.Repo
	r.Source, r.Task, r.Teacher = src.Name, src.Task, src.Teacher
	if r.Teacher == "" {
		r.Teacher = traj.Teacher
	}
	r.NTokens, r.NTrainedTokens = int32(len(w.example.IDs)), int32(w.example.Trained())
}

// rejected records the fault of a record; anything else is fatal.
func rejected(res result, err error) result {
	var reject *format.Reject
	if !errors.As(err, &reject) {
		res.err = err
		return res
	}
	res.entry.Outcome, res.entry.Reason, res.entry.Detail = Rejected, reject.Reason, reject.Detail
	return res
}
