package main

import (
	"context"
	"slices"

	"trainyard/cmd/trainyard/face"
	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/mix/convert"
)

// A clue is evidence that a recipe could name, and what it would say of the
// records.
type clue struct {
	Evidence string `json:"evidence"` // as flags of this command
	outcomes
	accept evidence.Accept
	judge  *evidence.Judge // of a report
}

// showClues lists the evidence there is, without judging by any of it.
func showClues(ctx context.Context, t *face.Terminal, s *settings, path string, src *dialect.Source) error {
	reports, err := reportClues(path)
	if err != nil {
		return err
	}
	all, rejects := slices.Clone(reports), newRejectLog(t)
	records, rejected, formats := 0, 0, map[string]int64{}
	road, err := judging(src, nil)
	if err != nil {
		return err
	}
	look := func() func(format.Record, convert.Result) found {
		return func(rec format.Record, done convert.Result) found { return cluesOf(rec, done, reports) }
	}
	err = convert.Walk(ctx, road, s.goroutines(), convert.Parsed, look, func(f found) error {
		if records++; f.err != nil {
			rejected++
			rejects.tell(f.file, f.line, f.err)
		}
		countFormat(formats, f.format)
		all = addClues(all, f.clues)
		return nil
	})
	if err != nil {
		return err
	}
	rejects.hint()
	all = slices.DeleteFunc(all, clue.foreign)
	for i := range all {
		c := &all[i]
		c.Unknown = records - rejected - c.Accepted - c.Refused
	}
	if s.json() {
		return t.PrintJSON(struct {
			Records  int              `json:"records"`
			Rejected int              `json:"rejected"`
			Formats  map[string]int64 `json:"formats"`
			Evidence []clue           `json:"evidence"`
		}{records, rejected, formats, append([]clue{}, all...)})
	}
	err = printClues(t, path, all, records, rejected)
	printFormats(t, formats)
	return err
}

// reportClues are the reports that lie near the records.
func reportClues(path string) ([]clue, error) {
	var all []clue
	for _, report := range evidence.Reports(path) {
		accept := evidence.Accept{Report: report}
		judge, err := evidence.NewJudge(accept)
		if err != nil {
			return nil, err
		}
		all = append(all, clue{Evidence: evidenceWords(accept), accept: accept, judge: judge})
	}
	return all, nil
}

// foreign says that a report is about other records.
func (c clue) foreign() bool { return c.judge != nil && c.Accepted+c.Refused == 0 }

// found is what all evidence says of one record, or why it is none.
type found struct {
	file   string
	line   int
	format string
	clues  []evidence.Clue
	err    error
}

func cluesOf(rec format.Record, done convert.Result, reports []clue) found {
	f, traj := found{file: rec.File, line: rec.Line, err: done.Err}, done.Traj
	if done.Err != nil {
		return f
	}
	f.format, f.clues = traj.Format, evidence.Clues(rec, traj)
	for _, r := range reports {
		if v, err := r.judge.Judge(rec, traj); err == nil {
			f.clues = append(f.clues, evidence.Clue{Accept: r.accept, Verdict: v})
		}
	}
	return f
}

func addClues(all []clue, clues []evidence.Clue) []clue {
	for _, f := range clues {
		i := 0
		for i < len(all) && all[i].accept != f.Accept {
			i++
		}
		if i == len(all) {
			all = append(all, clue{Evidence: evidenceWords(f.Accept), accept: f.Accept})
		}
		all[i].add(f.Verdict.Outcome)
	}
	return all
}

// mostTelling is the evidence that settles the most records, the first of
// equals.
func mostTelling(all []clue) clue {
	return slices.MaxFunc(all, func(a, b clue) int { return a.Accepted + a.Refused - b.Accepted - b.Refused })
}

func printClues(t *face.Terminal, path string, all []clue, records, rejected int) error {
	if len(all) == 0 {
		t.Print("%s, %s rejected: no verdict inside them, and no report near them. Every one of them is unknown.\n",
			face.Counted(records, "record"), face.Thousands(rejected))
		return nil
	}
	tab := face.NewTable("evidence", "accepted", "refused", "unknown").Numbers(1, 2, 3).Wraps(0)
	for _, c := range all {
		tab.Row(c.Evidence, face.Thousands(c.Accepted), face.Thousands(c.Refused), face.Thousands(c.Unknown))
	}
	if err := tab.Write(t.Out); err != nil {
		return err
	}
	t.Print("\n%s, %s rejected. None is accepted before you name the evidence: trainyard accept %s %s\n",
		face.Counted(records, "record"), face.Thousands(rejected), path, mostTelling(all).Evidence)
	return nil
}
