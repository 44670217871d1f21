package smoke

import (
	"math"
	"math/rand/v2"
	"testing"
)

// fit makes a model of the sequence's own counts, learns it for some epochs
// and returns the model.
func fit(ids []int32, size, epochs int, rate float32) *model {
	counts := count(ids, size)
	m := newModel(newVocabulary(counts), counts, 1)
	row := m.words.number(nil, ids)
	for range epochs {
		for i := range ids {
			m.learn(row[i:i+reach], row[i+reach], rate)
		}
	}
	return m
}

func count(ids []int32, size int) []int64 {
	counts := make([]int64, size)
	for _, id := range ids {
		counts[id]++
	}
	return counts
}

func meanLoss(m *model, ids []int32) float64 {
	row := m.words.number(nil, ids)
	var sum float64
	for i := range ids {
		sum += m.loss(row[i:i+reach], row[i+reach])
	}
	return sum / float64(len(ids))
}

func uniform(n, symbols int, seed uint64) []int32 {
	random := rand.New(rand.NewPCG(seed, 0))
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(random.IntN(symbols))
	}
	return ids
}

// markov walks a chain in which every symbol has four equally likely
// successors: log 4 nats a token is the least any model can reach, and log
// symbols what one reaches that ignores the context.
func markov(n, symbols int, seed uint64) []int32 {
	random := rand.New(rand.NewPCG(seed, 0))
	ids := make([]int32, n)
	for i := 1; i < n; i++ {
		ids[i] = (ids[i-1]*7 + int32(random.IntN(4)) + 1) % int32(symbols)
	}
	return ids
}

func TestProbabilitiesOfAllTokensSumToOne(t *testing.T) {
	const size = 500
	m := fit(uniform(2000, 60, 1), size, 2, 0.3)
	for _, window := range [][]int32{{0, 0, 0, 0, 0, 0, 0, 0}, {1, 2, 3, 4, 5, 6, 7, 60}, {9, 9, 9, 9, 9, 9, 9, 9}} {
		var sum float64
		for id := range size {
			sum += math.Exp(-m.loss(window, m.words.dense[id]))
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("after %v the %d probabilities sum to %.9f", window, size, sum)
		}
	}
}

func TestLearnReturnsTheLossBeforeTheStep(t *testing.T) {
	m := fit(uniform(500, 20, 1), 30, 1, 0.3)
	window := []int32{1, 2, 3, 3, 5, 0, 7, 8}
	want := m.loss(window, 4)
	if got := m.learn(window, 4, 0.3); got != want {
		t.Errorf("learn returned %v, loss %v", got, want)
	}
	if after := m.loss(window, 4); after >= want {
		t.Errorf("loss of the token just learnt went from %v to %v", want, after)
	}
}

// TestStepsFollowTheGradient compares what learn does to every parameter with
// finite differences. Huge sums of squares make Adagrad's divisor one known
// number, so a step is that number times the gradient.
func TestStepsFollowTheGradient(t *testing.T) {
	window, target := []int32{1, 2, 3, 4, 5, 6, 7, 8}, int32(9)
	before := fit(uniform(500, 12, 1), 12, 1, 0.3)
	freeze(before)
	after := fit(uniform(500, 12, 1), 12, 1, 0.3)
	freeze(after)
	after.learn(window, target, 1)

	moved := parameters(after)
	for i, p := range parameters(before) {
		const h = 1e-2
		old := *p
		*p = old + h
		up := before.loss(window, target)
		*p = old - h
		down := before.loss(window, target)
		*p = old
		slope := (up - down) / (2 * h)
		if step := float64(old-*moved[i]) * math.Sqrt(frozen); math.Abs(step-slope) > 2e-3 {
			t.Fatalf("parameter %d: moved against %.5f, the gradient is %.5f", i, step, slope)
		}
	}
}

const frozen = 1 << 20

func freeze(m *model) {
	for _, sums := range [][]float32{m.embedSum, m.placeSum[:], m.nodeSum, m.biasSum} {
		for i := range sums {
			sums[i] = frozen
		}
	}
}

func parameters(m *model) (all []*float32) {
	for _, vectors := range [][]vector{m.embed, m.place[:], m.node} {
		for i := range vectors {
			for d := range dim {
				all = append(all, &vectors[i][d])
			}
		}
	}
	for i := range m.bias {
		all = append(all, &m.bias[i])
	}
	return all
}

func TestLearnableSequenceReachesItsEntropy(t *testing.T) {
	const symbols = 64
	m := fit(markov(60_000, symbols, 1), symbols, 3, 0.2)
	got := meanLoss(m, markov(10_000, symbols, 2))
	if bound := math.Log(4); got < bound || got > bound+0.1 {
		t.Errorf("validation loss %.3f; the chain's entropy is %.3f, its unigram entropy %.3f", got, bound, math.Log(symbols))
	}
}

func TestRandomTokensCannotBeLearnt(t *testing.T) {
	const symbols = 64
	m := fit(uniform(60_000, symbols, 1), symbols, 3, 0.2)
	if got, bound := meanLoss(m, uniform(20_000, symbols, 2)), math.Log(symbols); got < bound {
		t.Errorf("validation loss %.4f is below the entropy %.4f", got, bound)
	}
}

func TestUntrainedModelKnowsTheUnigrams(t *testing.T) {
	ids := []int32{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3}
	m := fit(ids, 5, 0, 0)
	if got := m.loss(make([]int32, reach), 1); math.Abs(got-math.Log(20./9)-m.words.seenLoss()) > 0.05 {
		t.Errorf("loss of an id that is 9 of 20 (one added to each) is %.3f nats", got)
	}
}

// BenchmarkLearn draws 8,000 ids by Zipf's law, about what a few dozen
// trajectories hold.
func BenchmarkLearn(b *testing.B) {
	draw := rand.NewZipf(rand.New(rand.NewPCG(1, 1)), 1.1, 4, 8000)
	ids := make([]int32, 100_000)
	for i := range ids {
		ids[i] = int32(draw.Uint64())
	}
	m := fit(ids, 151_665, 0, 0)
	row := m.words.number(nil, ids)
	for i := 0; b.Loop(); i++ {
		at := i % len(ids)
		m.learn(row[at:at+reach], row[at+reach], 0.1)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}
