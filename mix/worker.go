package mix

import (
	"cmp"
	"errors"

	"trainyard/format"
	"trainyard/format/evidence"
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
	w := &worker{
		cfg: r.cfg, k: k, source: source, names: r.namers[k], road: r.supplies[k].road,
		output: output, codec: shard.NewRowCodec(output.Spooled()), measures: r.measured.measures[k],
	}
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
		w.pack(res, rec, done)
		res.values = w.values(rec, done)
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
func (w *worker) pack(res *result, rec format.Record, done convert.Result) {
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
	res.item.setExtra(extra{w.flags(rec, done), billOf(done.Traj, w.source.Teacher), fittingOf(done.Fit)})
	w.packRows(res, done)
	res.entry.Tokens = res.item.Tokens
}

// flags are those that a record raises, where they are asked for.
func (w *worker) flags(rec format.Record, done convert.Result) flags {
	if !w.cfg.Flags {
		return 0
	}
	return flagsOf(evidence.RecordFlags(rec, done.Traj, done.Chat))
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
	r.Source, r.Task, r.Teacher = w.source.Name, w.source.Task, cmp.Or(w.source.Teacher, traj.Teacher)
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
