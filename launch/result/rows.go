package result

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// rows are objects with an id and a verdict, in an array or one a line, that are of
// no other format.
var rows = Format{
	Looks:   `[{"instance_id": …, "resolved": true}, …], or one a line`,
	Summary: "rows with an id and a verdict: Hybrid-Gym's graders, scripts of one's own",
	is: func(d *document) bool {
		others := d.all(isCommit0Row) || isOpenHandsRows(d) || isSamples(d) || isLiveCodeBench(d)
		return !others && d.root.Kind() == pyjson.KindArray && d.all(mayBeRow) && d.any(isRow)
	},
	read: func(d *document) ([]Result, error) {
		c := collect(d)
		var k kinds
		for _, row := range d.root.Elements() {
			id, g := rowID(row), rowGrade(row)
			score, name := rowScore(row)
			if g == verdict.None && score == nil {
				g = verdict.Missing // null: it was not judged
			}
			if err := k.add(d.path, id, g, name); err != nil {
				return nil, err
			}
			c.add(id, g, score)
		}
		c.scoresAlone()
		return c.into(Result{Metric: k.metric})
	},
}

// kinds are what the rows of a file say, so that they are of one kind: a mean of losses
// and rewards is none, and neither is one of scores and verdicts.
type kinds struct{ metric, scored, judged string } // the first that has a score alone, and the first with a verdict alone

func (k *kinds) add(path, id string, g verdict.Grade, metric string) error {
	switch {
	case metric == "" && (g == verdict.Resolved || g == verdict.Unresolved):
		k.judged = cmp.Or(k.judged, id)
	case metric == "":
	case k.metric != "" && k.metric != metric:
		return fmt.Errorf("%s: %s has a %s, and others a %s: a file has one metric; make a file of each", path, id, metric, k.metric)
	default:
		k.metric = metric
		if g == verdict.None {
			k.scored = cmp.Or(k.scored, id)
		}
	}
	if k.scored != "" && k.judged != "" {
		return fmt.Errorf("%s: %s has a %s and no verdict, and %s a verdict and no %s: make a file of each", path, k.scored, k.metric, k.judged, k.metric)
	}
	return nil
}

// isRow passes over records of trajectories: their verdicts are about what is learned
// from, and not about what was learned.
func isRow(row pyjson.Value) bool {
	score, _ := rowScore(row)
	return !verdict.HasConversation(row) && rowID(row) != "" && (rowGrade(row) != verdict.None || score != nil)
}

// mayBeRow takes rows beside those that are judged: of one that was not, the verdict is
// null.
func mayBeRow(row pyjson.Value) bool {
	return isRow(row) || !verdict.HasConversation(row) && rowID(row) != "" && isUnjudged(row)
}

func isUnjudged(row pyjson.Value) bool {
	null := func(name string) bool { return row.Get(name).Kind() == pyjson.KindNull }
	return rowGrade(row) == verdict.None && (slices.ContainsFunc(verdict.Fields, null) || slices.ContainsFunc(verdict.Columns, null))
}

// noRow tells of an array that begins with a row what does not go on so; empty where
// nothing does.
func (d *document) noRow() string {
	if !isRow(pyjson.FirstOf(d.root)) {
		return ""
	}
	for i, row := range d.root.Elements() {
		if !mayBeRow(row) {
			return fmt.Sprintf("; value %d has no id, or no verdict that is known: %s", i+1, clip(string(row.Raw())))
		}
	}
	return ""
}

// rowID is what a row is about. Benchmarks that count their tasks have numbers.
func rowID(row pyjson.Value) string {
	if ids := verdict.IDsOf(row); len(ids) > 0 {
		return ids[0]
	}
	for _, name := range slices.Concat(verdict.RowIDs, verdict.VagueIDs) {
		if id := row.Get(name).Scalar(); id != "" {
			return id
		}
	}
	return ""
}

// rowGrade is the first verdict that a row settles.
func rowGrade(row pyjson.Value) verdict.Grade {
	for _, field := range verdict.Fields {
		if g := verdict.OfReport(row.Get(strings.Split(field, ".")...)); g != verdict.None {
			return g
		}
	}
	for _, name := range verdict.Columns {
		if g := verdict.OfWord(row.Get(name).Scalar()); g != verdict.None {
			return g
		}
	}
	return verdict.None
}

// rowScore is the score or the reward of a row, and which of them it is. Some write
// numbers as text.
func rowScore(row pyjson.Value) (*float64, string) {
	for _, name := range []string{"score", "reward", "loss"} {
		f, ok := row.Get(name).Float()
		if text := row.Get(name).Text(); !ok && text != "" {
			read, err := strconv.ParseFloat(text, 64)
			f, ok = read, err == nil
		}
		if ok && finite(&f) != nil {
			return &f, name
		}
	}
	return nil, ""
}
