package recipes

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/trainer"
)

// An Evaluation finds out how good the model is, once a run has succeeded; see
// [launch.Evaluation]. It bears no identity: a training whose evaluations change is the
// same one.
type Evaluation struct {
	// Name is required and unique: letters, digits, - and _, at most 64.
	Name string `yaml:"name"`
	// Command is required: a program and its arguments, with the placeholders of
	// trainer.EvaluationArgs. A program that begins with ./ lies beside the recipe.
	Command Argv `yaml:"command"`
	// Benchmark, Split, Scaffold and Seed say of what results are, where reports do not;
	// default empty, and train.seed for the seed.
	Benchmark string `yaml:"benchmark" quiet:"empty"`
	Split     string `yaml:"split" quiet:"empty"`
	Scaffold  string `yaml:"scaffold" quiet:"empty"`
	Seed      int64  `yaml:"seed" quiet:"seed"`
	// Instances is how many are to be judged, for reports that do not tell; default 0, as
	// they say.
	Instances int64 `yaml:"instances" quiet:"0"`
	// Reports are globs below {output}; default: whatever may be a report.
	Reports Paths `yaml:"reports" quiet:"empty"`
	// Backend is where it runs; default: where the run ran.
	Backend string `yaml:"backend" quiet:"empty"`
	// GPUs is how many it has, on one machine; default 1. GPU is their kind, for prices.
	GPUs int    `yaml:"gpus" quiet:"1"`
	GPU  string `yaml:"gpu" quiet:"empty"`
	// GPUHour is the price of one for an hour in dollars; default: as the backend or the
	// price file says.
	GPUHour float64 `yaml:"gpu_hour" quiet:"unsaid"`
	// Deadline ends an attempt, such as 2h; default never.
	Deadline string `yaml:"deadline" quiet:"empty"`
	// Attempts is how many there may be where one lost its machine; default 1.
	Attempts int `yaml:"attempts" quiet:"1"`
	// Env are variables: NAME for the value of the process that starts it, or NAME=value.
	Env Paths `yaml:"env" quiet:"empty"`
}

func (e *Evaluation) setDefaults() { e.Seed, e.GPUs, e.GPUHour, e.Attempts = unsaid, 1, unsaid, 1 }

// Evaluations are those of the recipe as the launch package takes them, without their
// variables, which are the caller's to resolve.
func (r *Recipe) Evaluations() (all []launch.Evaluation) {
	for _, e := range r.Eval {
		all = append(all, e.launched(r.Dir))
	}
	return all
}

func (e Evaluation) launched(dir string) launch.Evaluation {
	deadline, _ := time.ParseDuration(e.Deadline) // its rule has read it; none is never
	if abs, err := filepath.Abs(dir); err == nil && dir != "" {
		dir = abs
	}
	out := launch.Evaluation{
		Name: e.Name, Command: slices.Clone(e.Command), Dir: dir, Benchmark: e.Benchmark, Split: e.Split, Scaffold: e.Scaffold, Instances: e.Instances,
		Reports: slices.Clone(e.Reports), Backend: e.Backend, GPUs: e.GPUs, GPU: e.GPU, Deadline: deadline, Attempts: e.Attempts,
	}
	if e.Seed != unsaid {
		out.Seed = &e.Seed
	}
	if e.GPUHour != unsaid {
		out.GPUHour = &e.GPUHour
	}
	return out
}

// Argv is a program and its arguments, or a program alone.
type Argv []string

const argvHint = `write command: [PROGRAM, "{checkpoint}", ARGUMENT]; a value with { is quoted`

func (a *Argv) typeName() string { return "list of text" }

func (a *Argv) canonical() any {
	all := make([]any, len(*a))
	for i, arg := range *a {
		all[i] = arg
	}
	return all
}

func (a *Argv) decode(d *decoder, n *node, path, schema string) {
	items := n.items
	switch {
	case n.kind == scalar:
		items = []*node{n}
	case n.kind != list:
		d.faults.add(n.at, path, n.mistaken("a command"), argvHint)
		return
	case len(items) == 0:
		d.faults.add(n.at, path, "an empty list", argvHint)
		return
	}
	*a = nil
	for i, it := range items {
		text, ok := asText(it.value())
		if it.kind != scalar || !ok {
			d.faults.add(it.at, fmt.Sprintf("%s[%d]", path, i), it.mistaken("text"), argvHint)
			return
		}
		*a = append(*a, text)
	}
	if (*a)[0] == "" {
		d.faults.add(n.at, path, "names no program", argvHint)
	}
}

// evaluationRules are those of the keys of an evaluation.
var evaluationRules = map[string]rule{
	"name": nameRule, "benchmark": labelRule, "split": labelRule, "scaffold": labelRule,
	"reports": globRule, "backend": labelRule, "gpu": labelRule, "gpus": counted(1), "instances": counted(0), "attempts": attemptsRule,
	"gpu_hour": within(0, maxNumber, false, "US dollars for one GPU"), "seed": atLeast(0, ""), "deadline": deadlineRule, "env": envRule,
}

func labelRule(v reflect.Value) (msg, hint string) {
	if msg, hint = filled(v); msg != "" {
		return msg, hint
	}
	return oneLine(v)
}

func globRule(v reflect.Value) (msg, hint string) {
	hint = "a pattern below {output}, such as results*.json or **/report.json"
	glob := v.String()
	if _, err := path.Match(glob, ""); err != nil || glob == "" || strings.HasPrefix(glob, "/") || slices.Contains(strings.Split(glob, "/"), "..") {
		return seen(glob) + " is no pattern of files below {output}", hint
	}
	return "", ""
}

func attemptsRule(v reflect.Value) (msg, hint string) {
	if n := v.Int(); n < 1 || n > 100 {
		return fmt.Sprintf("%d is not from 1 to 100", n), ""
	}
	return "", ""
}

func deadlineRule(v reflect.Value) (msg, hint string) {
	if d, err := time.ParseDuration(v.String()); err != nil || d <= 0 {
		return seen(v.String()) + " is no length of time", "a time such as 30m or 2h"
	}
	return "", ""
}

func envRule(v reflect.Value) (msg, hint string) {
	name, value, given := strings.Cut(v.String(), "=")
	switch {
	case strings.ContainsFunc(name, func(c rune) bool { return !(c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z') }) || name == "":
		return seen(name) + " is no name of a variable", "write NAME for the value of the environment, or NAME=value"
	case given && value != "" && launch.SecretName(name):
		return name + " is a secret", "write env: [" + name + "], for the value of the environment, which is stored nowhere"
	}
	return "", ""
}

// checkEvaluations finds names that stand there twice, and commands that could never be
// run.
func checkEvaluations(r *Recipe, root *node, faults *Faults) {
	evals := root.get("eval")
	if evals == nil || evals.kind != list || len(evals.items) != len(r.Eval) {
		return
	}
	first := map[string]bool{}
	for i, it := range evals.items {
		e, path := r.Eval[i], itemPath(it, "eval", i)
		if e.Name != "" && first[e.Name] {
			faults.add(place(it, "name", root), path, fmt.Sprintf("a second evaluation is named %q", e.Name), "names are unique")
		}
		if first[e.Name] = true; len(e.Command) == 0 {
			continue
		}
		for _, err := range unrunnable(r, e) {
			faults.add(place(it, "command", root), dotted(path, "command"), err.Error(), "")
		}
	}
}

// unrunnable is what speaks against a command wherever it runs.
func unrunnable(r *Recipe, e Evaluation) []error {
	about := launch.Evaluated{Evaluation: e.launched("")}
	_, err := trainer.Evaluation{}.Render(launch.Job{Model: r.Model.Base, Evaluates: &about}, launch.Site{Dir: "/RUN"})
	if err == nil {
		return nil
	}
	var all []error
	for _, line := range strings.Split(err.Error(), "\n") {
		all = append(all, errors.New(strings.TrimPrefix(line, "evaluation "+e.Name+": ")))
	}
	return all
}
