package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/mix/convert"
)

const acceptLong = `Show which records of PATH would be accepted, and on what evidence.

Without evidence named, show what there is to name: verdicts inside the records,
and reports near them. Nothing is taken for success by itself, so a recipe has
to name one of them (accept: {field: …}, {where: …} or {report: …}).

A report is known by what it holds, whatever it is called: trainyard list reports
says what they look like. A directory stands for all reports below it and for the
records in it that were graded in place.

An expression (--where) names the record's own members, and instance_id, repo,
teacher, n_steps, flags and features.NAME: trainyard list where, list flags and list
features say what they are. It accepts with true and refuses with false.

PATH - is standard input, whose records stand at -:LINE.`

const acceptExample = `  trainyard accept rollouts/output.jsonl
  trainyard accept rollouts/output.jsonl --field report.resolved
  trainyard accept rollouts --where 'reward > 0.5 && not ("loop" in flags)' --json`

func newAccept(t *face.Terminal, s *settings) *cobra.Command {
	var dialectName string
	cmd := &cobra.Command{
		Use:     "accept PATH",
		Short:   "Show which records would be accepted, and on what evidence",
		Long:    acceptLong,
		Example: acceptExample,
		Args:    exactly("a file, a directory or a glob of trajectories, or - for standard input"),
	}
	accept := evidenceFlags(cmd, "")
	cmd.Flags().StringVar(&dialectName, "format", "auto", "dialect of the records")
	completes(cmd, "format", "formats")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		src, err := openSource(dialect.Input{Path: args[0], Format: dialectName})
		if err != nil {
			return err
		}
		if *accept == (evidence.Accept{}) {
			return showClues(cmd.Context(), t, s, args[0], src)
		}
		return showVerdicts(cmd.Context(), t, s, args[0], src, *accept)
	}
	return cmd
}

// A judged is one record and what the evidence says of it.
type judged struct {
	Place    string `json:"place"`
	Format   string `json:"format,omitempty"` // that it was read as
	ID       string `json:"traj_id,omitempty"`
	Instance string `json:"instance_id,omitempty"`
	Outcome  string `json:"outcome"` // accepted, refused, unknown or rejected
	Evidence string `json:"evidence"`
}

// judgedCounts sums them up.
type judgedCounts struct {
	Records  int              `json:"records"`
	Rejected int              `json:"rejected"`
	Formats  map[string]int64 `json:"formats"` // records that could be read, by the format they are in
	outcomes
}

func showVerdicts(ctx context.Context, t *face.Terminal, s *settings, path string, src *dialect.Source, accept evidence.Accept) error {
	judge, err := newJudge(accept)
	if err != nil {
		return err
	}
	list := newVerdictList(t, s, accept)
	road, err := judging(src, judge)
	if err != nil {
		return err
	}
	err = convert.Walk(ctx, road, s.goroutines(), convert.Judged, func() func(format.Record, convert.Result) verdictResult {
		return func(rec format.Record, done convert.Result) verdictResult { return verdictOf(path, rec, done) }
	}, list.add)
	if err != nil {
		return err
	}
	return list.print()
}

// A verdictList prints what the evidence says, a record a line. It holds of each
// what its line says, and as JSON nothing: each is printed as it comes.
type verdictList struct {
	t      *face.Terminal
	counts judgedCounts
	table  *face.Table
	json   *face.JSONStream // in its place
}

func newVerdictList(t *face.Terminal, s *settings, accept evidence.Accept) *verdictList {
	l := &verdictList{t: t, counts: judgedCounts{Formats: map[string]int64{}}}
	if s.json() {
		l.json = t.StreamJSON()
		l.json.Object()
		l.json.Member("accept")
		l.json.Value(evidenceWords(accept))
		l.json.Member("records")
		l.json.List()
	}
	l.table = face.NewTable("record", "format", "instance or id", "outcome", "evidence").
		Gives(0, 2, 4).Ends(0).Leaves(1).Tints(3, outcomeTint)
	return l
}

func (l *verdictList) add(r verdictResult) error {
	l.counts.Records++
	countFormat(l.counts.Formats, r.Format)
	if r.rejected {
		l.counts.Rejected++
	} else {
		l.counts.add(r.outcome)
	}
	if l.json != nil {
		l.json.Value(r.judged)
		return nil
	}
	l.table.Row(r.Place, orDash(r.Format), orDash(cmp.Or(r.Instance, r.ID)), r.Outcome, r.Evidence)
	return nil
}

func (l *verdictList) print() error {
	if l.json != nil {
		l.json.End()
		l.json.Member("counts")
		l.json.Value(l.counts)
		return l.json.Close()
	}
	if err := l.table.Write(l.t.Out); err != nil {
		return err
	}
	c := l.counts
	l.t.Print("\n%s: %s accepted, %s refused, %s unknown, %s rejected\n", face.Counted(c.Records, "record"),
		face.Thousands(c.Accepted), face.Thousands(c.Refused), face.Thousands(c.Unknown), face.Thousands(c.Rejected))
	printFormats(l.t, c.Formats)
	return nil
}

// countFormat counts a record by its format; one that has none was not read.
func countFormat(counts map[string]int64, format string) {
	if format != "" {
		counts[format]++
	}
}

func printFormats(t *face.Terminal, counts map[string]int64) {
	if len(counts) > 0 {
		t.Print("formats: %s\n", strings.Join(countWords(counts), "; "))
	}
}

type verdictResult struct {
	judged
	outcome  evidence.Outcome
	rejected bool
}

// judging is the road up to Judged, on which nothing depends on a template.
func judging(src *dialect.Source, judge *evidence.Judge) (*convert.Converter, error) {
	return convert.New(src, convert.Options{Template: "qwen2.5", Judge: judge})
}

func verdictOf(path string, rec format.Record, done convert.Result) verdictResult {
	r := verdictResult{judged: judged{Place: fmt.Sprintf("%s:%d", shortPath(path, rec.File), rec.Line)}}
	if done.Traj != nil {
		r.Format, r.ID, r.Instance = done.Traj.Format, done.Traj.ID, done.Traj.InstanceID
	}
	if done.Err != nil {
		r.rejected, r.Outcome, r.Evidence = true, "rejected", rejectWords(done.Err)
		return r
	}
	r.outcome, r.Outcome, r.Evidence = done.Verdict.Outcome, done.Verdict.Outcome.String(), done.Verdict.Evidence
	return r
}

// outcomeTint paints what the evidence says of a record.
func outcomeTint(outcome string) face.Tint {
	switch outcome {
	case "rejected", evidence.Refused.String():
		return face.Bad
	case evidence.Accepted.String():
		return face.Good
	}
	return face.Wary
}
