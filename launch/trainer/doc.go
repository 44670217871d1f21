// Package trainer holds the programs that a run can train with.
//
// In comes a launch.Job, out goes a launch.Command: argv, environment and the
// configuration files in the trainer's own format. [Trainers] is the registry;
// adding a trainer is a file and a line there, and the conformance suite then
// demands golden files of it.
//
// The promise: rendering is pure. A parameter that would break what trainyard
// promises of a run (its log, its resumability, the rows it was asked to learn
// from) is refused with the reason, and so is one that the recipe has a key of
// its own for, because the ledger would then tell something else than what was
// run.
//
// What it does not do: it starts nothing and installs nothing.
//
// Configuration is written by hand as flat YAML and as JSON: the values are
// scalars, and the file should look as its trainer's own examples do.
package trainer

import "trainyard/launch"

// Trainers is the registry by name.
var Trainers = map[string]launch.Trainer{
	"command":      Command{},
	"llamafactory": LlamaFactory{},
	"smoke":        Smoke{},
}

// owned are the parameters that a trainer may not be given, with the reason.
var owned = map[string]map[string]string{
	"llamafactory": llamaFactoryOwned,
}

// Refused is why a trainer may not be given a parameter; empty where it may. Values
// that are refused are told when the job is rendered.
func Refused(trainer, param string) (why string) { return owned[trainer][param] }
