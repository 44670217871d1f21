package result

import (
	"path/filepath"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// harbor is result.json of one trial of Harbor, which runs Terminal-Bench 2 and others.
// The trials of a job are one result, and those of one task are attempts at it. A
// reward between 0 and 1 is a score, and no verdict.
var harbor = Format{
	Looks:   `{"task_name": …, "trial_name": …, "verifier_result": {"rewards": {"reward": 1}}}`,
	Summary: "a trial of Harbor; those of a job are one result",
	is: func(d *document) bool {
		return d.object() && has(d.root, "verifier_result") && has(d.root, "task_name", "trial_name")
	},
	read: func(d *document) ([]Result, error) {
		r := Result{Benchmark: Benchmark(d.root.Get("source").Text()), Scaffold: d.root.Get("agent_info", "name").Text(), Metric: "reward"}
		r.saidOfModel(d.root.Get("agent_info", "model_info", "name").Text())
		r.Asked = tasksOfJob(filepath.Dir(filepath.Dir(absolute(d.path))))
		c := collect(d)
		id := pyjson.FirstScalar(d.root.Get("task_name"), d.root.Get("trial_name"))
		switch reward, ok := d.root.Get("verifier_result", "rewards", "reward").Float(); {
		case !ok:
			c.add(id, verdict.Error, nil) // it broke off before it was verified
		case reward >= 1:
			c.add(id, verdict.Resolved, &reward)
		case reward <= 0:
			c.add(id, verdict.Unresolved, &reward)
		default:
			c.add(id, verdict.None, &reward)
		}
		return c.into(r)
	},
	partOf: func(d *document) (string, bool) { return filepath.Dir(filepath.Dir(absolute(d.path))), true },
	tries:  true,
}

// tasksOfJob is how many tasks a job of Harbor has, by the trials that its result.json
// counts and the attempts at each that its config.json says; 0: it does not tell.
func tasksOfJob(dir string) (tasks int64) {
	read := func(name string, path ...string) (n int64) {
		saidBeside(&document{path: filepath.Join(dir, name)}, name, func(v pyjson.Value) { n = v.Get(path...).Count() })
		return n
	}
	trials, attempts := read("result.json", "n_total_trials"), read("config.json", "n_attempts")
	if attempts == 0 || trials%attempts != 0 {
		return 0
	}
	return trials / attempts
}
