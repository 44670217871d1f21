package result

import (
	"path/filepath"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// terminalBench is results.json of a run of Terminal-Bench, or of one of its trials.
// The names of agent and model stand in run_metadata.json beside it, and how many tasks
// the run had. A task that was tried several times has the mean of its trials.
var terminalBench = Format{
	Looks:   `{"results": [{"task_id": …, "trial_name": …, "is_resolved": true}, …], "n_resolved": 1, "accuracy": 0.5}`,
	Summary: "a run of Terminal-Bench, and a trial",
	is:      isTerminalBench,
	read: func(d *document) ([]Result, error) {
		var r Result
		r.saidByTerminalBench(d)
		t := tries{}
		if isTrial(d.root) {
			t.addTrial(d.root)
		}
		for _, trial := range d.root.Get("results").Elements() {
			t.addTrial(trial)
		}
		r.Aggregates = aggregatesOf(d.root)
		return t.into(d, r)
	},
	// RUN/TASK/TRIAL/results.json
	partOf: func(d *document) (string, bool) {
		return filepath.Dir(filepath.Dir(filepath.Dir(absolute(d.path)))), isTrial(d.root)
	},
	tries: true,
}

func isTerminalBench(d *document) bool {
	return d.object() && (isTrial(d.root) || has(d.root, "accuracy", "n_resolved", "pass_at_k") && hasTrials(d.root.Get("results")))
}

func isTrial(v pyjson.Value) bool {
	return has(v, "is_resolved") && v.Get("trial_name").Kind() == pyjson.KindText
}

func hasTrials(list pyjson.Value) bool {
	for _, row := range list.Elements() {
		if !has(row, "is_resolved") || !has(row, "task_id", "trial_name") {
			return false
		}
	}
	return list.Kind() == pyjson.KindArray
}

// addTrial: null stands for a trial that could not be graded.
func (t tries) addTrial(v pyjson.Value) {
	id := pyjson.FirstScalar(v.Get("task_id"), v.Get("trial_name"))
	g := verdict.OfValue(v.Get("is_resolved"))
	if !v.Get("is_resolved").Present() {
		g = verdict.Error
	}
	t[id] = append(t[id], Instance{ID: id, Verdict: verdictOf(g)})
}

// into puts tries into a result.
func (t tries) into(d *document, r Result) ([]Result, error) {
	c := collect(d)
	for _, i := range t.instances() {
		if !goodID(i.ID) {
			c.add(i.ID, verdict.None, nil)
		}
		if c.by[i.ID] = i; len(t[i.ID]) > 1 {
			r.Metric = "mean of attempts"
		}
	}
	return c.into(r)
}

func (r *Result) saidByTerminalBench(d *document) {
	saidBeside(d, "run_metadata.json", func(m pyjson.Value) {
		r.Benchmark, r.Scaffold = Benchmark(m.Get("dataset_name").Text()), m.Get("agent_name").Text()
		r.saidOfModel(m.Get("model_name").Text())
		r.Asked = m.Get("dataset_size").Count()
	})
}
