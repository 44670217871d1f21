package launch

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trainyard/launch/redact"
	"trainyard/launch/result"
)

// EvaluationTrainer is what stands in [Job.Trainer] of the run of an evaluation.
const EvaluationTrainer = "evaluation"

// An Evaluation is a command that finds out how good the model of a run is. It starts
// when the run has succeeded, as a run of its own, and what its reports say is kept as
// results of the run that it is about.
type Evaluation struct {
	Name string `json:"name"` // tells it from the others of a run
	// Command is argv with placeholders, which the trainer package fills; never through a
	// shell.
	Command []string `json:"command"`
	// Dir is where a program that begins with ./ or ../ lies; empty: nowhere.
	Dir string `json:"dir,omitempty"`

	// What results are of, where their files do not say it, and have to be of, where
	// they do.
	Benchmark string `json:"benchmark,omitempty"`
	Split     string `json:"split,omitempty"`
	Scaffold  string `json:"scaffold,omitempty"`
	Seed      *int64 `json:"seed,omitempty"` // nil: that of the training
	// Instances is how many are to be judged, for reports that do not tell; 0: as they say.
	Instances int64 `json:"instances,omitempty"`
	// Reports are globs below the output directory, ** for any depth; one without a slash
	// is of names at any depth. None: whatever may be a report.
	Reports []string `json:"reports,omitempty"`

	Backend  string        `json:"backend,omitempty"` // empty: that of the run
	GPUs     int           `json:"gpus,omitempty"`    // of one machine; 0 is 1
	GPU      string        `json:"gpu,omitempty"`     // kind, for prices
	GPUHour  *float64      `json:"gpu_hour,omitempty"`
	Deadline time.Duration `json:"deadline_ns,omitempty"` // 0 is never
	Attempts int           `json:"attempts,omitempty"`    // as Job.Attempts
	Env      []Env         `json:"env,omitempty"`
}

// An Evaluated is what the run of an evaluation is about.
type Evaluated struct {
	Run     string `json:"run"` // its id
	Attempt int    `json:"attempt"`
	Step    int64  `json:"step,omitempty"` // of the model; 0: not known
	// Trained is the directory of that attempt, and Model that of what it trained, as the
	// place of the evaluation calls them; empty where the command asks for none.
	Trained string `json:"trained,omitempty"`
	Model   string `json:"model,omitempty"`
	// Brought says that Model lies on this machine, and that the attempt has a link to it,
	// by which its backend brings it to where it runs.
	Brought bool `json:"brought,omitempty"`
	Evaluation
}

// evaluationForm begins the text that names an evaluation. It changes when the meaning
// of Cell does.
const evaluationForm = "trainyard evaluation 1\n"

// Cell names the evaluation of a run: SHA-256, in hex, of the run, its attempt, and what
// is found out about it. Where it runs and what it may cost does not count, nor its name.
func (e Evaluation) Cell(run Run) string {
	text, err := json.Marshal(struct {
		Run     string
		Attempt int
		Evaluation
	}{run.ID, run.N, Evaluation{Command: e.Command, Benchmark: e.Benchmark, Split: e.Split, Scaffold: e.Scaffold, Seed: e.Seed, Instances: e.Instances, Reports: e.Reports}})
	if err != nil {
		panic("launch: " + err.Error()) // strings and numbers
	}
	sum := sha256.Sum256(append([]byte(evaluationForm), text...))
	return hex.EncodeToString(sum[:])
}

// Program is the file beside the recipe, one that begins with ./ or ../, that the command
// runs; empty: it runs another one.
func (e Evaluation) Program() string {
	if e.Dir == "" || len(e.Command) == 0 || !strings.HasPrefix(e.Command[0], "./") && !strings.HasPrefix(e.Command[0], "../") {
		return ""
	}
	return filepath.Join(e.Dir, e.Command[0])
}

// escaped are the braces of a command's own, which are written twice.
var escaped = strings.NewReplacer("{{", "", "}}", "")

// asks reports whether the command has one of the placeholders.
func (e Evaluation) asks(placeholders ...string) bool {
	return slices.ContainsFunc(placeholders, func(name string) bool {
		return slices.ContainsFunc(e.Command, func(arg string) bool { return strings.Contains(escaped.Replace(arg), "{"+name+"}") })
	})
}

// said is what it says of results.
func (e Evaluation) said() result.Said {
	return result.Said{Benchmark: e.Benchmark, Split: e.Split, Scaffold: e.Scaffold, Seed: e.Seed, Instances: e.Instances}
}

// faults are what is wrong with it, whatever it is about.
func (e Evaluation) faults() (faults []error) {
	bad := func(is bool, format string, args ...any) {
		if is {
			faults = append(faults, fmt.Errorf("evaluation %s: "+format, append([]any{e.Name}, args...)...))
		}
	}
	bad(len(e.Command) == 0 || e.Command[0] == "", "it has no command: give the program and its arguments")
	bad(e.GPUs < 0 || e.GPUs > maxCount, "gpus is %d: give 0 to %d", e.GPUs, maxCount)
	bad(e.Deadline < 0, "deadline is %v: give a length of time", e.Deadline)
	bad(e.Attempts < 0 || e.Attempts > 100, "attempts is %d: give 0 to 100", e.Attempts)
	bad(e.Seed != nil && *e.Seed < 0, "its seed is below 0")
	for _, glob := range e.Reports {
		_, err := path.Match(glob, "")
		bad(err != nil || glob == "", "reports has %q, which is no pattern", glob)
	}
	args := make([]any, len(e.Command))
	for i, arg := range e.Command {
		args[i] = arg
		bad(redact.HoldsSecret(arg), "its command has a secret in argument %d, which would be stored: pass it by env", i)
	}
	for _, i := range secretArgs(args) {
		bad(true, "its command has a secret in argument %d, which would be stored: pass it by env", i)
	}
	for _, v := range e.Env {
		bad(!v.Secret() && redact.HoldsSecret(v.Value), "env %s looks like a secret, but its name does not say so: choose a name such as %s_TOKEN", v.Name, v.Name)
	}
	return faults
}

// evaluationFaults are those of the evaluations that a job asks for.
func (j Job) evaluationFaults() (faults []error) {
	first := map[string]string{}
	for _, e := range j.Evals {
		faults = append(faults, e.faults()...)
		cell := e.Cell(Run{})
		if other, known := first[cell]; known {
			faults = append(faults, fmt.Errorf("evaluation %s: it is that of %s once more: give it another seed, or leave it out", e.Name, other))
		}
		first[cell] = e.Name
	}
	if j.Evaluates != nil {
		faults = append(faults, j.Evaluates.faults()...)
	}
	return faults
}

// ErrNoModel: an evaluation asks for the model of a run, and there is none that it could
// reach.
var ErrNoModel = errors.New("there is no model for it to look at")
