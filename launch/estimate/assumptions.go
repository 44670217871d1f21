package estimate

import "fmt"

// Assumptions are what the figures of a training rest on, a line each. own is the
// price that the user gave, in dollars for a GPU and an hour; 0 for none.
func (t *Training) Assumptions(own float64) []string {
	price := "price: for a GPU and an hour on demand, from price lists read " + PricesRead + "; the ends join the slow and the dear"
	if own > 0 {
		price = fmt.Sprintf("price: %g dollars for a GPU and an hour, as given", own)
	}
	lines := []string{
		"speed: 20 to 40 % of the GPU's dense bfloat16 peak on one machine, 22 to 30 % over several, 12 to 20 % with the optimizer in host memory; measured on 7B to 70B, smaller models reach less",
		"operations: " + t.operations(),
		"balance: " + t.waits(),
		"memory: " + t.remembers(),
		price,
		"not counted: evaluation, saving, loading, storage, idle time, tries that fail",
	}
	return lines
}

func (t *Training) operations() string {
	words := "6 a weight and token"
	if t.lora() {
		words = fmt.Sprintf("4 a weight and token, since only adapters of rank %d learn", loraRank)
	}
	if t.Squares > 0 {
		return words + ", attention by the rows' own lengths"
	}
	return words + ", attention as if all rows were as long as their mean: the manifest tells no lengths"
}

func (t *Training) waits() string {
	switch n := len(t.Lengths); {
	case n == 0:
		return "GPUs work 50 to 70 % of the time and wait for longer rows otherwise: the manifest tells no lengths"
	case t.Lengths[0] == t.Lengths[n-1]:
		return "all rows are equally long, so that no GPU waits for another"
	}
	return "in each round GPUs wait for the longest row among them, rows drawn at random"
}

func (t *Training) remembers() string {
	words := "AdamW in mixed precision, 16 bytes a trained weight and 2 a frozen one; activations computed again; 225 GiB of host memory a GPU; "
	if t.FusedLoss {
		return words + "no logits kept (Liger or the like); 10 % for the allocator"
	}
	return words + "logits kept in float32; 10 % for the allocator"
}
