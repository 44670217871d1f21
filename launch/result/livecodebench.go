package result

import (
	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// liveCodeBench is what LiveCodeBench's runner writes (lcb_runner/runner/main.py):
// …_eval_all.json with every question and how each of its answers was graded, or
// …_eval.json with the figures, whose questions have no ids.
var liveCodeBench = Format{
	Looks:   `[{"question_id": …, "graded_list": [true, false], "pass@1": 0.5, …}, …], or [{"pass@1": 0.5, …}, …]`,
	Summary: "LiveCodeBench: …_eval_all.json, and the figures of …_eval.json",
	is:      func(d *document) bool { return isLiveCodeBench(d) || isLiveCodeFigures(d) },
	read: func(d *document) ([]Result, error) {
		r := Result{Benchmark: "livecodebench"}
		if isLiveCodeFigures(d) {
			r.Aggregates = aggregatesOf(pyjson.FirstOf(d.root))
			return []Result{r}, nil
		}
		c := collect(d)
		r.Metric = "pass@1"
		for _, row := range d.root.Elements() {
			g, share := gradedList(row.Get("graded_list"))
			c.add(row.Get("question_id").Scalar(), g, share)
		}
		return c.into(r)
	},
}

func isLiveCodeBench(d *document) bool {
	return d.all(func(row pyjson.Value) bool {
		return has(row, "question_id") && row.Get("graded_list").Kind() == pyjson.KindArray
	})
}

func isLiveCodeFigures(d *document) bool {
	first := pyjson.FirstOf(d.root)
	return !d.lines && d.root.Kind() == pyjson.KindArray && d.root.Length() == 3 && first.Get("pass@1").Kind() == pyjson.KindNumber && has(first, "detail")
}

// gradedList is the share of the answers that are right, and a verdict where all of
// them are, or none.
func gradedList(list pyjson.Value) (verdict.Grade, *float64) {
	n := list.Length()
	if n == 0 {
		return verdict.Missing, nil
	}
	right := 0
	for _, answer := range list.Elements() {
		if pyjson.IsTrue(answer) {
			right++
		}
	}
	share := float64(right) / float64(n)
	switch right {
	case 0:
		return verdict.Unresolved, &share
	case n:
		return verdict.Resolved, &share
	}
	return verdict.None, &share
}
