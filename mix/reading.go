package mix

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/mix/cache"
	"trainyard/mix/convert"
	"trainyard/mix/shard"
)

// A result is what a worker made of one record.
type result struct {
	entry     Entry
	item      Item
	repo      string
	inst      string
	teacher   string
	kept      bool // it became an item
	trial     trial
	values    []float64  // of the features that the recipe names
	packed    []byte     // the row as the stores keep it; nil in a dry run
	suspicion *suspicion // what the record has of a benchmark; nil for nothing
	sketch    *sketch    // where near duplicates are looked for
	file      string     // of the record, and a text about it, on this machine
	detail    string
	met       convert.Met
	notes     []string
	warned    []string // kinds of tokenize.Warning
	err       error    // fatal: not a fault of the record
}

// A reading is the first pass over the input: every record becomes an entry,
// the accepted ones items with a row in the stores.
type reading struct {
	ctx      context.Context // of the walk
	cfg      *Config
	supplies []*supply // for each source
	namers   []*namer  // likewise
	inputs   *inputs
	stores   *stores
	began    time.Time      // before any file was looked at
	used     [][]FileDigest // for each source: files besides the data that it goes by

	cache    *cache.Cache // nil without one
	uncached error        // why nothing more is put there
	keptRows []string     // files that a fault of the cache left, to be removed at the end

	sketches      *sketches      // nil where near duplicates are not looked for
	turns         string         // a directory for their turns in a dry run, to be removed at the end
	contamination *contamination // nil where there is no benchmark

	items    []Item
	entries  *account
	repos    *names
	measured measured
	notes    []map[string]int64 // for each source
	warned   []map[string]int64 // likewise
	tokens   int64

	total, done, fromCache int64 // bytes of input
	current                *dialect.Source
}

func newReading(cfg *Config, sources []*dialect.Source, roads []*convert.Converter, in *inputs) *reading {
	r := &reading{cfg: cfg, inputs: in, stores: newStores(""), repos: newNames(), entries: newAccount(), measured: newMeasured(cfg)}
	if cfg.Near > 0 {
		r.sketches = &sketches{stores: r.stores}
	}
	for k, src := range sources {
		r.supplies = append(r.supplies, &supply{source: src, road: roads[k]})
		r.namers = append(r.namers, newNamer(&cfg.Sources[k]))
		r.notes, r.warned = append(r.notes, map[string]int64{}), append(r.warned, map[string]int64{})
		for _, f := range src.Files() {
			r.total += f.Size
		}
	}
	return r
}

// prepare finds the parts of every source, and what the cache holds of them.
func (r *reading) prepare(ctx context.Context) error {
	r.ctx = ctx
	if err := r.openCache(ctx); err != nil {
		return err
	}
	for k, s := range r.supplies {
		parts, err := s.source.Parts(ctx, s.descents)
		if err != nil {
			return fmt.Errorf("source %s: %w", r.cfg.Sources[k].Name, err)
		}
		for _, p := range parts {
			s.parts = append(s.parts, inputPart{Part: p})
		}
		if err := r.look(s); err != nil {
			return fmt.Errorf("source %s: %w", r.cfg.Sources[k].Name, err)
		}
	}
	return nil
}

// openCache opens the cache and finds the place of each source in it. A cache
// that cannot be opened is done without.
func (r *reading) openCache(ctx context.Context) (err error) {
	switch {
	case r.cfg.Cache == "":
		return nil
	case r.cfg.DryRun:
		r.cache, err = cache.Look(ctx, r.cfg.Cache)
	default:
		r.cache, err = cache.Open(ctx, r.cfg.Cache)
	}
	if err != nil {
		r.uncached = err
		return ctx.Err()
	}
	for k, s := range r.supplies {
		if s.cached, err = r.preparation(k); err == nil {
			s.descents, err = r.descents(k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// preparation is the place of a source in the cache.
func (r *reading) preparation(k int) (*cache.Preparation, error) {
	reports, err := r.inputs.reports(r.ctx, len(r.supplies[k].source.Files()), k)
	if err != nil {
		return nil, err
	}
	p, err := newPreparation(r.cfg, k, r.used[k], reports)
	if err != nil {
		return nil, err
	}
	return p.in(r.cache, r.cfg.Recipe.Name)
}

// close lets go of the files that rows lie in.
func (r *reading) close() error {
	errs := []error{r.stores.close()}
	for _, path := range r.keptRows {
		errs = append(errs, os.Remove(path))
	}
	if r.turns != "" {
		errs = append(errs, os.RemoveAll(r.turns))
	}
	if r.cache != nil {
		errs = append(errs, r.cache.Close())
	}
	return errors.Join(errs...)
}

// run streams all sources through the workers.
func (r *reading) run(ctx context.Context) error {
	for k := range r.supplies {
		if err := r.fill(ctx, k); err != nil {
			return fmt.Errorf("source %s: %w", r.cfg.Sources[k].Name, err)
		}
	}
	return nil
}

// take gets the results in reading order. It alone touches the items.
func (r *reading) take(res *result) error {
	res.entry.item = -1
	r.measured.try(&r.cfg.Sources[res.item.Source], res)
	for _, n := range res.notes {
		r.notes[res.item.Source][n]++
	}
	for _, kind := range res.warned {
		r.warned[res.item.Source][kind]++
	}
	if res.kept {
		r.keep(res)
	}
	r.entries.add(res.entry)
	r.progress()
	return nil
}

// keep turns a result into an item.
func (r *reading) keep(res *result) {
	if r.sketches != nil {
		r.sketches.keep(res.sketch)
	}
	if res.suspicion != nil {
		r.contamination.suspicions[int32(len(r.items))] = res.suspicion
	}
	source := &r.cfg.Sources[res.item.Source]
	repo := format.NormalRepo(res.repo)
	res.item.Repo, res.item.Instance = r.repos.id(repo), instanceKey(instanceName(source.Name, repo, res.inst))
	res.entry.item = len(r.items)
	r.items = append(r.items, res.item)
	r.measured.add(&r.items[len(r.items)-1], res)
	r.tokens += int64(res.item.Tokens)
}

func (r *reading) progress() {
	p := Progress{Stage: "read", Total: r.total, Done: r.done, Records: int64(len(r.entries.lines)), Tokens: r.tokens}
	if r.current != nil {
		p.Done += r.current.Read()
	}
	r.cfg.report(p)
}

// A worker turns the records of one source into results. Its buffers live as
// long as it does.
type worker struct {
	cfg       *Config
	k         int // the source's index
	source    *Source
	names     *namer
	road      *convert.Converter
	row       shard.Row
	output    shard.Output
	codec     *shard.RowCodec
	measures  []*evidence.Measure // of the features that the recipe names, nil for those that this source needs not
	benchmark *benchmark          // nil for none
}

func newWorker(r *reading, k int) *worker {
	output := shard.Outputs[r.cfg.Output]
	source := &r.cfg.Sources[k]
	w := &worker{cfg: r.cfg, k: k, source: source, names: r.namers[k], road: r.supplies[k].road, output: output, codec: shard.NewRowCodec(output.Spooled()), measures: r.measured.measures[k]}
	if r.contamination != nil {
		w.benchmark = r.contamination.benchmark
	}
	return w
}

// do makes a packed row of what became of a record, or tells why there is none.
func (w *worker) do(rec format.Record, done convert.Result) *result {
	res := &result{item: Item{Source: int32(w.k)}, file: rec.File, met: done.Met}
	res.entry.Line = rec.Line
	w.judge(res, rec, done)
	w.names.name(res)
	return res
}

func (w *worker) judge(res *result, rec format.Record, done convert.Result) {
	if done.Reached >= convert.Parsed {
		res.entry.ID = done.Traj.ID
	}
	res.trial = w.trial(done)
	switch {
	case done.Err != nil:
		res.rejected(done.Err)
	case done.Verdict.Outcome != evidence.Accepted:
		res.entry.Outcome, res.entry.Reason, res.detail = NotAccepted, done.Verdict.Outcome.String(), done.Verdict.Evidence
	case done.LeftOut.Reason != "":
		res.filtered(done)
	default:
		w.pack(res, done)
		res.values = w.values(rec, done)
		if w.cfg.Flags {
			res.item.Flags = flagsOf(evidence.RecordFlags(rec, done.Traj, done.Chat))
		}
	}
}

// filtered records why keep: leaves a record out, with its length where that
// is known by then.
func (res *result) filtered(done convert.Result) {
	res.entry.Outcome, res.entry.Reason, res.detail = Filtered, done.LeftOut.Reason, done.LeftOut.Detail
	if done.Example != nil {
		res.entry.Tokens = int32(len(done.Example.IDs))
	}
}

// pack fills in the row of a conversation and packs it.
func (w *worker) pack(res *result, done convert.Result) {
	res.notes, res.warned = done.Notes, w.road.Warnings(done)
	w.fill(done.Traj, convert.Row{Chat: done.Chat, Example: done.Example})
	res.item.Tokens, res.item.Trained, res.item.Steps = w.row.NTokens, w.row.NTrainedTokens, w.row.NSteps
	res.item.Bytes, res.item.Digest = int32(w.row.TextBytes()), contentDigest(w.row.Messages)
	res.item.Text, res.item.ID = textSum(w.row.Messages), stableID(done.Traj.InstanceID, done.Traj.ID)
	res.kept = true
	if w.cfg.Near > 0 {
		res.sketch = newSketch(done.Chat)
	}
	if w.benchmark != nil {
		res.suspicion = w.benchmark.look(done.Traj, done.Chat, w.row.Repo)
	}
	res.repo, res.inst, res.teacher = w.row.Repo, done.Traj.InstanceID, w.row.Teacher
	res.item.bill = billOf(done.Traj, w.source.Teacher)
	w.packRows(res, done)
	res.entry.Tokens = res.item.Tokens
}

// packRow appends the row at hand to what the stores keep of the record.
func (w *worker) packRow(res *result, as convert.Row) {
	if !w.cfg.DryRun {
		w.codec.Begin()
		w.output.Pack(w.codec, &w.row, as.Example)
		res.packed = append(res.packed, w.codec.Row...)
	}
}

func (w *worker) fill(traj *format.Trajectory, as convert.Row) {
	r := &w.row
	r.Messages = r.Messages[:0]
	r.NSteps = 0
	for _, t := range as.Chat {
		r.Messages = append(r.Messages, shard.Message{Role: string(t.Role), Content: t.Content, Untrained: t.Untrained})
		if t.Role == format.Assistant {
			r.NSteps++
		}
	}
	r.TrajID, r.InstanceID, r.Repo = traj.ID, traj.InstanceID, cmp.Or(traj.Repo, w.source.Repo)
	r.Source, r.Task, r.Teacher = w.source.Name, w.source.Task, w.source.Teacher
	if r.Teacher == "" {
		r.Teacher = traj.Teacher
	}
	r.NTokens, r.NTrainedTokens = int32(len(as.Example.IDs)), int32(as.Example.Trained())
}

// rejected records the fault of a record; anything else is fatal.
func (res *result) rejected(err error) {
	var reject *format.Reject
	if !errors.As(err, &reject) {
		res.err = err
		return
	}
	res.entry.Outcome, res.entry.Reason, res.detail = Rejected, reject.Reason, reject.Detail
}
