package estimate

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A Shape is the dimensions of a dense decoder with gated feed-forward layers, in
// the words of its config.json.
type Shape struct {
	Layers, Hidden, Intermediate int
	Heads, KVHeads, HeadDim      int
	Vocabulary                   int
	Tied                         bool // the output layer is the embedding
	Biased                       bool // queries, keys and values have biases, as in Qwen2.5
	Normed                       bool // queries and keys are normalised by head, as in Qwen3
	checkpoints                  *regexp.Regexp
}

// Shapes are the models that students are made of, from the config.json of each
// on the Hub (Qwen/Qwen2.5-Coder-NB-Instruct, equal to Qwen/Qwen2.5-NB; Qwen/Qwen3-NB).
var Shapes = map[string]Shape{
	"qwen2.5-0.5b": qwen25(24, 896, 4864, 14, 2, "0.5"),
	"qwen2.5-1.5b": qwen25(28, 1536, 8960, 12, 2, "1.5"),
	"qwen2.5-3b":   qwen25(36, 2048, 11008, 16, 2, "3"),
	"qwen2.5-7b":   qwen25(28, 3584, 18944, 28, 4, "7"),
	"qwen2.5-14b":  qwen25(48, 5120, 13824, 40, 8, "14"),
	"qwen2.5-32b":  qwen25(64, 5120, 27648, 40, 8, "32"),
	"qwen3-0.6b":   qwen3(28, 1024, 3072, 16, "0.6"),
	"qwen3-1.7b":   qwen3(28, 2048, 6144, 16, "1.7"),
	"qwen3-4b":     qwen3(36, 2560, 9728, 32, "4"),
	"qwen3-8b":     qwen3(36, 4096, 12288, 32, "8"),
	"qwen3-14b":    qwen3(40, 5120, 17408, 40, "14"),
	"qwen3-32b":    qwen3(64, 5120, 25600, 64, "32"),
}

// qwen25 has tied embeddings up to 3B, and a vocabulary that is padded further
// above.
func qwen25(layers, hidden, intermediate, heads, kv int, size string) Shape {
	s := Shape{
		Layers: layers, Hidden: hidden, Intermediate: intermediate, Heads: heads, KVHeads: kv, HeadDim: hidden / heads,
		Vocabulary: 152064, Biased: true, checkpoints: checkpoints(`qwen2\.5(-coder)?`, size),
	}
	if hidden <= 2048 {
		s.Tied, s.Vocabulary = true, 151936
	}
	return s
}

// qwen3 has heads of 128 whatever the hidden size, and tied embeddings up to 4B.
func qwen3(layers, hidden, intermediate, heads int, size string) Shape {
	return Shape{
		Layers: layers, Hidden: hidden, Intermediate: intermediate, Heads: heads, KVHeads: 8, HeadDim: 128,
		Vocabulary: 151936, Tied: hidden <= 2560, Normed: true, checkpoints: checkpoints("qwen3", size),
	}
}

// checkpoints matches names such as Qwen2.5-Coder-7B-Instruct, in any case, but
// not Qwen3-30B-A3B, which is a mixture of experts.
func checkpoints(family, size string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^` + family + `-` + regexp.QuoteMeta(size) + `b(-(base|instruct|thinking)(-.*)?)?$`)
}

// ForCheckpoint is the shape of a checkpoint, with its name in [Shapes], by the
// last part of its name or path.
func ForCheckpoint(base string) (name string, s Shape, ok bool) {
	base = path.Base(strings.TrimRight(base, "/"))
	for _, name := range ShapeNames() {
		if s := Shapes[name]; s.checkpoints.MatchString(base) {
			return name, s, true
		}
	}
	return "", Shape{}, false
}

// ShapeNames are those of [Shapes], sorted.
func ShapeNames() []string { return slices.Sorted(maps.Keys(Shapes)) }

// linears are the matrices of one layer, by the sizes of their two sides.
func (s Shape) linears() [][2]int {
	q, kv := s.Heads*s.HeadDim, s.KVHeads*s.HeadDim
	return [][2]int{
		{s.Hidden, q}, {s.Hidden, kv}, {s.Hidden, kv}, {q, s.Hidden},
		{s.Hidden, s.Intermediate}, {s.Hidden, s.Intermediate}, {s.Intermediate, s.Hidden},
	}
}

// layerWeights are the weights of one layer that are multiplied with.
func (s Shape) layerWeights() (n float64) {
	for _, m := range s.linears() {
		n += float64(m[0]) * float64(m[1])
	}
	return n
}

// embedding is the number of weights of the embedding, and of the output layer.
func (s Shape) embedding() float64 { return float64(s.Vocabulary) * float64(s.Hidden) }

// Parameters are all weights of the model, a tied output layer counted once.
func (s Shape) Parameters() float64 {
	vectors := 2 * s.Hidden
	if s.Biased {
		vectors += (s.Heads + 2*s.KVHeads) * s.HeadDim
	}
	if s.Normed {
		vectors += 2 * s.HeadDim
	}
	n := float64(s.Layers)*(s.layerWeights()+float64(vectors)) + float64(s.Hidden) + s.embedding()
	if !s.Tied {
		n += s.embedding()
	}
	return n
}

// Multiplied are the weights that a token is multiplied with: all matrices and
// the output layer, but not the embedding, which is looked up.
func (s Shape) Multiplied() float64 {
	return float64(s.Layers)*s.layerWeights() + s.embedding()
}

// Adapters are the weights of adapters of the given rank on every matrix of every
// layer.
func (s Shape) Adapters(rank int) (n float64) {
	for _, m := range s.linears() {
		n += float64(rank) * float64(m[0]+m[1])
	}
	return n * float64(s.Layers)
}
