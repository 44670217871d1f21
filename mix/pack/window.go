package pack

// A Conversation is what is known of one that no window holds: how long its turns
// are. Head are the tokens in front of the first assistant turn.
type Conversation struct {
	Head  int
	Steps []Step
}

// A Step is an assistant turn and what answers it, in tokens.
type Step struct {
	Acts    int // of the assistant turn
	Trained int // those of them inside the loss
	Answer  int // of the turns up to the next assistant turn
}

// whole is the step with its answer.
func (s Step) whole() int { return s.Acts + s.Answer }

// Cut tells how many steps from the first on fit into a window, the last of them
// without its answer. That last one is trained: a row that ends on a turn outside
// the loss would teach nothing there. 0 says that none fits.
func (c Conversation) Cut(window int) (steps int) {
	tokens := c.Head
	for n, s := range c.Steps {
		if tokens+s.Acts > window {
			break
		}
		if s.Trained > 0 {
			steps = n + 1
		}
		tokens += s.whole()
	}
	return steps
}

// Elide chooses observations to leave a mark in place of, the oldest first, so
// that tokens over go: sizes are theirs, in the order in which they stand. One
// no longer than its mark stays. It tells which, and whether they are enough.
func Elide(sizes []int, mark, over int) (chosen []int, enough bool) {
	for i, size := range sizes {
		if over <= 0 {
			break
		}
		if size > mark {
			chosen = append(chosen, i)
			over -= size - mark
		}
	}
	return chosen, over <= 0
}
