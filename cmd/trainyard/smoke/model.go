package smoke

import (
	"math"
	"math/rand/v2"
)

const (
	dim   = 32 // of embeddings and tree nodes
	reach = 8  // tokens of context
)

type vector [dim]float32

// A model is a log-bilinear language model with a hierarchical softmax. Every
// vector has one running sum of squared gradients beside it (row-wise
// Adagrad): a square root per vector, not per number.
type model struct {
	words  *vocabulary
	counts []int64 // leaf i's, in the tree
	codes  *tree   // leaf i is dense id i+1

	embed []vector      // by dense id
	place [reach]vector // weights of the positions, the oldest first
	node  []vector      // inner nodes of the tree
	bias  []float32

	embedSum []float32
	placeSum [reach]float32
	nodeSum  []float32
	biasSum  []float32
}

// newModel starts from small random embeddings and, at the tree's nodes, from
// the unigram distribution of trained: how often each id is a target. One is
// added to every seen id, since a validation row may train on a token that the
// training rows only show.
func newModel(words *vocabulary, trained []int64, seed uint64) *model {
	counts := make([]int64, len(words.ids)-1)
	for i, id := range words.ids[1:] {
		counts[i] = trained[id] + 1
	}
	m := blankModel(words, counts)
	random := rand.New(rand.NewPCG(seed, 0x736d6f6b65)) // "smoke"
	for i := range m.embed {
		for d := range dim {
			m.embed[i][d] = (random.Float32() - 0.5) * embedSpread
		}
	}
	for k := range m.place {
		for d := range dim {
			m.place[k][d] = 1 / float32(reach-k)
		}
	}
	m.countBranches()
	return m
}

// embedSpread is the width of the initial embeddings: wide enough that
// contexts differ from the first step on.
const embedSpread = 0.5

// blankModel has the shapes that the vocabulary and the leaves' counts ask
// for and zeros everywhere.
func blankModel(words *vocabulary, counts []int64) *model {
	inner := max(len(counts)-1, 0)
	return &model{
		words:    words,
		counts:   counts,
		codes:    newTree(counts),
		embed:    make([]vector, len(words.ids)),
		node:     make([]vector, inner),
		bias:     make([]float32, inner),
		embedSum: make([]float32, len(words.ids)),
		nodeSum:  make([]float32, inner),
		biasSum:  make([]float32, inner),
	}
}

// countBranches sets every bias to the log odds of going right there.
func (m *model) countBranches() {
	left, right := make([]int64, len(m.bias)), make([]int64, len(m.bias))
	for leaf, n := range m.counts {
		for _, t := range m.codes.path(int32(leaf)) {
			if t.right() {
				right[t.node()] += n
			} else {
				left[t.node()] += n
			}
		}
	}
	for n := range m.bias {
		m.bias[n] = float32(math.Log(float64(right[n]) / float64(left[n])))
	}
}

func (m *model) describe() wordList {
	return wordList{Size: m.words.size, Rare: m.words.rare, IDs: m.words.ids[1:], Counts: m.counts}
}

// loss is -log p(target | window) in nats; window holds reach dense ids, the
// oldest first.
func (m *model) loss(window []int32, target int32) float64 {
	if target == unseen {
		return m.words.unseenLoss()
	}
	hidden := m.blend(window)
	sum := m.words.seenLoss()
	for _, t := range m.codes.path(target - 1) {
		score := dot(&hidden, &m.node[t.node()]) + m.bias[t.node()]
		_, cost := judge(score, t.right())
		sum += cost
	}
	return sum
}

// learn returns the loss as loss does and moves every parameter that took part
// against its gradient.
func (m *model) learn(window []int32, target int32, rate float32) float64 {
	hidden := m.blend(window)
	square := dot(&hidden, &hidden) / dim
	var slope vector // of the loss by hidden
	sum := m.words.seenLoss()
	for _, t := range m.codes.path(target - 1) {
		n := t.node()
		node := &m.node[n]
		miss, cost := judge(dot(&hidden, node)+m.bias[n], t.right())
		sum += cost
		addScaled(&slope, miss, node)
		m.nodeSum[n] += miss * miss * square
		addScaled(node, -rate*miss/root(m.nodeSum[n]), &hidden)
		m.biasSum[n] += miss * miss
		m.bias[n] -= rate * miss / root(m.biasSum[n])
	}
	for k, id := range window {
		embed, place := &m.embed[id], &m.place[k]
		toEmbed, toPlace := product(place, &slope), product(embed, &slope)
		m.embedSum[id] += dot(&toEmbed, &toEmbed) / dim
		m.placeSum[k] += dot(&toPlace, &toPlace) / dim
		addScaled(embed, -rate/root(m.embedSum[id]), &toEmbed)
		addScaled(place, -rate/root(m.placeSum[k]), &toPlace)
	}
	return sum
}

// blend predicts the next token's place among the tree's nodes.
func (m *model) blend(window []int32) (hidden vector) {
	for k, id := range window {
		embed, place := &m.embed[id], &m.place[k]
		for d := range dim {
			hidden[d] += embed[d] * place[d]
		}
	}
	return hidden
}
