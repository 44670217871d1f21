package recipes

import (
	"cmp"

	"trainyard/mix"
	"trainyard/tokenize/chat"
)

// A Recipe is one resolved recipe: merged, checked, defaults filled in.
//
// The yaml tag is the key in the file. The identity tag says what a change of
// the field makes new: "none" nothing, "run" the training alone, and without
// a tag the dataset and with it the training. A field with the tag quiet is
// left out of the canonical form where it is empty, so that a recipe older
// than the key keeps its fingerprints.
type Recipe struct {
	// Name is required: letters, digits, - and _, at most 64. It names the
	// dataset's directory and the run.
	Name string `yaml:"name" identity:"none"`
	// Summary is the one line that lists show; default empty.
	Summary string `yaml:"summary" identity:"none"`
	// Seed is the default of the three seeds: mix.seed, mix.validation_seed and
	// train.seed; default 17.
	Seed    int64    `yaml:"seed" identity:"none"`
	Model   Model    `yaml:"model"`
	Tools   Tools    `yaml:"tools"`
	Sources []Source `yaml:"sources"` // required, at least one, in mixing order
	// Edits are made to the trajectories of every source, after the source's
	// own and in this order; default none.
	Edits Edits `yaml:"edits" quiet:"empty"`
	// Reasoning is what becomes of the thoughts that records hold: keep writes
	// them in the template's place for them, else as words before what the turn
	// says; drop leaves them out, think blocks in the text too. Default: qwen3
	// keeps them; the others leave out those recorded apart and take a think
	// block in the text for text. What qwen3 keeps its template shows after the
	// last question only; results are questions to it in every style but qwen.
	// See format.Reasoning.
	Reasoning string `yaml:"reasoning" quiet:"empty"`
	// Loss says which of the assistant's turns are learned from: all, or policies
	// that take turns out (see format/loss); default all. It needs an output whose
	// rows can say so.
	Loss Loss `yaml:"loss" quiet:"empty"`
	Mix  Mix  `yaml:"mix"`
	// Decontaminate leaves out what has something of a benchmark; default none.
	Decontaminate Decontaminate `yaml:"decontaminate" quiet:"empty"`
	Report        Report        `yaml:"report" quiet:"empty"`
	Train         Train         `yaml:"train" identity:"run"`
	// Eval are evaluations that follow a run which has succeeded; default none.
	Eval []Evaluation `yaml:"eval" identity:"none" quiet:"empty"`

	// Dir is the directory of the recipe's own file; empty for a built-in.
	Dir string `yaml:"-"`
	// Files are the files that were merged, first layer first, the recipe's
	// own last. A built-in is written builtin:NAME.yaml.
	Files []string `yaml:"-"`

	said  *node `yaml:"-"` // the merged layers, which know who said what
	sweep *node `yaml:"-"` // the block of a sweep; nil: none
}

// A Model is the student.
type Model struct {
	// Base is the checkpoint to start from, a hub name or a path on the
	// machine that trains. Some trainers need it; smoke does not.
	Base string `yaml:"base" identity:"run"`
	// Template renders a chat into tokens, and implies the tokenizer; default
	// that of the base's family, qwen2.5 without a base.
	Template string `yaml:"template"`
	// Context is the longest sequence the student reads, in tokens; default 32768.
	Context int `yaml:"context"`
}

// Tools says how tool lists and tool calls become text.
type Tools struct {
	As string `yaml:"as"` // openhands (default), or another of format.Styles
	// Prompt is a file with the scaffold's wording of its tools, see
	// format.ToolPrompt and [Recipe.Beside]; default empty: our own wording.
	Prompt string `yaml:"prompt" quiet:"empty"`
	// Verbatim keeps Windows line ends and the empty lines that an assistant
	// turn starts with, as scaffolds' own converters do; default false.
	Verbatim bool `yaml:"verbatim" quiet:"empty"`
	// Values says how arguments that are no text are written between function
	// tags, a key of style.Values; default empty: the style's own way, json for
	// openhands and python for the others.
	Values string `yaml:"values" quiet:"empty"`
}

// A Source is one family of trajectories.
type Source struct {
	// Name is required and unique: letters, digits, - and _, at most 64, free
	// of the words by which dataset readers assign splits (see splitWord).
	Name string `yaml:"name"`
	// Path is required: a file, a directory or a glob, or several of them; see
	// [Recipe.Resolve].
	Path Paths `yaml:"path"`
	// Format is a dialect of trajectories; default auto, decided by content.
	Format string `yaml:"format"`
	// Task is the task family written beside every row; default the name.
	Task string `yaml:"task"`
	// Teacher overrides the acting model; default empty: what the record says.
	Teacher string `yaml:"teacher"`
	// Repo is the repository of records that name none, owner/name; default
	// empty: unknown.
	Repo string `yaml:"repo" quiet:"empty"`
	// Accept is required: what counts as success.
	Accept Accept `yaml:"accept"`
	// Keep is an expression that chooses among the accepted trajectories,
	// whatever succeeded: by length in tokens, flags, features, or a list in a
	// file, see [Recipe.Beside]; default empty: all.
	Keep string `yaml:"keep" quiet:"empty"`
	// PerInstance keeps at most so many trajectories of one instance;
	// default 0, no limit.
	PerInstance int `yaml:"per_instance"`
	// Share is the relative weight under the sampler shares, any scale, or a
	// fraction of the budget where a source gets the rest; default 1. Other
	// samplers ignore it. A source says one of share, take, epochs and rest.
	Share float64 `yaml:"share"`
	// Take is so many units of this source; default 0, as the sampler says.
	Take int64 `yaml:"take" quiet:"empty"`
	// Epochs is so many times all that the source has, 0.5 for half; above 1
	// rows are repeated. Default 0, as the sampler says.
	Epochs float64 `yaml:"epochs" quiet:"empty"`
	// Rest gives the source what the others leave of the budget; default false.
	Rest bool `yaml:"rest" quiet:"empty"`
	// Most is all that may be taken of this source, in units; default 0, no limit.
	Most int64 `yaml:"most" quiet:"empty"`
	// Select are selections among what is accepted and kept, one after the other;
	// default none, a shuffle.
	Select Selections `yaml:"select" quiet:"empty"`
	// PerRepo and PerTeacher keep at most so many of one repository, or of one
	// teacher, those that the selections prefer; default 0, no limit.
	PerRepo    int `yaml:"per_repo" quiet:"empty"`
	PerTeacher int `yaml:"per_teacher" quiet:"empty"`
	// Reference keeps the source out of the mix: others are matched to it. Default
	// false.
	Reference bool `yaml:"reference" quiet:"empty"`
	// System is a file with the system text to put in place of the records'
	// own, or of none; see [Recipe.Beside]. Default empty: the record's.
	System string `yaml:"system" quiet:"empty"`
	// Tools is a file with the JSON list of tool descriptions for records that
	// hold none; see [Recipe.Beside]. Default empty.
	Tools string `yaml:"tools" quiet:"empty"`
	// Main and Subagent say so of one kind of agent, in place of System and Tools:
	// sessions of Claude Code and Codex hold both kinds. Default empty.
	Main     Agent `yaml:"main" quiet:"empty"`
	Subagent Agent `yaml:"subagent" quiet:"empty"`
	// Instance is a file with the first user turn, slots such as
	// {problem_statement} in it, for records of r2e-gym that do not hold
	// theirs; see [Recipe.Beside]. Default empty.
	Instance string `yaml:"instance" quiet:"empty"`
	// Edits are made to this source's trajectories, in this order and before
	// those of the recipe; default none.
	Edits Edits `yaml:"edits" quiet:"empty"`
	// Reasoning of this source; default the recipe's.
	Reasoning string `yaml:"reasoning" quiet:"empty"`
	// Loss of this source, in place of the recipe's; default the recipe's.
	Loss Loss `yaml:"loss" quiet:"empty"`
	// Images and SetupCost say what the source's instances take to set up, for
	// reports: container images in all, default 0, unknown; US cents for each
	// instance, default unknown.
	Images    int     `yaml:"images" quiet:"empty"`
	SetupCost float64 `yaml:"setup_cost" quiet:"unsaid"`
}

// An Agent is what the records of one kind of agent lack.
type Agent struct {
	System string `yaml:"system" quiet:"empty"` // as in Source
	Tools  string `yaml:"tools" quiet:"empty"`  // likewise
}

// Accept is the evidence of success. Exactly one member is set: a recipe has
// to say how it knows, even where the answer is that it does not ask.
type Accept struct {
	Field  string `yaml:"field"`  // dotted path of a truth value in the record
	Where  string `yaml:"where"`  // expression over the record
	Report string `yaml:"report"` // path of an evaluation report; see [Recipe.Resolve]
	Any    bool   `yaml:"any"`    // true: every record, no evidence asked
}

// A Report says what a prepare counts besides what it must.
type Report struct {
	// Flags counts the trajectories with loops, error turns, secrets and the
	// like (see format.FlagList); default false: a fifth more time.
	Flags bool `yaml:"flags"`
}

// Train is what a trainer is told.
type Train struct {
	// Trainer is a name of trainer.Trainers; default smoke, which costs nothing.
	Trainer string `yaml:"trainer"`
	// Method is full (default), lora or qlora, which holds the frozen weights in 4 bits.
	Method string `yaml:"method"`
	// Epochs are passes over the training split, 0.5 for half of one; default 5.
	Epochs float64 `yaml:"epochs"`
	// MaxSteps ends the training after so many optimizer steps, whatever Epochs
	// says; default 0, by epochs.
	MaxSteps int `yaml:"max_steps" quiet:"empty"`
	// Batch is the number of sequences per optimizer step, over all devices; default 16.
	Batch int `yaml:"batch"`
	// LR is the peak learning rate; default 5e-5.
	LR float64 `yaml:"lr"`
	// Schedule is the learning rate's course: cosine (default), linear or constant.
	Schedule string `yaml:"schedule"`
	// Warmup is the fraction of steps in which the rate rises, [0, 1); default 0.05.
	Warmup float64 `yaml:"warmup"`
	// Seed is the trainer's, 0 or more; default seed.
	Seed int64 `yaml:"seed" quiet:"seed"`
	// MicroBatch is how many rows one device computes side by side; default 1.
	MicroBatch int `yaml:"micro_batch" quiet:"1"`
	// Precision is what is computed in: bf16 (default), fp16 or fp32.
	Precision string `yaml:"precision" quiet:"bf16"`
	// Packing has the trainer join rows up to the window, none of which sees
	// another; batch then counts windows. Default false.
	Packing bool `yaml:"packing" quiet:"empty"`
	// SequenceParallel is how many devices share one row; default 1.
	SequenceParallel int `yaml:"sequence_parallel" quiet:"1"`
	// GradientCheckpointing computes activations again in place of keeping them; default true.
	GradientCheckpointing bool `yaml:"gradient_checkpointing" quiet:"true"`
	// WeightDecay is AdamW's; default 0.
	WeightDecay float64 `yaml:"weight_decay" quiet:"empty"`
	// MaxGradNorm is what gradients are clipped to; default 1.
	MaxGradNorm float64 `yaml:"max_grad_norm" quiet:"1"`
	// LoRA is the size and place of adapters, for the methods lora and qlora.
	LoRA LoRA `yaml:"lora" quiet:"empty"`
	// SaveEvery and EvalEvery are optimizer steps between checkpoints, and between
	// evaluations where there are validation rows; default 50.
	SaveEvery int `yaml:"save_every" quiet:"50"`
	EvalEvery int `yaml:"eval_every" quiet:"50"`
	// KeepCheckpoints is how many of the newest are kept; default 3.
	KeepCheckpoints int `yaml:"keep_checkpoints" quiet:"3"`
	// StallAfter ends a trainer that has told nothing for as long, such as 30m
	// or 2h; default never.
	StallAfter string `yaml:"stall_after" quiet:"empty"`
	// Params go to the trainer as they are: nil, bool, int64, float64,
	// string, []any and map[string]any.
	Params map[string]any `yaml:"params"`
}

// A LoRA is the size and place of adapters.
type LoRA struct {
	// Rank is that of the two matrices of an adapter; default 64.
	Rank int `yaml:"rank" quiet:"empty"`
	// Alpha is what an adapter is scaled by, over its rank; default twice the rank.
	Alpha int `yaml:"alpha" quiet:"empty"`
	// Dropout is the share of an adapter's inputs that is left out in training; default 0.
	Dropout float64 `yaml:"dropout" quiet:"empty"`
	// Targets are the linear layers that get one, such as [q_proj, v_proj]; default all.
	Targets Paths `yaml:"targets" quiet:"empty"`
}

// defaults returns a recipe in which nothing was said.
func defaults() *Recipe {
	return &Recipe{
		Seed:  17,
		Model: Model{Context: 32768},
		Tools: Tools{As: "openhands"},
		Mix: Mix{
			Sampler: "all", Seed: unsaid, ValidationSeed: unsaid, Unit: "trajectories",
			Order: Order{By: mix.Shuffle}, Short: "tell", Fraction: 1, OverWindow: "drop", Unique: "content", Validation: 0.02, Output: "messages",
		},
		// Epochs, batch and rate are those of the reference's 32B run.
		Train: Train{
			Trainer: "smoke", Method: "full", Epochs: 5, Batch: 16, LR: 5e-5,
			Schedule: "cosine", Warmup: 0.05, Seed: unsaid,
			MicroBatch: 1, Precision: "bf16", SequenceParallel: 1, GradientCheckpointing: true, MaxGradNorm: 1,
			SaveEvery: 50, EvalEvery: 50, KeepCheckpoints: 3,
		},
	}
}

// unsaid stands in a seed, or a cost, that the recipe does not give.
const unsaid = -1

// setDefaults prepares a source before its keys are read.
func (s *Source) setDefaults() { s.Format, s.Share, s.SetupCost = "auto", 1, unsaid }

// derive fills in the defaults that follow from other fields.
func (r *Recipe) derive() {
	r.settleLoss()
	if r.Model.Template == "" {
		r.Model.Template = cmp.Or(chat.ForCheckpoint(r.Model.Base), "qwen2.5")
	}
	if r.Mix.Convention == chat.DefaultConvention {
		r.Mix.Convention = ""
	}
	if r.Mix.Window == 0 {
		r.Mix.Window = r.Model.Context
	}
	for _, seed := range []*int64{&r.Mix.Seed, &r.Mix.ValidationSeed, &r.Train.Seed} {
		if *seed == unsaid {
			*seed = r.Seed
		}
	}
	for i := range r.Sources {
		if s := &r.Sources[i]; s.Task == "" {
			s.Task = s.Name
		}
	}
}
