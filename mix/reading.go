package mix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/mix/shard"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

// A result is what a worker made of one record.
type result struct {
	entry  Entry
	item   Item
	repo   string
	inst   string
	kept   bool   // it became an item
	packed []byte // the row as the spool keeps it; nil in a dry run
	notes  []string
	flags  []string
	warned []string // kinds of tokenize.Warning
	err    error    // fatal: not a fault of the record
}

// A reading is the first pass over the input: every record becomes an entry,
// the accepted ones items with a row in the spool.
type reading struct {
	cfg     *Config
	sources []*dialect.Source
	judges  []*evidence.Judge
	inputs  *inputs
	tok     *tokenize.Tokenizer
	treat   []treatment
	spool   *spool

	items     []Item
	entries   []Entry
	repos     *names
	instances *names
	notes     []map[string]int64 // for each source
	flags     []map[string]int64 // likewise
	warned    []map[string]int64 // likewise
	tokens    int64
	total     int64 // bytes of input
}

func newReading(cfg *Config, sources []*dialect.Source, judges []*evidence.Judge, in *inputs) *reading {
	r := &reading{
		cfg: cfg, sources: sources, judges: judges, inputs: in, spool: &spool{},
		repos: newNames(), instances: newNames(),
	}
	for _, src := range sources {
		r.notes, r.flags = append(r.notes, map[string]int64{}), append(r.flags, map[string]int64{})
		r.warned = append(r.warned, map[string]int64{})
		for _, f := range src.Files() {
			r.total += f.Size
		}
	}
	return r
}

// run streams all sources through the workers.
func (r *reading) run(ctx context.Context) error {
	template, err := chat.NewTemplate(r.cfg.Template, r.tok)
	if err != nil {
		return err
	}
	for k, src := range r.sources {
		newWork := func() func(format.Record) *result {
			w := newWorker(r, k, template)
			return w.do
		}
		if err := dialect.Ordered(ctx, src, r.cfg.workers(), newWork, r.take); err != nil {
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
	for _, n := range res.notes {
		r.notes[res.item.Source][n]++
	}
	for _, f := range res.flags {
		r.flags[res.item.Source][f]++
	}
	for _, kind := range res.warned {
		r.warned[res.item.Source][kind]++
	}
	if res.kept {
		if err := r.keep(res); err != nil {
			return err
		}
	}
	r.entries = append(r.entries, res.entry)
	r.progress()
	return nil
}

// keep turns a result into an item with a row in the spool.
func (r *reading) keep(res *result) (err error) {
	if res.item.at, err = r.spool.append(res.packed); err != nil {
		return err
	}
	res.item.Repo, res.item.Instance = r.repos.id(res.repo), r.instances.id(res.inst)
	res.entry.item = len(r.items)
	r.items = append(r.items, res.item)
	r.tokens += int64(res.item.Tokens)
	return nil
}

func (r *reading) progress() {
	p := Progress{Stage: "read", Total: r.total, Records: int64(len(r.entries)), Tokens: r.tokens}
	for _, s := range r.sources {
		p.Done += s.Read()
	}
	r.cfg.report(p)
}

// A worker turns the records of one source into results. Its buffers live as
// long as it does.
type worker struct {
	r        *reading
	k        int // the source's index
	source   *Source
	template *chat.Template
	treat    treatment
	example  chat.Example
	row      shard.Row
	output   shard.Output
	packer   *shard.RowCodec
}

func newWorker(r *reading, k int, t *chat.Template) *worker {
	w := &worker{r: r, k: k, source: &r.cfg.Sources[k], template: t, treat: r.treat[k], output: shard.Outputs[r.cfg.Output], packer: shard.NewRowCodec(shard.Outputs[r.cfg.Output].Schema())}
	w.treat.render.DefaultSystem = t.DefaultSystem()
	return w
}

// do takes one record from its bytes to a packed row, or to the reason why
// it will be none.
func (w *worker) do(rec format.Record) *result {
	res := &result{item: Item{Source: int32(w.k)}}
	res.entry = Entry{Source: w.source.Name, File: relative(w.source.Path, rec.File), Line: rec.Line}
	traj, err := w.r.sources[w.k].Parse(rec)
	if err != nil {
		return w.rejected(res, err)
	}
	res.entry.ID = traj.ID
	verdict, err := w.r.judges[w.k].Judge(rec, traj)
	if err != nil {
		return w.rejected(res, err)
	}
	if verdict.Outcome != evidence.Accepted {
		res.entry.Outcome, res.entry.Reason, res.entry.Detail = NotAccepted, verdict.Outcome.String(), w.source.portable(verdict.Evidence)
		return res
	}
	chat, notes, err := w.treat.apply(traj, w.r.cfg.Tools)
	if err == nil {
		err = w.pack(res, traj, chat)
	}
	if err != nil {
		return w.rejected(res, err)
	}
	res.notes = notes
	if w.r.cfg.Flags {
		res.flags = evidence.RecordFlags(rec, traj, chat)
	}
	return res
}

// pack tokenises the chat and packs the row. A chat that no trainer could be
// told the loss of is rejected.
func (w *worker) pack(res *result, traj *format.Trajectory, chat format.Chat) error {
	if !w.output.Flags && slices.ContainsFunc(chat, func(t format.Turn) bool { return t.Untrained }) {
		return &format.Reject{Reason: "untrained_turns", Detail: "the record keeps some assistant turns out of the loss, which rows of text cannot say (mix.output=tokens can)"}
	}
	w.template.Apply(&w.example, chat)
	if w.example.Trained() == 0 {
		return &format.Reject{Reason: "no_trained_tokens", Detail: "the record keeps every assistant turn out of the loss"}
	}
	res.warned = w.template.WarningKindsIn(chat, &w.example)
	w.fill(traj, chat)
	res.item.Tokens, res.item.Trained, res.item.Steps = w.row.NTokens, w.row.NTrainedTokens, w.row.NSteps
	res.item.Bytes, res.item.Digest = int32(w.row.TextBytes()), contentDigest(w.row.Messages)
	res.kept = true
	if !w.r.cfg.DryRun {
		w.packer.Begin()
		w.output.Pack(w.packer, &w.row, &w.example)
		res.packed = bytes.Clone(w.packer.Row)
	}
	res.repo, res.inst = traj.Repo, traj.InstanceID
	res.entry.Tokens = w.row.NTokens
	return nil
}

func (w *worker) fill(traj *format.Trajectory, chat format.Chat) {
	r := &w.row
	r.Messages = r.Messages[:0]
	r.NSteps = 0
	for _, t := range chat {
		r.Messages = append(r.Messages, shard.Message{Role: string(t.Role), Content: t.Content})
		if t.Role == format.Assistant {
			r.NSteps++
		}
	}
	r.TrajID, r.InstanceID, r.Repo = traj.ID, traj.InstanceID, traj.Repo
	r.Source, r.Task, r.Teacher = w.source.Name, w.source.Task, w.source.Teacher
	if r.Teacher == "" {
		r.Teacher = traj.Teacher
	}
	r.NTokens, r.NTrainedTokens = int32(len(w.example.IDs)), int32(w.example.Trained())
}

// rejected records the fault of a record; anything else is fatal.
func (w *worker) rejected(res *result, err error) *result {
	var reject *format.Reject
	if !errors.As(err, &reject) {
		res.err = err
		return res
	}
	res.entry.Outcome, res.entry.Reason, res.entry.Detail = Rejected, reject.Reason, w.source.portable(reject.Detail)
	return res
}
