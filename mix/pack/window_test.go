package pack

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func randomConversation(r *rand.Rand) Conversation {
	c := Conversation{Head: r.IntN(50), Steps: make([]Step, r.IntN(30))}
	for n := range c.Steps {
		c.Steps[n] = Step{Acts: 1 + r.IntN(20), Answer: r.IntN(60)}
		if r.IntN(4) > 0 {
			c.Steps[n].Trained = 1 + r.IntN(c.Steps[n].Acts)
		}
	}
	return c
}

// tokens are those of the head, and of steps [from, to) but for the last answer.
func (c Conversation) tokens(from, to int) int {
	n := c.Head
	for _, s := range c.Steps[from:to] {
		n += s.whole()
	}
	return n - c.Steps[to-1].Answer
}

func TestCutKeepsAllThatFitsAndEndsOnATrainedStep(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		c, window := randomConversation(r), 1+r.IntN(600)
		n := c.Cut(window)
		if n > 0 && (c.tokens(0, n) > window || c.Steps[n-1].Trained == 0) {
			t.Fatalf("%+v cut to %d for %d", c, n, window)
		}
		for more := n + 1; more <= len(c.Steps); more++ {
			if c.tokens(0, more) <= window && c.Steps[more-1].Trained > 0 {
				t.Fatalf("%+v cut to %d for %d, though %d fit", c, n, window, more)
			}
		}
	}
}

func TestSplitTrainsEveryTrainedStepOnceAndSeesTheStepBefore(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	several := 0
	for range 5000 {
		c, window := randomConversation(r), 1+r.IntN(600)
		parts := c.Split(window)
		if len(parts) == 0 {
			checkUnsplittable(t, c, window)
			continue
		}
		if len(parts) > 1 {
			several++
		}
		times := make([]int, len(c.Steps))
		for k, p := range parts {
			if c.tokens(p.Context, p.To) > window || c.Steps[p.From].Trained == 0 || c.Steps[p.To-1].Trained == 0 {
				t.Fatalf("%+v for %d: part %+v", c, window, p)
			}
			if p.Context > p.From || p.From > 0 && p.Context == p.From || k > 0 && p.From < parts[k-1].To {
				t.Fatalf("%+v for %d: part %+v of %v", c, window, p, parts)
			}
			for n := p.From; n < p.To; n++ {
				times[n]++
			}
		}
		for n, s := range c.Steps {
			if times[n] > 1 || s.Trained > 0 && times[n] != 1 {
				t.Fatalf("%+v for %d: step %d is trained %d times by %v", c, window, n, times[n], parts)
			}
		}
	}
	if several < 500 {
		t.Errorf("only %d conversations were split: the others prove little", several)
	}
}

// checkUnsplittable holds that a trained step does not fit with the one before,
// or that none is trained.
func checkUnsplittable(t *testing.T, c Conversation, window int) {
	t.Helper()
	if c.trained(0) == len(c.Steps) {
		return
	}
	for n, s := range c.Steps {
		if s.Trained > 0 && c.tokens(max(0, n-1), n+1) > window {
			return
		}
	}
	t.Fatalf("%+v for %d is not split", c, window)
}

func TestElideTakesTheOldestUntilItIsEnough(t *testing.T) {
	for _, c := range []struct {
		sizes  []int
		over   int
		chosen []int
		enough bool
	}{
		{[]int{100, 200, 300}, 0, nil, true},
		{[]int{100, 200, 300}, 1, []int{0}, true},
		{[]int{100, 5, 300}, 91, []int{0, 2}, true},
		{[]int{10, 5}, 1, nil, false},
		{[]int{100, 200}, 281, []int{0, 1}, false},
	} {
		if chosen, enough := Elide(c.sizes, 10, c.over); !slices.Equal(chosen, c.chosen) || enough != c.enough {
			t.Errorf("%d over of %v: %v, %v", c.over, c.sizes, chosen, enough)
		}
	}
}
