package launch

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
)

// The words that Job.Method, Job.Schedule and Tuning.Precision may be.
var (
	Methods    = []string{"full", "lora", "qlora"}
	Schedules  = []string{"cosine", "linear", "constant"}
	Precisions = []string{"bf16", "fp16", "fp32"}
)

// A Tuning is what a job says beyond the least that every trainer needs. Its
// zero value is what jobs had before it: one row at a time on each device,
// bfloat16, activations computed again, a checkpoint every 50 steps, three kept.
// Trainers read it through the methods that fill in those defaults.
type Tuning struct {
	MaxSteps   int    `json:"max_steps,omitempty"`   // ends there, whatever Epochs says; 0: by epochs
	MicroBatch int    `json:"micro_batch,omitempty"` // rows side by side on one device; 0 is 1
	Precision  string `json:"precision,omitempty"`   // bf16, fp16 or fp32; empty: bf16
	// Packing has the trainer join rows up to the window, none of which sees
	// another. Batch then counts windows.
	Packing          bool `json:"packing,omitempty"`
	SequenceParallel int  `json:"sequence_parallel,omitempty"` // devices that share one row; 0 is 1
	// NoGradientCheckpointing keeps all activations in place of computing them
	// again: faster, and only for short rows.
	NoGradientCheckpointing bool    `json:"no_gradient_checkpointing,omitempty"`
	SaveEvery               int     `json:"save_every,omitempty"`       // steps between checkpoints; 0 is 50
	EvalEvery               int     `json:"eval_every,omitempty"`       // steps between evaluations; 0 is 50
	KeepCheckpoints         int     `json:"keep_checkpoints,omitempty"` // the newest that are kept; 0 is 3
	WeightDecay             float64 `json:"weight_decay,omitempty"`
	MaxGradNorm             float64 `json:"max_grad_norm,omitempty"` // gradients are clipped to it; 0 is 1
	LoRA                    LoRA    `json:"lora,omitzero"`
}

// A LoRA is the size and place of adapters, for the methods lora and qlora.
type LoRA struct {
	Rank    int      `json:"rank,omitempty"`  // 0 is 64
	Alpha   int      `json:"alpha,omitempty"` // 0 is twice the rank
	Dropout float64  `json:"dropout,omitempty"`
	Targets []string `json:"targets,omitempty"` // names of linear layers, such as q_proj; empty: all of them
}

// Adapts says that adapters are trained in place of the weights.
func (j Job) Adapts() bool { return j.Method == "lora" || j.Method == "qlora" }

// Rows is MicroBatch with its default.
func (t Tuning) Rows() int { return max(1, t.MicroBatch) }

// Share is SequenceParallel with its default.
func (t Tuning) Share() int { return max(1, t.SequenceParallel) }

// Steps are SaveEvery, EvalEvery and KeepCheckpoints with their defaults.
func (t Tuning) Steps() (save, eval, keep int) {
	return cmp.Or(t.SaveEvery, 50), cmp.Or(t.EvalEvery, 50), cmp.Or(t.KeepCheckpoints, 3)
}

// Float is Precision with its default.
func (t Tuning) Float() string { return cmp.Or(t.Precision, "bf16") }

// Clip is MaxGradNorm with its default.
func (t Tuning) Clip() float64 { return cmp.Or(t.MaxGradNorm, 1) }

// Size is rank and alpha with their defaults.
func (l LoRA) Size() (rank, alpha int) {
	rank = cmp.Or(l.Rank, 64)
	return rank, cmp.Or(l.Alpha, 2*rank)
}

func (l LoRA) empty() bool {
	return l.Rank == 0 && l.Alpha == 0 && l.Dropout == 0 && len(l.Targets) == 0
}

// faults are what is wrong with the values, or with two of them together.
func (t Tuning) faults(j Job) (faults []error) {
	bad := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf("job: "+format, args...))
		}
	}
	counts := map[string]int{
		"max_steps": t.MaxSteps, "micro_batch": t.MicroBatch, "sequence_parallel": t.SequenceParallel, "save_every": t.SaveEvery,
		"eval_every": t.EvalEvery, "keep_checkpoints": t.KeepCheckpoints, "lora.rank": t.LoRA.Rank, "lora.alpha": t.LoRA.Alpha,
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		bad(counts[name] >= 0 && counts[name] <= maxCount, "%s is %d: give 0 to %d", name, counts[name], maxCount)
	}
	amounts := map[string]float64{"weight_decay": t.WeightDecay, "max_grad_norm": t.MaxGradNorm}
	for _, name := range slices.Sorted(maps.Keys(amounts)) {
		bad(amounts[name] >= 0 && !math.IsInf(amounts[name], 0), "%s is %v: give a number, 0 or more", name, amounts[name])
	}
	bad(t.LoRA.Dropout >= 0 && t.LoRA.Dropout < 1, "lora.dropout is %v: give a share, from 0 to below 1", t.LoRA.Dropout)
	bad(t.Precision == "" || slices.Contains(Precisions, t.Precision), "precision is %q: give bf16, fp16 or fp32", t.Precision)
	bad(!t.Packing || j.Dataset.Output != "packed", "packing is asked for, and the dataset is packed already: leave it out, or prepare with mix.output=messages")
	bad(j.Adapts() || t.LoRA.empty(), "lora says %+v, and the method is %s: give method lora or qlora, or leave it out", t.LoRA, cmp.Or(j.Method, "full"))
	bad(t.Share() <= 1 || j.World()%t.Share() == 0, "sequence_parallel is %d, and %d GPUs do not divide by it", t.Share(), j.World())
	return faults
}
