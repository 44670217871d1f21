package result

import (
	"path/filepath"
	"regexp"
	"strings"

	"trainyard/format/pyjson"
)

// lmEval is what lm-evaluation-harness writes (lm_eval/loggers/evaluation_tracker.py):
// results_DATE.json with the figures of every task, each of which is a result, and
// samples_TASK_DATE.jsonl beside it with every document. The score of a document is the
// first metric that its task has; the harness' own seeds are not the result's, since
// they are the same for all runs.
var lmEval = Format{
	Looks:   `{"results": {"TASK": {"acc,none": 0.5, …}}, "configs": {…}, …}, or lines {"doc_id": 0, "acc": 1.0, …}`,
	Summary: "lm-evaluation-harness: a result for each task, with the samples beside it",
	is:      func(d *document) bool { return isLMResults(d) || isSamples(d) },
	read: func(d *document) ([]Result, error) {
		if isSamples(d) {
			return readLoneSamples(d)
		}
		var all []Result
		for task, figures := range d.root.Get("results").Members() {
			r, err := readTask(d, task.Text(), figures)
			if err != nil {
				return nil, err
			}
			all = append(all, r)
		}
		return all, nil
	},
}

func isLMResults(d *document) bool {
	return d.object() && d.root.Get("results").Kind() == pyjson.KindObject && has(d.root, "configs", "versions", "n-shot", "lm_eval_version")
}

func isSamples(d *document) bool {
	return d.all(func(row pyjson.Value) bool {
		return has(row, "doc_id") && has(row, "resps", "filtered_resps", "doc_hash", "target")
	})
}

// readTask reads one task, and its documents where they are to be had.
func readTask(d *document, task string, figures pyjson.Value) (Result, error) {
	r := Result{Benchmark: Benchmark(task)}
	r.saidOfModel(lmModel(d.root))
	n := d.root.Get("n-samples", task, "effective").Count()
	metric := ""
	for name, member := range figures.Members() {
		f, ok := member.Float()
		if !ok || finite(&f) == nil || name.Text() == "sample_len" || name.Text() == "samples" {
			continue
		}
		if metric == "" && !strings.Contains(name.Text(), "_stderr") {
			metric = name.Text()
		}
		r.Aggregates = append(r.Aggregates, Aggregate{name.Text(), f, n})
	}
	if inside := d.root.Get("samples", task); inside.Kind() == pyjson.KindArray {
		err := r.takeSamples(d, inside, metric)
		return r, err
	}
	path := samplesBeside(d.path, task)
	if path == "" {
		return r, nil
	}
	d.used = append(d.used, path)
	err := withFile(path, func(s *document) error { return r.takeSamples(s, s.root, metric) })
	return r, err
}

// lmModel is the model's name, or what it was loaded from.
func lmModel(root pyjson.Value) string {
	if name := root.Get("model_name").Text(); name != "" {
		return name
	}
	for _, arg := range strings.Split(root.Get("config", "model_args").Text(), ",") {
		if name, found := strings.CutPrefix(arg, "pretrained="); found {
			return name
		}
	}
	return root.Get("config", "model_args", "pretrained").Text()
}

// lmDate is the end of the names of files that were written together.
var lmDate = regexp.MustCompile(`_(\d{4}-\d\d-\d\dT[\d.:-]+)\.jsonl?$`)

// samplesBeside is the file of a task's documents that was written with a file of
// results; empty where there is none.
func samplesBeside(results, task string) string {
	m := lmDate.FindStringSubmatch(filepath.Base(results))
	if m == nil {
		return ""
	}
	task = strings.NewReplacer("/", "_", "\\", "_", ":", "_", "*", "_", "?", "_").Replace(task)
	path := filepath.Join(filepath.Dir(results), "samples_"+task+"_"+m[1]+".jsonl")
	if opens(path) != nil {
		return ""
	}
	return path
}

// takeSamples reads documents. metric is a key of results, such as acc,none: a metric,
// and the filter whose answers it was taken of.
func (r *Result) takeSamples(d *document, list pyjson.Value, metric string) error {
	name, filter, _ := strings.Cut(metric, ",")
	c, binary := collect(d), true
	for _, row := range list.Elements() {
		if f := row.Get("filter").Text(); f != "" && filter != "" && f != filter {
			continue
		}
		score := number(row.Get(name))
		if score == nil {
			continue
		}
		binary = binary && (*score == 0 || *score == 1)
		c.add(row.Get("doc_id").Scalar(), 0, score)
	}
	instances, err := c.instances()
	if err != nil || len(instances) == 0 {
		return err
	}
	for i := range instances {
		if binary {
			instances[i].Verdict = Unresolved
			if *instances[i].Score == 1 {
				instances[i].Verdict = Resolved
			}
		}
	}
	r.Instances, r.Metric = instances, metric
	return nil
}

func number(v pyjson.Value) *float64 {
	f, ok := v.Float()
	if v.Kind() == pyjson.KindBool {
		f, ok = 0, true
		if pyjson.IsTrue(v) {
			f = 1
		}
	}
	if !ok {
		return nil
	}
	return finite(&f)
}

// samplesName is how the harness names documents: task, and when.
var samplesName = regexp.MustCompile(`^samples_(.+?)_\d{4}-\d\d-\d\dT[\d.:-]+\.jsonl$`)

// readLoneSamples reads documents without the results that they belong to.
func readLoneSamples(d *document) ([]Result, error) {
	var r Result
	if m := samplesName.FindStringSubmatch(d.name()); m != nil {
		r.Benchmark = Benchmark(m[1])
	}
	first := pyjson.FirstOf(d.root)
	metric := pyjson.FirstOf(first.Get("metrics")).Text()
	if filter := first.Get("filter").Text(); filter != "" {
		metric += "," + filter
	}
	err := r.takeSamples(d, d.root, metric)
	return []Result{r}, err
}
