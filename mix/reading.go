package mix

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/mix/convert"
	"trainyard/mix/shard"
)

// A result is what a worker made of one record.
type result struct {
	entry   Entry
	item    Item
	repo    string
	inst    string
	teacher string
	kept    bool // it became an item
	trial   trial
	values  []float64 // of the features that the recipe names
	packed  []byte    // the row as the spool keeps it; nil in a dry run
	notes   []string
	warned  []string // kinds of tokenize.Warning
	err     error    // fatal: not a fault of the record
}

// A reading is the first pass over the input: every record becomes an entry,
// the accepted ones items with a row in the spool.
type reading struct {
	cfg     *Config
	sources []*dialect.Source
	roads   []*convert.Converter // for each source
	inputs  *inputs
	spool   *spool

	items    []Item
	entries  *account
	repos    *names
	measured measured
	notes    []map[string]int64 // for each source
	warned   []map[string]int64 // likewise
	tokens   int64
	total    int64 // bytes of input
}

func newReading(cfg *Config, sources []*dialect.Source, roads []*convert.Converter, in *inputs) *reading {
	r := &reading{
		cfg: cfg, sources: sources, roads: roads, inputs: in, spool: &spool{},
		repos: newNames(), entries: newAccount(), measured: newMeasured(cfg),
	}
	for _, src := range sources {
		r.notes, r.warned = append(r.notes, map[string]int64{}), append(r.warned, map[string]int64{})
		for _, f := range src.Files() {
			r.total += f.Size
		}
	}
	return r
}

// run streams all sources through the workers.
func (r *reading) run(ctx context.Context) error {
	for k, road := range r.roads {
		newWork := func() func(format.Record, convert.Result) *result { return newWorker(r, k).do }
		if err := convert.Walk(ctx, road, r.cfg.workers(), convert.Tokenised, newWork, r.take); err != nil {
			return fmt.Errorf("source %s: %w", r.cfg.Sources[k].Name, err)
		}
	}
	return nil
}

// take gets the results in reading order. It alone touches the items.
func (r *reading) take(res *result) error {
	if res.err != nil {
		return res.err
	}
	res.entry.item = -1
	r.measured.try(&r.cfg.Sources[res.item.Source], res)
	for _, n := range res.notes {
		r.notes[res.item.Source][n]++
	}
	for _, kind := range res.warned {
		r.warned[res.item.Source][kind]++
	}
	if res.kept {
		if err := r.keep(res); err != nil {
			return err
		}
	}
	r.entries.add(res.entry)
	r.progress()
	return nil
}

// keep turns a result into an item with a row in the spool.
func (r *reading) keep(res *result) (err error) {
	if res.item.at, err = r.spool.append(res.packed); err != nil {
		return err
	}
	source := &r.cfg.Sources[res.item.Source]
	repo := format.NormalRepo(res.repo)
	res.item.Repo, res.item.Instance = r.repos.id(repo), instanceKey(instanceName(source.Name, repo, res.inst))
	res.entry.item = len(r.items)
	r.items = append(r.items, res.item)
	r.measured.add(&r.items[len(r.items)-1], res)
	r.tokens += int64(res.item.Tokens)
	return nil
}

func (r *reading) progress() {
	p := Progress{Stage: "read", Total: r.total, Records: int64(len(r.entries.lines)), Tokens: r.tokens}
	for _, s := range r.sources {
		p.Done += s.Read()
	}
	r.cfg.report(p)
}

// A worker turns the records of one source into results. Its buffers live as
// long as it does.
type worker struct {
	cfg      *Config
	k        int // the source's index
	source   *Source
	names    namings
	report   naming
	road     *convert.Converter
	row      shard.Row
	output   shard.Output
	codec    *shard.RowCodec
	measures []*evidence.Measure // of the features that the recipe names, nil for those that this source needs not
}

func newWorker(r *reading, k int) *worker {
	output := shard.Outputs[r.cfg.Output]
	source := &r.cfg.Sources[k]
	return &worker{cfg: r.cfg, k: k, source: source, names: newNamings(source.Inputs), report: newNaming(source.Accept.Report, source.GivenReport), road: r.roads[k], output: output, codec: shard.NewRowCodec(output.Schema()), measures: r.measured.measures[k]}
}

// do makes a packed row of what became of a record, or tells why there is none.
func (w *worker) do(rec format.Record, done convert.Result) *result {
	res := &result{item: Item{Source: int32(w.k)}}
	res.entry = Entry{Source: w.source.Name, File: w.names.of(rec.File), Line: rec.Line}
	if done.Reached >= convert.Parsed {
		res.entry.ID = done.Traj.ID
	}
	res.trial = w.trial(done)
	switch {
	case done.Err != nil:
		return w.rejected(res, done.Err)
	case done.Verdict.Outcome != evidence.Accepted:
		res.entry.Outcome, res.entry.Reason, res.entry.Detail = NotAccepted, done.Verdict.Outcome.String(), w.portable(done.Verdict.Evidence)
		return res
	case done.LeftOut.Reason != "":
		return w.filtered(res, done)
	}
	w.pack(res, done)
	res.values = w.values(rec, done)
	if w.cfg.Flags {
		res.item.Flags = flagsOf(evidence.RecordFlags(rec, done.Traj, done.Chat))
	}
	return res
}

// filtered records why keep: leaves a record out, with its length where that
// is known by then.
func (w *worker) filtered(res *result, done convert.Result) *result {
	res.entry.Outcome, res.entry.Reason, res.entry.Detail = Filtered, done.LeftOut.Reason, w.portable(done.LeftOut.Detail)
	if done.Example != nil {
		res.entry.Tokens = int32(len(done.Example.IDs))
	}
	return res
}

// portable replaces this machine's paths in a text about a record by those of
// the recipe, so that equal inputs give equal accounts wherever they lie.
func (w *worker) portable(text string) string { return w.names.in(w.report.in(text)) }

// pack fills in the row of a conversation and packs it.
func (w *worker) pack(res *result, done convert.Result) {
	res.notes, res.warned = done.Notes, w.road.Warnings(done)
	w.fill(done)
	res.item.Tokens, res.item.Trained, res.item.Steps = w.row.NTokens, w.row.NTrainedTokens, w.row.NSteps
	res.item.Bytes, res.item.Digest = int32(w.row.TextBytes()), contentDigest(w.row.Messages)
	res.item.Text, res.item.ID = textSum(w.row.Messages), stableID(done.Traj.InstanceID, done.Traj.ID)
	res.kept = true
	if !w.cfg.DryRun {
		w.codec.Begin()
		w.output.Pack(w.codec, &w.row, done.Example)
		res.packed = bytes.Clone(w.codec.Row)
	}
	res.repo, res.inst, res.teacher = w.row.Repo, done.Traj.InstanceID, w.row.Teacher
	res.entry.Tokens = w.row.NTokens
}

func (w *worker) fill(done convert.Result) {
	r, traj := &w.row, done.Traj
	r.Messages = r.Messages[:0]
	r.NSteps = 0
	for _, t := range done.Chat {
		r.Messages = append(r.Messages, shard.Message{Role: string(t.Role), Content: t.Content})
		if t.Role == format.Assistant {
			r.NSteps++
		}
	}
	r.TrajID, r.InstanceID, r.Repo = traj.ID, traj.InstanceID, cmp.Or(traj.Repo, w.source.Repo)
	r.Source, r.Task, r.Teacher = w.source.Name, w.source.Task, w.source.Teacher
	if r.Teacher == "" {
		r.Teacher = traj.Teacher
	}
	r.NTokens, r.NTrainedTokens = int32(len(done.Example.IDs)), int32(done.Example.Trained())
}

// rejected records the fault of a record; anything else is fatal.
func (w *worker) rejected(res *result, err error) *result {
	var reject *format.Reject
	if !errors.As(err, &reject) {
		res.err = err
		return res
	}
	res.entry.Outcome, res.entry.Reason, res.entry.Detail = Rejected, reject.Reason, w.portable(reject.Detail)
	return res
}
