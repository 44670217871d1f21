package trainer

import (
	"slices"
	"strings"

	"trainyard/launch"
)

// An Arg is something that train.params of a trainer may hold, or that stands
// for a value inside it, or that its log may hold.
type Arg struct {
	Name     string
	Kind     string // a type, "placeholder", or "progress line"
	Required bool
	Summary  string
}

// Args tell, by trainer, what its parameters are. A trainer that reads its own
// parameters, without a list of ours, is told in Notes.
var Args = map[string][]Arg{
	"command": commandArgs(),
	"smoke": {
		{Name: "learning_rate", Kind: "number", Summary: "of the tiny model, which train.lr would leave where it starts"},
		{Name: "logging_steps", Kind: "integer", Summary: "steps between lines of its log"},
		{Name: "save_steps", Kind: "integer", Summary: "steps between checkpoints"},
		{Name: "save_total_limit", Kind: "integer", Summary: "newest checkpoints that are kept"},
	},
}

// Notes tell what else there is to know before a trainer is chosen.
var Notes = notes()

func notes() map[string]string {
	all := map[string]string{
		"command": "success is judged by the last step of the progress file, which must be the planned one, or else by a finished model or train_results.json in {output}; " +
			"an exit code of 0 alone shows nothing. All of the job, other parameters too, is JSON in {config}. Where it runs torchrun on several nodes, torchrun reads PET_NNODES, PET_NODE_RANK, PET_MASTER_ADDR and PET_MASTER_PORT by itself.",
		"smoke": "needs no program besides trainyard, one process, no GPU.",
	}
	for name, trainer := range Trainers {
		if a, ok := trainer.(adapter); ok {
			all[name] = a.note()
		}
	}
	return all
}

// note says how native settings are read, and what the trainer cannot do.
func (a adapter) note() string {
	return "params are its own settings, " + a.native + ", and are passed on as they are; those that would contradict the recipe or hide progress are refused with the reason. " +
		"Install: " + a.install + a.can.lacks()
}

// lacks are the neutral keys that are refused.
func (c ability) lacks() string {
	var all []string
	add := func(lacks bool, what string) {
		if lacks {
			all = append(all, what)
		}
	}
	add(!slices.Contains(c.methods, "qlora"), "train.method qlora")
	add(!slices.Contains(c.schedules, "linear"), "train.schedule linear")
	for _, p := range launch.Precisions {
		add(!slices.Contains(c.precisions, p), "train.precision "+p)
	}
	add(!c.parts, "epochs with a fraction")
	add(!c.packs, "train.packing")
	add(!c.shares, "train.sequence_parallel")
	add(!c.dropout, "train.lora.dropout")
	add(!c.resumes, "going on from a checkpoint")
	add(!c.nodes, "several nodes")
	if len(all) == 0 {
		return ""
	}
	return ". It cannot do: " + strings.Join(all, ", ")
}

// progressArgs are the members of a progress line that package launch
// reads, by the names of LLaMA-Factory's trainer_log.jsonl.
var progressArgs = []Arg{
	{Name: "current_steps", Required: true, Summary: "optimizer steps done; global_step and step are read too"},
	{Name: "total_steps", Summary: "steps planned: without it there is no progress in per cent, and no evidence of the end"},
	{Name: "loss", Summary: "training loss; NaN and Infinity are told as diverged"},
	{Name: "eval_loss", Summary: "validation loss"},
	{Name: "lr", Summary: "learning rate"},
	{Name: "epoch", Summary: "epochs done, with a fraction"},
	{Name: "throughput", Summary: "tokens a second"},
	{Name: "total_tokens", Summary: "tokens seen"},
	{Name: "elapsed_time", Summary: "as H:MM:SS"},
	{Name: "remaining_time", Summary: "as H:MM:SS, the trainer's own estimate"},
}
