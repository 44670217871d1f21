// Package trainer holds the programs that a run can train with.
//
// In comes a launch.Job, out goes a launch.Command: argv, environment and the
// configuration files in the trainer's own format. [Trainers] is the registry;
// adding a trainer is a file and a line there, and the conformance suite then
// demands golden files of it.
//
// The words. A neutral key is one that every trainer knows under another name:
// train.lr, train.micro_batch. A native setting is one of train.params, passed on
// as it is. What a trainer can do of what a job may ask is its ability; what it
// cannot is refused, with the trainers that can.
//
// The promise: rendering is pure. Of the defaults that differ between trainers or
// work without a word (windows of 1,024 tokens, rows that are dropped, a NaN that
// is hidden, uploads), each is said. A native setting that would break what
// trainyard promises of a run (its log, its resumability, the rows it was asked to
// learn from) is refused with the reason, and so is one that the recipe has a key
// of its own for, because the ledger would then tell something else than what was
// run. One argv runs on every node: torchrun, or a launcher that reads NNODES and
// the like, takes the rest from the environment.
//
// What it does not do: it starts nothing and installs nothing; launch/env has the
// versions that this was written against.
//
// Configuration is written by hand as plain YAML and as JSON: the values are
// scalars and short lists, and the file should look as its trainer's own examples
// do.
package trainer

import "trainyard/launch"

// Trainers is the registry by name.
var Trainers = map[string]launch.Trainer{
	"axolotl":        axolotl,
	"command":        Command{},
	"llamafactory":   llamaFactory,
	"ms-swift":       msSwift,
	"nemo-automodel": nemoAutomodel,
	"open-instruct":  openInstruct,
	"openrlhf":       openRLHF,
	"smoke":          Smoke{},
	"trl":            trl,
	"verl":           verl,
}

// Refused is why a trainer may not be given a native setting; empty where it may.
// Values that are refused are told when the job is rendered.
func Refused(trainer, param string) (why string) {
	a, _ := Trainers[trainer].(adapter)
	return a.owned[param]
}
