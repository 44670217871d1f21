package trainer

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"trainyard/launch"
)

// Evaluation renders the runs of evaluations: an argv with placeholders, as [Command]
// has it, with those of [EvaluationArgs]. It is no trainer that a recipe can name.
type Evaluation struct{}

var _ launch.Trainer = Evaluation{}

// Name implements launch.Trainer.
func (Evaluation) Name() string { return launch.EvaluationTrainer }

// Summary implements launch.Trainer.
func (Evaluation) Summary() string { return "the command of an evaluation, on what a run has trained" }

// Check implements launch.Trainer.
func (Evaluation) Check(job launch.Job, lookPath func(string) (string, error)) error {
	argv, err := evaluationArgv(job)
	if err != nil || strings.Contains(argv[0], "{") {
		return err
	}
	if _, err := lookPath(argv[0]); err != nil {
		return fmt.Errorf("%q is not found on %s: install it there, put it on PATH, or give its full path in eval.%s.command: %w", argv[0], job.Backend, job.Evaluates.Name, reasonAlone(err))
	}
	return nil
}

// evaluationArgv is the command with its program where that lies.
func evaluationArgv(job launch.Job) ([]string, error) {
	if job.Evaluates == nil || len(job.Evaluates.Command) == 0 || job.Evaluates.Command[0] == "" {
		return nil, errors.New("evaluation: there is no command: give eval.NAME.command, the program and its arguments")
	}
	argv := slices.Clone(job.Evaluates.Command)
	if program := job.Evaluates.Program(); program != "" {
		argv[0] = program
	}
	return argv, nil
}

// Render implements launch.Trainer.
func (Evaluation) Render(job launch.Job, site launch.Site) (launch.Command, error) {
	argv, err := evaluationArgv(job)
	if err != nil {
		return launch.Command{}, err
	}
	values := map[string]string{}
	for name, f := range evaluationFillings {
		values[name] = f.of(job, site)
	}
	var faults []error
	for i, arg := range argv {
		argv[i], err = fillOf("evaluation "+job.Evaluates.Name, arg, values)
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return launch.Command{}, err
	}
	files := []launch.File{{Name: output + "/.begun", Content: ""}} // makes the directory of reports
	if job.Evaluates.Brought {
		files = append(files, launch.File{Name: broughtModel(job), Link: job.Evaluates.Model})
	}
	if job.Dataset.Dir != "" {
		files = append(append(files, shardLinks(job.Dataset)...), datasetLinks(job.Dataset)...)
	}
	return launch.Command{Argv: argv, Env: slices.Concat(unbuffered, job.Env), Files: files, Output: output}, nil
}

// evaluationFillings are the placeholders of an evaluation's argv, by name.
var evaluationFillings = map[string]filling{
	"checkpoint": {"directory of the model that the run has trained: what its trainer wrote at the end, else its newest whole checkpoint", modelDir},
	"run":        {"directory of the attempt that has trained it", func(j launch.Job, _ launch.Site) string { return j.Evaluates.Trained }},
	"output":     {"directory for reports, where eval.NAME.reports are looked for", func(_ launch.Job, s launch.Site) string { return filepath.Join(s.Dir, output) }},
	"model":      fillings["model"],
	"template":   fillings["template"],
	"window":     fillings["window"],
	"dataset":    fillings["dataset"],
	"train":      fillings["train"],
	"validation": fillings["validation"],
	"gpus":       fillings["gpus"],
	"self":       fillings["self"],
	"seed":       {"eval.NAME.seed, else the seed of the training", fillings["seed"].of},
	"step":       {"optimizer steps behind the model; 0 where that is not known", func(j launch.Job, _ launch.Site) string { return strconv.FormatInt(j.Evaluates.Step, 10) }},
	"port":       {"a port for a server of the model: another one for each evaluation, most likely", func(_ launch.Job, s launch.Site) string { return strconv.Itoa(portOf(s.Dir)) }},
	"name":       {"the evaluation's name", func(j launch.Job, _ launch.Site) string { return j.Evaluates.Name }},
	"benchmark":  {"eval.NAME.benchmark", func(j launch.Job, _ launch.Site) string { return j.Evaluates.Benchmark }},
	"split":      {"eval.NAME.split", func(j launch.Job, _ launch.Site) string { return j.Evaluates.Split }},
}

// broughtModel is the link to a model that is brought: its own name below model.
func broughtModel(job launch.Job) string {
	return path.Join("model", filepath.Base(job.Evaluates.Model))
}

func modelDir(j launch.Job, s launch.Site) string {
	if j.Evaluates.Brought {
		return path.Join(s.Dir, broughtModel(j))
	}
	return j.Evaluates.Model
}

// Ports are taken from below those that Linux gives to clients (32768 and up).
const firstPort, ports = 12000, 20000

// portOf follows from the attempt's directory, so that rendering stays pure and two
// evaluations on one machine seldom meet.
func portOf(dir string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(dir)) // never fails
	return firstPort + int(h.Sum32()%ports)
}

// EvaluationArgs tell the placeholders of an evaluation's command.
func EvaluationArgs() []Arg { return placeholderArgs(evaluationFillings) }

// reasonAlone is why a program cannot be run, without its name, which is told beside it.
func reasonAlone(err error) error {
	for {
		var lookup *exec.Error
		var path *fs.PathError
		switch {
		case errors.As(err, &path):
			err = path.Err
		case errors.As(err, &lookup):
			err = lookup.Err
		default:
			return err
		}
	}
}
