package mix

import (
	"math"

	"trainyard/format/evidence"
	"trainyard/mix/convert"
	"trainyard/mix/dedup"
)

// A record is a result as a cache keeps it: with the names of this machine, which
// are replaced by the recipe's when it is taken up again.
type record struct {
	File           string
	Line           int
	ID             string
	Outcome        Outcome
	Reason, Detail string
	Tokens, Rows   int32
	Item           *keptItem // nil where it is none
	Notes, Warned  []string
	Met            convert.Met
	Trial          keptTrial
}

// A keptTrial is what a record says of its instance.
type keptTrial struct {
	Repo, Instance string
	Passed, Judged bool
}

// A keptItem is an item and where its row lies in the rows of its part.
type keptItem struct {
	Tokens, Trained, Steps, Bytes int32
	Text                          uint32
	Flags, ID                     uint64
	Digest                        digest
	Off                           int64
	N                             int32
	Repo, Instance, Teacher       string
	Values                        []float64      // of the features that the source is measured by, in the order of their names
	Sketch                        *keptSketch    // where near duplicates are looked for
	Suspicion                     *keptSuspicion // nil for none
	Fit                           *keptFit       // of one that was over the window, and made to fit or not
	Bill                          *keptBill      // nil where the record tells no cost
}

type keptFit struct {
	Whole [2]int32 // tokens, and those of them that are trained
	Why   string
	Parts [][2]int32
}

func (f *fitting) kept() *keptFit {
	if f == nil {
		return nil
	}
	k := &keptFit{Whole: [2]int32{f.whole.tokens, f.whole.trained}, Why: f.why}
	for _, p := range f.parts {
		k.Parts = append(k.Parts, [2]int32{p.tokens, p.trained})
	}
	return k
}

func (k *keptFit) fitting() *fitting {
	if k == nil {
		return nil
	}
	f := &fitting{whole: length{k.Whole[0], k.Whole[1]}, why: k.Why}
	for _, p := range k.Parts {
		f.parts = append(f.parts, length{p[0], p[1]})
	}
	return f
}

// A keptBill is what a record says that it cost.
type keptBill struct {
	Teacher            string
	USD                float64
	Prompt, Completion int64
}

func (k *keptBill) bill() *bill {
	if k == nil {
		return nil
	}
	return &bill{k.Teacher, k.USD, k.Prompt, k.Completion}
}

// A keptSuspicion is what a record has of a benchmark.
type keptSuspicion struct {
	Instance, Repo int32
	Hits           []dedup.Hit
	Patch          dedup.Match
}

type keptSketch struct {
	Signature dedup.Signature
	Off       int64
	N         int32
}

func (res *result) record(measures []*evidence.Measure) *record {
	e := &res.entry
	k := &record{
		File: res.file, Line: e.Line, ID: e.ID, Outcome: e.Outcome, Reason: e.Reason, Detail: res.detail, Tokens: e.Tokens, Rows: e.Rows,
		Notes: res.notes, Warned: res.warned, Met: res.met,
		Trial: keptTrial{res.trial.repo, res.trial.inst, res.trial.passed, res.trial.judged},
	}
	if res.kept {
		it := &res.item
		k.Item = &keptItem{
			Tokens: it.Tokens, Trained: it.Trained, Steps: it.Steps, Bytes: it.Bytes, Text: it.Text, Flags: uint64(it.flags()), ID: it.ID,
			Digest: it.Digest, Off: it.at.off, N: it.at.n, Repo: res.repo, Instance: res.inst, Teacher: res.teacher, Values: own(res.values, measures), Fit: it.fit().kept(),
		}
		if b := it.bill(); b != nil {
			k.Item.Bill = &keptBill{b.teacher, b.usd, b.prompt, b.completion}
		}
		if sk := res.sketch; sk != nil {
			k.Item.Sketch = &keptSketch{sk.signature, sk.at.off, sk.at.n}
		}
		if s := res.suspicion; s != nil {
			k.Item.Suspicion = &keptSuspicion{s.instance, s.repo, s.hits, s.patch}
		}
	}
	return k
}

// result is the record as a worker of the source would have given it, but for its
// names.
func (k *record) result(source, store int32, measures []*evidence.Measure) *result {
	res := &result{
		entry: Entry{Line: k.Line, ID: k.ID, Outcome: k.Outcome, Reason: k.Reason, Tokens: k.Tokens, Rows: k.Rows},
		item:  Item{Source: source}, file: k.File, detail: k.Detail, notes: k.Notes, warned: k.Warned, met: k.Met,
		trial: trial{k.Trial.Repo, k.Trial.Instance, k.Trial.Passed, k.Trial.Judged},
	}
	if it := k.Item; it != nil {
		res.kept, res.repo, res.inst, res.teacher = true, it.Repo, it.Instance, it.Teacher
		res.values = among(it.Values, measures)
		res.item = Item{
			Source: source, Tokens: it.Tokens, Trained: it.Trained, Steps: it.Steps, Bytes: it.Bytes, Text: it.Text,
			ID: it.ID, Digest: it.Digest, at: extent{off: it.Off, n: it.N, store: store},
		}
		res.item.setExtra(extra{flags(it.Flags), it.Bill.bill(), it.Fit.fitting()})
		if sk := it.Sketch; sk != nil {
			res.sketch = &sketch{signature: sk.Signature, at: extent{off: sk.Off, n: sk.N, store: store}}
		}
		if s := it.Suspicion; s != nil {
			res.suspicion = &suspicion{s.Instance, s.Repo, s.Hits, s.Patch}
		}
	}
	return res
}

// own are the values that a source needs, among those of all that the recipe
// names.
func own(values []float64, measures []*evidence.Measure) (kept []float64) {
	for n, x := range values {
		if measures[n] != nil {
			kept = append(kept, x)
		}
	}
	return kept
}

// among puts them where they belong; the others are unknown.
func among(kept []float64, measures []*evidence.Measure) []float64 {
	if len(measures) == 0 {
		return nil
	}
	values := make([]float64, len(measures))
	for n, m := range measures {
		if values[n] = math.NaN(); m != nil {
			values[n], kept = kept[0], kept[1:]
		}
	}
	return values
}
