package mix

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// An Outcome is what became of one record. Every record that was read ends
// in exactly one.
type Outcome string

const (
	Kept        Outcome = "kept"         // a row of a train shard
	Validation  Outcome = "validation"   // a row of a validation shard
	Rejected    Outcome = "rejected"     // could not be read, parsed or rendered; Reason says why
	NotAccepted Outcome = "not_accepted" // Reason: refused (evidence of failure) or unknown (no evidence)
	Filtered    Outcome = "filtered"     // Reason: keep (the source's keep: is false) or unknown (the record lacks what it names)
	// Contaminated is what has something of a benchmark; Reason is the first of
	// DecontaminationRules that says so, and Detail tells of all.
	Contaminated Outcome = "contaminated"
	Duplicate    Outcome = "duplicate"   // Reason: content (another record has the same text), near (nearly the same) or instance (per_instance reached)
	OverWindow   Outcome = "over_window" // longer than the window; Reason: the policy that could not make it fit
	NotSampled   Outcome = "not_sampled" // left over by the sampler, or Reason: a selection, per_repo, per_teacher or reference
)

// Outcomes lists all outcomes in the order of the pipeline.
var Outcomes = []Outcome{Rejected, NotAccepted, Filtered, Contaminated, Duplicate, OverWindow, NotSampled, Validation, Kept}

// An Entry is the account of one record.
type Entry struct {
	Source  string  `json:"source"`
	File    string  `json:"file"`
	Line    int     `json:"line"`
	ID      string  `json:"traj_id,omitempty"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"`
	Detail  string  `json:"detail,omitempty"`
	Tokens  int32   `json:"tokens,omitempty"`
	Rows    int32   `json:"rows,omitempty"` // of a record that was split or is repeated: how many rows it is

	item int // index into the prepared items; -1 where it never became one
	of   int // of a duplicate of content or near: the number of the one that was kept; else -1
}

// A place is where another record stands.
type place struct {
	Source string `json:"source"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	ID     string `json:"traj_id,omitempty"`
}

// An accounted entry is a line of outcomes.jsonl.
type accounted struct {
	*Entry
	Of *place `json:"of,omitempty"` // of a duplicate: the record that was kept
}

// A Count is a number of records and the tokens in them. Tokens of records
// that were never tokenised are not counted.
type Count struct {
	Records int64 `json:"records"`
	Tokens  int64 `json:"tokens"`
}

func (c *Count) add(tokens int32) {
	c.Records++
	c.Tokens += int64(tokens)
}

func (c *Count) sum(d Count) {
	c.Records += d.Records
	c.Tokens += d.Tokens
}

// A Funnel tells how many records of a source passed each stage, in order.
// Its counts come from the outcomes alone, so that they always sum. Tokens of
// Read and Parsed are those of the accepted records, and where keep left some out
// before they were tokenised, of the wanted ones alone; so are Accepted's then.
type Funnel struct {
	Read         Count `json:"read"`
	Parsed       Count `json:"parsed"`
	Accepted     Count `json:"accepted"`
	Wanted       Count `json:"wanted"` // by the source's keep:
	Clean        Count `json:"clean"`  // without what a decontamination found
	Unique       Count `json:"unique"`
	WithinWindow Count `json:"within_window"`
	Sampled      Count `json:"sampled"`
}

// funnel derives the stages from the outcomes of one source.
func funnel(by map[Outcome]Count) Funnel {
	var f Funnel
	stages := []struct {
		to   *Count
		from []Outcome
	}{
		{&f.Sampled, []Outcome{Kept, Validation}},
		{&f.WithinWindow, []Outcome{NotSampled}},
		{&f.Unique, []Outcome{OverWindow}},
		{&f.Clean, []Outcome{Duplicate}},
		{&f.Wanted, []Outcome{Contaminated}},
		{&f.Accepted, []Outcome{Filtered}},
		{&f.Parsed, []Outcome{NotAccepted}},
		{&f.Read, []Outcome{Rejected}},
	}
	var total Count
	for _, s := range stages {
		for _, o := range s.from {
			total.sum(by[o])
		}
		*s.to = total
	}
	return f
}

// outcomesFile has one line for every record that was read, in reading order.
const outcomesFile = "outcomes.jsonl"

func writeOutcomes(path string, entries *account) (FileDigest, error) {
	f, err := os.Create(path)
	if err != nil {
		return FileDigest{}, err
	}
	out := newHashWriter(f)
	buf := bufio.NewWriter(out)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	for e := range entries.all() {
		if err = enc.Encode(accounted{Entry: &e, Of: entries.of(&e)}); err != nil {
			break
		}
	}
	if err = errors.Join(err, buf.Flush(), f.Sync(), f.Close()); err != nil {
		return FileDigest{}, fmt.Errorf("write %s: %w", path, err)
	}
	return out.digest(outcomesFile), nil
}
