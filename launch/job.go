package launch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"trainyard/launch/redact"
)

// A Job is everything a run needs to know, resolved: no field is looked up
// again later, so the ledger's copy tells what was run.
type Job struct {
	Recipe      string  `json:"recipe"`      // the recipe's name
	Fingerprint string  `json:"fingerprint"` // sha256 of the resolved recipe
	RecipeText  string  `json:"-"`           // the resolved recipe; the run keeps it in RecipeCopy
	Dataset     Dataset `json:"dataset"`     // facts copied from the manifest
	Model       string  `json:"model"`       // base model: hub id or path
	Template    string  `json:"template"`    // chat template, as the tokenizer names it
	Window      int     `json:"window"`      // longest row in tokens
	Trainer     string  `json:"trainer"`     // key of the trainer registry
	Backend     string  `json:"backend"`     // key of the backend registry

	Method   string  `json:"method,omitempty"` // full, lora or qlora; empty: full
	Epochs   float64 `json:"epochs"`
	Batch    int     `json:"batch"` // rows per optimizer step, over all devices
	LR       float64 `json:"lr"`
	Schedule string  `json:"schedule,omitempty"` // cosine, linear, constant; empty: cosine
	Warmup   float64 `json:"warmup"`             // share of all steps, in [0, 1)
	Seed     int64   `json:"seed"`
	GPUs     int     `json:"gpus,omitempty"`  // devices of one node; 0 is 1
	Nodes    int     `json:"nodes,omitempty"` // machines that train together; 0 is 1

	Tuning

	// StallAfter ends a trainer that has told nothing for as long; 0 is never.
	StallAfter time.Duration `json:"stall_after_ns,omitempty"`
	// Deadline ends an attempt that long after its trainer started; 0 is never.
	Deadline time.Duration `json:"deadline_ns,omitempty"`
	// Attempts is how many there may be in all, where one that was preempted is
	// followed by another; 0 is 1.
	Attempts int `json:"attempts,omitempty"`
	// GPUHour is the price of one GPU for an hour in US dollars; nil is not known.
	GPUHour *float64 `json:"gpu_hour,omitempty"`
	// Sweep names the sweep that the run is a cell of; empty: none.
	Sweep string `json:"sweep,omitempty"`
	// Cell is the hash of all that makes the run another (see launch/sweep), and
	// CellName what its sweep calls it; empty: not known, none.
	Cell     string `json:"cell,omitempty"`
	CellName string `json:"cell_name,omitempty"`
	// Anew asks for the run although its cell runs or has succeeded.
	Anew bool `json:"anew,omitempty"`

	// Evals are the evaluations that follow when the run has succeeded.
	Evals []Evaluation `json:"evals,omitempty"`
	// Evaluates says that the job is such an evaluation, and what it is about; nil: it
	// trains.
	Evaluates *Evaluated `json:"evaluates,omitempty"`

	Params Params `json:"params,omitempty"` // passed to the trainer, which may refuse some
	Env    []Env  `json:"env,omitempty"`    // on top of the launching process's environment
}

// Params are the free parameters of a trainer. Numbers read back from JSON
// keep their spelling (json.Number), so that 1e-5 stays 1e-5.
type Params map[string]any

// UnmarshalJSON keeps numbers as they were written.
func (p *Params) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return err
	}
	*p = m
	return nil
}

// Devices is GPUs with its default: 1 where the job says nothing.
func (j Job) Devices() int { return max(1, j.GPUs) }

// NodeCount is Nodes with its default.
func (j Job) NodeCount() int { return max(1, j.Nodes) }

// World is the number of devices of all nodes.
func (j Job) World() int { return j.Devices() * j.NodeCount() }

// Validate reports every fault of the job at once, secrets in places that are
// stored among them. Trainers check their own parameters when they render.
func (j Job) Validate() error {
	if j.Evaluates != nil {
		return errors.Join(slices.Concat(j.nameless(), j.evaluationFaults(), j.secrets())...)
	}
	faults := slices.Concat(j.missing(), j.ranges(), j.Tuning.faults(j), j.secrets(), j.evaluationFaults())
	return errors.Join(faults...)
}

func (j Job) nameless() (faults []error) {
	for _, f := range []struct{ name, value string }{{"recipe", j.Recipe}, {"trainer", j.Trainer}, {"backend", j.Backend}} {
		if f.value == "" {
			faults = append(faults, fmt.Errorf("job: %s is empty", f.name))
		}
	}
	return faults
}

func (j Job) missing() []error {
	faults := j.nameless()
	if j.Dataset.Dir == "" {
		faults = append(faults, errors.New("job: dataset.dir is empty"))
	}
	if j.Dataset.Train.Rows == 0 {
		faults = append(faults, fmt.Errorf("job: dataset %s has no rows to train on", j.Dataset.Dir))
	}
	return faults
}

// maxCount bounds what is multiplied with other counts.
const maxCount = 1 << 24

func (j Job) ranges() (faults []error) {
	bad := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf("job: "+format, args...))
		}
	}
	bad(j.Epochs > 0 && !math.IsInf(j.Epochs, 0), "epochs is %v: give a number above 0", j.Epochs)
	bad(j.Batch > 0 && j.Batch <= maxCount, "batch is %d: give the rows per optimizer step, from 1 to %d", j.Batch, maxCount)
	bad(j.LR > 0 && !math.IsInf(j.LR, 0), "lr is %v: give a number above 0", j.LR)
	bad(j.Warmup >= 0 && j.Warmup < 1, "warmup is %v: give the share of all steps, from 0 to below 1", j.Warmup)
	bad(j.Window > 0, "window is %d: give the longest row in tokens, above 0", j.Window)
	bad(j.Window == 0 || j.Dataset.Window <= j.Window,
		"window is %d but the dataset was cut for %d: rows would be truncated", j.Window, j.Dataset.Window)
	bad(j.Seed >= 0 && j.Seed < 1<<32, "seed is %d: give a number from 0 to 4294967295, the range of numpy's seeds", j.Seed)
	bad(j.GPUs >= 0 && j.GPUs <= maxCount, "gpus is %d: give 0 to %d", j.GPUs, maxCount)
	bad(j.Nodes >= 0 && j.Nodes <= maxCount, "nodes is %d: give 0 to %d", j.Nodes, maxCount)
	bad(j.Deadline >= 0, "deadline is %v: give a length of time", j.Deadline)
	bad(j.Attempts >= 0 && j.Attempts <= 100, "attempts is %d: give 0 to 100", j.Attempts)
	bad(j.GPUHour == nil || *j.GPUHour >= 0 && !math.IsInf(*j.GPUHour, 0), "the price of a GPU-hour is %v dollars: give 0 or more", dollars(j.GPUHour))
	bad(j.StallAfter >= 0, "stall_after is %v: give a length of time", j.StallAfter)
	bad(j.Method == "" || slices.Contains(Methods, j.Method), "method is %q: give full, lora or qlora", j.Method)
	bad(j.Schedule == "" || slices.Contains(Schedules, j.Schedule), "schedule is %q: give cosine, linear or constant", j.Schedule)
	return faults
}

// secrets finds tokens in what would be written to the ledger and to files.
func (j Job) secrets() (faults []error) {
	refuse := func(path string) {
		faults = append(faults, fmt.Errorf(
			"job: %s holds a secret, which would be stored: pass it by the environment (HF_TOKEN, WANDB_API_KEY, …) instead", path))
	}
	walk(map[string]any(j.Params), "params", func(path, key string, value any) {
		text := plainText(value)
		if namesSecret(key) && text != "" && !harmlessArg(text) || redact.HoldsSecret(text) {
			refuse(path)
		}
	}, func(path string, list []any) {
		for _, i := range secretArgs(list) {
			refuse(fmt.Sprintf("%s[%d]", path, i))
		}
	})
	for name, text := range map[string]string{"model": j.Model, "dataset.dir": j.Dataset.Dir, "recipe": j.Recipe} {
		if redact.HoldsSecret(text) {
			refuse(name)
		}
	}
	for _, e := range j.Env {
		if !e.Secret() && redact.HoldsSecret(e.Value) {
			faults = append(faults, fmt.Errorf("job: env %s looks like a secret, but its name does not say so: choose a name such as %s_TOKEN", e.Name, e.Name))
		}
	}
	return faults
}

// plainText is a parameter that may hold a secret: a string, or a number of many
// digits, as YAML reads a password of digits.
func plainText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool, nil:
		return ""
	default:
		if text := fmt.Sprint(v); len(text) >= redact.MinSecret {
			return text
		}
		return ""
	}
}

// walk visits every leaf below v, and every list after its elements, in order
// of its path.
func walk(v any, path string, visit func(path, key string, value any), visitList func(path string, list []any)) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			walk(v[k], path+"."+k, visit, visitList)
		}
	case []any:
		for i, e := range v {
			walk(e, fmt.Sprintf("%s[%d]", path, i), visit, visitList)
		}
		visitList(path, v)
	default:
		visit(path, path[strings.LastIndexByte(path, '.')+1:], v)
	}
}

// dollars is a price that may not be known.
func dollars(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}
