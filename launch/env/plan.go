package env

import (
	"cmp"
	"path"

	"trainyard/launch/env/build"
	"trainyard/launch/task"
)

// Where are the things of one machine that a plan needs.
type Where struct {
	Root string // an absolute path: environments lie in envs below it
	UV   string // uv there
	// Index is the package index in place of PyPI; empty: PyPI, or as the machine's
	// own settings of uv say. It may have a password.
	Index string
	// Python is uv's word for an interpreter, in place of the lock's.
	Python string
}

// Dir is where environments lie, below a root.
const Dir = "envs"

// Plan makes the environment.
func (l Lock) Plan(w Where) build.Plan {
	dir := path.Join(w.Root, Dir, l.Hash())
	lock := dir + ".txt"
	env := l.env(w)
	venv := []string{w.UV, "venv", "--clear"}
	if python := cmp.Or(w.Python, l.Python); python != "" {
		venv = append(venv, "--python", python)
	}
	p := build.Plan{
		Dir:    dir,
		Files:  []task.File{{Name: path.Base(lock), Content: l.Text}},
		Marker: dir + build.MarkerSuffix,
		Freeze: build.Step{Argv: []string{w.UV, "pip", "freeze", "--python", dir}, Env: env},
		Steps: []build.Step{
			{Argv: append(venv, dir), Env: env},
			{Argv: []string{w.UV, "pip", "sync", "--python", dir, lock}, Env: env},
		},
	}
	for _, built := range l.Built {
		p.Steps = append(p.Steps, build.Step{
			Argv: []string{w.UV, "pip", "install", "--python", dir, "--no-build-isolation", "--no-deps", built}, Env: env, Needs: "nvcc",
		})
	}
	return p
}

// env keeps out what was published later, DeepSpeed from compiling what no
// configuration of ours asks for, and everything that uv writes below the root: links
// into its cache cost no room on one disk.
func (l Lock) env(w Where) []build.Var {
	vars := []build.Var{
		{Name: "DS_BUILD_OPS", Value: "0"}, {Name: "UV_NO_PROGRESS", Value: "1"},
		{Name: "UV_CACHE_DIR", Value: path.Join(w.Root, "uv", "cache")},
		{Name: "UV_PYTHON_INSTALL_DIR", Value: path.Join(w.Root, "uv", "python")},
	}
	switch {
	case w.Index != "":
		// Few indexes besides PyPI tell when a file was published, and uv takes none
		// that does not say; versions are pinned all the same.
		vars = append(vars, build.Var{Name: "UV_DEFAULT_INDEX", Value: w.Index})
	case l.Before != "":
		vars = append(vars, build.Var{Name: "UV_EXCLUDE_NEWER", Value: l.Before})
	}
	return vars
}
