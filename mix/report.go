package mix

import (
	"fmt"
	"slices"

	"trainyard/format/behaviour"
	"trainyard/mix/pack"
)

// sourceReports fills the funnels, outcome counts and reasons of every source from
// the entries, each of which has its outcome by now.
func sourceReports(r *reading) []SourceReport {
	reports := make([]SourceReport, len(r.cfg.Sources))
	index := map[string]*SourceReport{}
	billings := map[string]*billing{}
	for k := range reports {
		reports[k] = newReport(r, k)
		index[reports[k].Name], billings[reports[k].Name] = &reports[k], newBilling()
	}
	for e := range r.entries.all() {
		if e.Outcome == "" {
			panic("mix: a record without an outcome: " + e.File)
		}
		s := index[e.Source]
		c := s.Outcomes[e.Outcome]
		c.add(e.Tokens)
		s.Outcomes[e.Outcome] = c
		if e.Outcome == Kept || e.Outcome == Validation {
			r.items[e.item].flags().count(s.Flags)
			billings[e.Source].add(&r.items[e.item])
		} else {
			s.reason(&e)
		}
	}
	for k, kept := range retentions(r) {
		reports[k].Retention = &kept
		reports[k].Funnel, reports[k].Bills = funnel(reports[k].Outcomes), billings[reports[k].Name].sums
		if r.cfg.Flags {
			reports[k].flagEnds()
		}
	}
	return reports
}

// newReport is what is known of a source without the entries.
func newReport(r *reading, k int) SourceReport {
	s, road := &r.cfg.Sources[k], r.supplies[k].road
	report := SourceReport{
		Name: s.Name, Path: s.given(), Inputs: r.inputs.digests[k], Keep: s.Keep,
		Outcomes: map[Outcome]Count{}, Reasons: map[string]int64{}, Examples: map[string]string{},
		Notes: r.notes[k], Flags: map[string]int64{}, Warnings: r.warned[k], Unmatched: road.Unmatched(),
		Images: s.Images, SetupCost: s.SetupCost,
	}
	for name := range road.Edits().Counts() {
		report.Notes[name] += 0 // an edit that did nothing is told as well
	}
	for _, note := range road.Loss().Notes() {
		report.Notes[note] += 0 // likewise
	}
	return report
}

// reason counts why a record is in no shard and keeps the first of each kind.
func (r *SourceReport) reason(e *Entry) {
	key := reasonKey(e)
	if r.Reasons[key]++; r.Reasons[key] == 1 && e.Detail != "" {
		r.Examples[key] = fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Detail)
	}
}

// flagEnds raises the flags that only the plan can: what became of a record.
func (r *SourceReport) flagEnds() {
	ends := map[string]int64{
		behaviour.FlagDuplicate:  r.Reasons[reasonKey(&Entry{Outcome: Duplicate, Reason: UniqueContent})],
		behaviour.FlagOverLength: r.Outcomes[OverWindow].Records,
	}
	for flag, n := range ends {
		if n > 0 {
			r.Flags[flag] = n
		}
	}
}

// UnknownReason counts, among the reasons of a source, the records without
// evidence.
const UnknownReason = "not_accepted: unknown"

// reasonKey is "outcome: reason", or the outcome where that says it all.
func reasonKey(e *Entry) string {
	if e.Reason == "" {
		return string(e.Outcome)
	}
	return string(e.Outcome) + ": " + e.Reason
}

// totals sums the sources and measures both sides.
func totals(cfg *Config, reports []SourceReport, p *plan, items []Item) Totals {
	t := Totals{Outcomes: map[Outcome]Count{}}
	for _, r := range reports {
		for o, c := range r.Outcomes {
			sum := t.Outcomes[o]
			sum.sum(c)
			t.Outcomes[o] = sum
		}
	}
	t.Funnel = funnel(t.Outcomes)
	t.Train, t.Validation = side(p.Train, items).of(p.trainRows, items, cfg.Window), side(p.Validation, items).of(p.validationRows, items, cfg.Window)
	return t
}

func side(order []int32, items []Item) Side {
	var s Side
	repos := map[int32]bool{}
	for _, i := range order {
		it := &items[i]
		s.Rows++
		s.Tokens += int64(it.Tokens)
		s.TrainedTokens += int64(it.Trained)
		s.Steps += int64(it.Steps)
		if it.Repo != 0 {
			repos[it.Repo] = true
		}
	}
	s.Repos = len(repos)
	return s
}

// of is the side with its rows counted as they lie in the shards.
func (s Side) of(as *rows, items []Item, window int) Side {
	s.Rows, s.Lengths = int64(as.count()), as.lengths(items)
	if as.ends != nil {
		s.Sequences, s.Utilisation = int64(len(as.pieces)), pack.Utilisation(s.Tokens, as.count(), window)
	}
	return s
}

// validationSide tells what was set aside, and what the rows were chosen from.
func validationSide(r *reading, p *plan) ValidationSide {
	a := &p.Aside
	v := ValidationSide{
		Asked: r.cfg.Validation, Could: a.could, SetAside: a.items, Groups: a.groups, Held: a.held, Largest: a.largest,
		Repos: validationRepos(p.Validation, r.items, r.repos), Unnamed: map[string]Count{},
	}
	for k, n := range a.unnamed {
		if n.Records > 0 {
			v.Unnamed[r.cfg.Sources[k].Name] = n
		}
	}
	return v
}

// validationRepos lists the repositories of the validation side, sorted.
func validationRepos(order []int32, items []Item, repos *names) []string {
	list := []string{}
	for _, i := range order {
		if name := repos.list[items[i].Repo]; name != "" {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
