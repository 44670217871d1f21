package build

import (
	"path"
	"strings"

	"trainyard/launch/task"
)

// A Plan makes one environment, and tells what is in it. Paths are those of the
// machine, slash separated.
type Plan struct {
	Dir    string      `json:"dir"`    // of the environment; its bin goes first on PATH
	Files  []task.File `json:"files"`  // below Dir's parent, written before the steps
	Steps  []Step      `json:"steps"`  // in this order; the first that fails ends the plan
	Marker string      `json:"marker"` // written, empty, when all steps are done; where it is there already, nothing is to do
	Freeze Step        `json:"freeze"` // prints what is installed, for the run to keep
}

// A Step is one command.
type Step struct {
	Argv []string `json:"argv"`
	Env  []Var    `json:"env,omitempty"`
	// Needs is a program without which the step is left out: what it would build
	// cannot be built there. Empty for none.
	Needs string `json:"needs,omitempty"`
}

// A Var is a variable of a step. Unlike a task's, its value stands in JSON whatever its
// name: the plan travels by standard input alone.
type Var struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// FreezeName is the file in the attempt's directory that keeps what Freeze prints.
const FreezeName = "environment.txt"

// MarkerSuffix stands behind an environment's directory in its marker's name.
const MarkerSuffix = ".done"

// LogName is the file, beside the environment, with what its steps said.
func (p Plan) LogName() string { return path.Base(p.Dir) + ".log" }

// Activate is the environment of a command that runs in it: pathVar is the PATH that
// it would have otherwise.
func (p Plan) Activate(pathVar string) []task.Env {
	return []task.Env{
		{Name: "PATH", Value: strings.TrimSuffix(path.Join(p.Dir, "bin")+":"+pathVar, ":")},
		{Name: "VIRTUAL_ENV", Value: p.Dir},
	}
}
