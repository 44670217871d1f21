package estimate

// A Strategy says how a model is spread over GPUs, and what of it lies in the
// memory of the host instead.
type Strategy struct {
	Name    string
	Summary string

	sharded     bool // weights, gradients and optimizer are divided among the GPUs
	activations bool // kept activations lie in host memory
	optimizer   bool // the optimizer lies in host memory
	weights     bool // weights and gradients lie there too, and come layer by layer
}

// Strategies are tried in this order: what costs less speed stands first.
var Strategies = []Strategy{
	{Name: "copies", Summary: "a whole copy on each GPU"},
	{Name: "zero3", Summary: "ZeRO-3 or FSDP: weights, gradients and optimizer divided among the GPUs", sharded: true},
	{Name: "zero3-activations", Summary: "ZeRO-3 or FSDP, kept activations in host memory", sharded: true, activations: true},
	{Name: "zero3-optimizer", Summary: "ZeRO-3 or FSDP, kept activations and optimizer in host memory", sharded: true, activations: true, optimizer: true},
	{Name: "zero3-all", Summary: "ZeRO-3, kept activations, optimizer, weights and gradients in host memory", sharded: true, activations: true, optimizer: true, weights: true},
}

// mfu is what share of the peak is reached. These are priors from measured runs
// of 7B to 70B, most of them on H100:
//
//   - one machine: open-instruct OLMo-3 7B 28 %; torchtitan Qwen3 32B 39 % with
//     compile and 18 % with tensor parallelism and without; TRL Qwen3 8B 35 %, 32B
//     36 % at a million tokens; KempnerForge 13B 44 %; NeMo Automodel LoRA 32B 30 %.
//   - several machines: KempnerForge keeps 53 to 93 % of the speed when it leaves
//     the first one; NeMo Automodel LoRA 32B 28 %.
//   - the optimizer in host memory, and more: .12 to .20, an estimate from the
//     transfers; no run on rows of this length is published. Rows of a million
//     tokens hide the transfers: the runs of TRL above have weights and optimizer
//     there.
func (s Strategy) mfu(gpus int) Range {
	switch {
	case s.optimizer:
		return Range{.12, .16, .20}
	case gpus > node:
		return Range{.22, .26, .30}
	}
	return Range{.20, .30, .40}
}
