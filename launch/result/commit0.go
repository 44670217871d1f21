package result

import (
	"bytes"
	"strconv"
	"strings"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// commit0Heading is the first line of what Commit-0 prints
// (commit0/harness/evaluate.py), with lines that are no rows below the table.
const commit0Heading = "repo,runtime,num_passed/num_tests"

// commit0 is an evaluation on Commit-0: the table that it prints, the rows behind it,
// or OpenHands' report. A library is solved where all its tests pass, and its score is
// the share that does.
var commit0 = Format{
	Looks:   `{"instance_metrics": {"ID": {"pass_rate": 0.5, …}}, …}, [{"name": …, "num_passed": 3, "num_tests": 4}] or a table repo,runtime,num_passed/num_tests`,
	Summary: "Commit-0: its own table and rows, and OpenHands' report",
	asked:   totalInstances,
	is: func(d *document) bool {
		return isSummaryOf("commit-0")(d) || d.all(isCommit0Row) || d.isTable && bytes.HasPrefix(d.raw, []byte(commit0Heading))
	},
	read: func(d *document) ([]Result, error) {
		r := Result{Benchmark: "commit-0", Metric: passRate}
		switch {
		case d.isTable:
			return readCommit0Table(d, r)
		case d.object():
			return readCommit0Report(d, r)
		}
		c := collect(d)
		for _, row := range d.root.Elements() {
			addShare(c, row.Get("name").Text(), row.Get("num_passed").Count(), row.Get("num_tests").Count())
		}
		return c.into(r)
	},
}

func isCommit0Row(row pyjson.Value) bool {
	return has(row, "num_passed") && has(row, "num_tests") && row.Get("name").Kind() == pyjson.KindText
}

// addShare adds a library by its tests; without any it has no score.
func addShare(c *collection, id string, passed, tests int64) {
	if tests == 0 {
		c.add(id, verdict.Unresolved, nil)
		return
	}
	share, g := float64(passed)/float64(tests), verdict.Unresolved
	if passed >= tests {
		g = verdict.Resolved
	}
	c.add(id, g, &share)
}

func readCommit0Report(d *document, r Result) ([]Result, error) {
	before := r
	r.saidByOpenHands(d)
	r.Benchmark = before.Benchmark // the dataset is wentingzhao/commit0_combined
	r.saidOfModel(d.root.Get("model_name_or_path").Text())
	results, err := readSummary(d, r)
	if err != nil {
		return nil, err
	}
	shares := map[string]*float64{}
	for id, metrics := range d.root.Get("instance_metrics").Members() {
		if f, ok := metrics.Get("pass_rate").Float(); ok {
			shares[id.Text()] = finite(&f)
		}
	}
	for i := range results[0].Instances {
		results[0].Instances[i].Score = shares[results[0].Instances[i].ID]
	}
	return results, nil
}

func readCommit0Table(d *document, r Result) ([]Result, error) {
	c := collect(d)
	for line := range strings.Lines(string(d.raw)) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		if name, value, found := strings.Cut(cells[0], ": "); found && len(cells) == 1 {
			if f, err := strconv.ParseFloat(value, 64); err == nil && finite(&f) != nil {
				r.Aggregates = append(r.Aggregates, Aggregate{Metric: name, Value: f})
			}
			continue
		}
		passed, tests, found := strings.Cut(cells[len(cells)-1], "/")
		p, errP := strconv.ParseInt(passed, 10, 64)
		n, errN := strconv.ParseInt(tests, 10, 64)
		if len(cells) == 3 && found && errP == nil && errN == nil && p >= 0 && n >= 0 {
			addShare(c, cells[0], p, n)
		}
	}
	return c.into(r)
}
