package env

import (
	"path"
	"strings"

	"trainyard/launch"
)

// A Plan makes one environment, and tells what is in it. Paths are those of the
// machine, slash separated.
type Plan struct {
	Dir    string        // of the environment; its bin goes first on PATH
	Files  []launch.File // below Dir's parent, written before the steps
	Steps  []Step        // in this order; the first that fails ends the plan
	Marker string        // written, empty, when all steps are done; where it is there already, nothing is to do
	Freeze Step          // prints what is installed, for the run to keep
}

// A Step is one command.
type Step struct {
	Argv []string
	Env  []launch.Env
	// Needs is a program without which the step is left out: what it would build
	// cannot be built there. Empty for none.
	Needs string
}

// FreezeName is the file in the attempt's directory that keeps what Freeze prints.
const FreezeName = "environment.txt"

// Plan makes the environment below root, an absolute path, with the uv that is
// named. Two runs that make it at once must take turns: uv venv --clear begins
// anew.
func (l Lock) Plan(root, uv string) Plan {
	dir := path.Join(root, "envs", l.Hash())
	lock := dir + ".txt"
	p := Plan{
		Dir:    dir,
		Files:  []launch.File{{Name: path.Base(lock), Content: l.Text}},
		Marker: dir + ".done",
		Freeze: Step{Argv: []string{uv, "pip", "freeze", "--python", dir}},
		Steps: []Step{
			{Argv: []string{uv, "venv", "--clear", "--python", l.Python, dir}},
			{Argv: []string{uv, "pip", "sync", "--python", dir, lock}, Env: l.env()},
		},
	}
	for _, built := range l.Built {
		p.Steps = append(p.Steps, Step{
			Argv: []string{uv, "pip", "install", "--python", dir, "--no-build-isolation", "--no-deps", built}, Env: l.env(), Needs: "nvcc",
		})
	}
	return p
}

// env keeps out what was published later, and DeepSpeed from compiling what no
// configuration of ours asks for.
func (l Lock) env() []launch.Env {
	return []launch.Env{{Name: "UV_EXCLUDE_NEWER", Value: l.Before}, {Name: "DS_BUILD_OPS", Value: "0"}}
}

// Activate is the environment of a command that runs in it: path is the PATH that
// it would have otherwise.
func (p Plan) Activate(pathVar string) []launch.Env {
	return []launch.Env{
		{Name: "PATH", Value: strings.TrimSuffix(path.Join(p.Dir, "bin")+":"+pathVar, ":")},
		{Name: "VIRTUAL_ENV", Value: p.Dir},
	}
}
