package estimate

// Memory is what one GPU holds, in bytes.
type Memory struct {
	Weights     float64 `json:"weights"`
	Gradients   float64 `json:"gradients"`
	Optimizer   float64 `json:"optimizer"`
	Activations float64 `json:"activations"` // kept between forward and backward, one hidden state a layer
	Layer       float64 `json:"layer"`       // of the layer that is computed again
	Logits      float64 `json:"logits"`
	Gathered    float64 `json:"gathered"` // weights that are whole for a moment
	Reserve     float64 `json:"reserve"`  // of the allocator and of communication
	Total       float64 `json:"total"`
	// Host is what the machine's own memory holds for this GPU.
	Host float64 `json:"host"`
}

// Bytes for a weight, mixed precision: bfloat16 weights and gradients, and for
// AdamW a float32 master copy and two float32 moments, 16 in all.
const (
	weightBytes    = 2
	gradientBytes  = 2
	optimizerBytes = 12
)

// loraRank is that of the adapters that trainyard's trainers are given.
const loraRank = 64

// reserved is what torchtitan's Qwen3 32B run takes beyond the sum (82 GiB where
// the sum says 80 GB: 4,096 tokens, two rows, eight H100).
const reserved = .10

// hostMemory is what a machine has for each of its GPUs: Lambda's of eight H100 has
// 1,800 GiB.
const hostMemory = 1800 << 30 / node

// excess is what is needed by what there is, of a GPU or its machine, whichever is
// shorter of it: up to 1 it fits.
func (m Memory) excess(g GPU) float64 { return max(m.Total/g.Memory, m.Host/hostMemory) }

// need is what a GPU holds while it trains on its longest row.
func (t *Training) need(s Strategy, gpus int) (m Memory) {
	trained, share := t.trained(), 1.0
	if s.sharded {
		share = 1 / float64(gpus)
	}
	m.Weights = weightBytes * t.weights() * share
	m.Gradients = gradientBytes * trained * share
	m.Optimizer = optimizerBytes * trained * share
	t.activations(&m)
	if s.activations {
		kept := m.Activations * min(1, 2/float64(t.Model.Layers)) // one computed with, one on its way
		m.Host += m.Activations - kept
		m.Activations = kept
	}
	if s.optimizer {
		m.Host, m.Optimizer = m.Host+m.Optimizer, 0
	}
	if s.weights {
		m.Host, m.Weights, m.Gradients, share = m.Host+m.Weights+m.Gradients, 0, 0, 0
	}
	if s.sharded {
		// The layer at work and the next, and the output layer.
		m.Gathered = weightBytes * (2*t.Model.layerWeights() + t.Model.embedding()) * (1 - share)
	}
	sum := m.Weights + m.Gradients + m.Optimizer + m.Activations + m.Layer + m.Logits + m.Gathered
	m.Reserve = reserved * sum
	m.Total = sum + m.Reserve
	return m
}

// trained is the number of weights that learn.
func (t *Training) trained() float64 {
	if t.lora() {
		return t.Model.Adapters(loraRank)
	}
	return t.Model.Parameters()
}

// weights is the number of all weights, those of adapters among them.
func (t *Training) weights() float64 {
	if t.lora() {
		return t.Model.Parameters() + t.Model.Adapters(loraRank)
	}
	return t.Model.Parameters()
}

// activations are those of the longest row under full recomputation, in bfloat16:
// the hidden state of each layer is kept; of one layer at a time everything is
// there (norms, queries, keys, values and their result; gate, up, their product
// and what the gate lets through).
func (t *Training) activations(m *Memory) {
	s, tokens := t.Model, float64(t.Longest)*float64(max(1, t.PerDevice))
	m.Activations = 2 * tokens * float64(s.Layers*s.Hidden)
	m.Layer = 2 * tokens * float64(4*s.Hidden+2*(s.Heads+s.KVHeads)*s.HeadDim+4*s.Intermediate)
	if !t.FusedLoss {
		m.Logits = 4 * tokens * float64(s.Vocabulary) // float32
	}
}
