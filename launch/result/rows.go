package result

import (
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
		return !others && d.root.Kind() == pyjson.KindArray && d.all(isRow)
	},
	read: func(d *document) ([]Result, error) {
		c := collect(d)
		scored := ""
		for _, row := range d.root.Elements() {
			score, name := rowScore(row)
			if score != nil {
				scored = name
			}
			c.add(rowID(row), rowGrade(row), score)
		}
		return c.into(Result{Metric: scored})
	},
}

// isRow passes over records of trajectories: their verdicts are about what is learned
// from, and not about what was learned.
func isRow(row pyjson.Value) bool {
	score, _ := rowScore(row)
	return !verdict.HasConversation(row) && rowID(row) != "" && (rowGrade(row) != verdict.None || score != nil)
}

// rowID is what a row is about.
func rowID(row pyjson.Value) string {
	if ids := verdict.IDsOf(row); len(ids) > 0 {
		return ids[0]
	}
	for _, name := range verdict.VagueIDs {
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

// rowScore is the score or the reward of a row, and which of them it is.
func rowScore(row pyjson.Value) (*float64, string) {
	for _, name := range []string{"score", "reward", "loss"} {
		if f, ok := row.Get(name).Float(); ok && finite(&f) != nil {
			return &f, name
		}
	}
	return nil, ""
}
