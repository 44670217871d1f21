package estimate

import (
	"math"
	"testing"
)

// TestShapesHaveThePublishedParameters holds the shapes against the cards of
// the models on the Hub: all parameters, exactly, as the safetensors files count
// them, and those besides the embeddings, in billions as the cards round them.
func TestShapesHaveThePublishedParameters(t *testing.T) {
	published := map[string]struct{ all, billions, unit float64 }{
		"qwen2.5-0.5b": {494_032_768, 0.36, .01},
		"qwen2.5-1.5b": {1_543_714_304, 1.31, .01},
		"qwen2.5-3b":   {3_085_938_688, 2.77, .01},
		"qwen2.5-7b":   {7_615_616_512, 6.53, .01},
		"qwen2.5-14b":  {14_770_033_664, 13.1, .2},
		"qwen2.5-32b":  {32_763_876_352, 31.0, .3},
		"qwen3-0.6b":   {596_049_920, 0.44, .01},
		"qwen3-1.7b":   {1_720_574_976, 1.4, .1},
		"qwen3-4b":     {4_022_468_096, 3.6, .1},
		"qwen3-8b":     {8_190_735_360, 6.95, .01},
		"qwen3-14b":    {14_768_307_200, 13.2, .1},
		"qwen3-32b":    {32_762_123_264, 31.2, .1},
	}
	for _, name := range ShapeNames() {
		s, want := Shapes[name], published[name]
		if got := s.Parameters(); got != want.all {
			t.Errorf("%s has %.0f parameters, published are %.0f", name, got, want.all)
		}
		inner := s.Parameters() - s.embedding()
		if !s.Tied {
			inner -= s.embedding()
		}
		if math.Abs(inner/1e9-want.billions) > want.unit {
			t.Errorf("%s has %.3f billion besides the embeddings, the card says %.2f", name, inner/1e9, want.billions)
		}
	}
}

// llama70b is Llama 3 70B, of which NeMo Automodel publishes runs.
var llama70b = Shape{Layers: 80, Hidden: 8192, Intermediate: 28672, Heads: 64, KVHeads: 8, HeadDim: 128, Vocabulary: 128256}

// TestOperationsAreThoseOfPublishedRuns divides the published TFLOPS of a GPU by
// its published tokens a second, all rows being equally long.
func TestOperationsAreThoseOfPublishedRuns(t *testing.T) {
	for _, run := range []struct {
		name           string
		model          Shape
		method         string
		length         int64
		tflops, tokens float64
		low, high      float64 // ours, by theirs
	}{
		{"NeMo Automodel, Llama 3 70B pretraining on 64 H100", llama70b, "full", 8192, 389, 867, .99, 1.01},
		{"NeMo Automodel, Llama 3 70B LoRA", llama70b, "lora", 4096, 316, 1092, .99, 1.03},
		{"NeMo Automodel, Qwen2.5 32B LoRA on 8 H100", Shapes["qwen2.5-32b"], "lora", 4096, 301, 2250, .99, 1.03},
		{"NeMo Automodel, Qwen2.5 32B LoRA on 16 H100", Shapes["qwen2.5-32b"], "lora", 4096, 277, 2073, .99, 1.03},
		// torchtitan counts attention without the mask, and heads of 80 where Qwen3
		// has 128: 12·64·5,120·4,096 where ours is 6·64·8,192·4,096.
		{"torchtitan, Qwen3 32B pretraining on 8 H100", Shapes["qwen3-32b"], "full", 4096, 389.9, 1874, .97, 1.00},
		// 36 % of 989 TFLOPS, as TRL states it, for a row of a million tokens.
		{"TRL, Qwen3 32B at 1,048,576 tokens on 8 H100", Shapes["qwen3-32b"], "full", 1 << 20, 356, 101.2, .97, 1.03},
		{"TRL, Qwen3 8B at 1,048,576 tokens on 8 H100", Shapes["qwen3-8b"], "full", 1 << 20, 343, 352, .97, 1.03},
	} {
		training := Training{Model: run.model, Method: run.method, Rows: 1, Tokens: run.length}
		ratio := training.flopsPerToken() / (run.tflops * 1e12 / run.tokens)
		t.Logf("%s: %.3f", run.name, ratio)
		if ratio < run.low || ratio > run.high {
			t.Errorf("%s: ours are %.3f of theirs, not in [%v, %v]", run.name, ratio, run.low, run.high)
		}
	}
}

// TestMeasuredSpeedsLieInTheRange of runs that are packed or equally long, and
// that use no slower way on purpose.
func TestMeasuredSpeedsLieInTheRange(t *testing.T) {
	olmo := Shape{Layers: 32, Hidden: 4096, Intermediate: 11008, Heads: 32, KVHeads: 32, HeadDim: 128, Vocabulary: 100278}
	for _, run := range []struct {
		name   string
		model  Shape
		method string
		length int64
		gpus   int
		tokens float64 // a second and GPU
	}{
		{"open-instruct OLMo 3 7B: 1,723 steps of 1,048,576 tokens in 9.5 hours", olmo, "full", 4096, 8, 1723 * (1 << 20) / 9.5 / 3600 / 8},
		{"NeMo Automodel Qwen2.5 32B LoRA", Shapes["qwen2.5-32b"], "lora", 4096, 8, 2250},
		{"NeMo Automodel Qwen2.5 32B LoRA on two machines", Shapes["qwen2.5-32b"], "lora", 4096, 16, 2073},
		{"torchtitan Qwen3 32B", Shapes["qwen3-32b"], "full", 4096, 8, 1874},
		{"TRL Qwen3 8B, a million tokens", Shapes["qwen3-8b"], "full", 1 << 20, 8, 352},
	} {
		training := Training{Model: run.model, Method: run.method, Rows: 1, Tokens: run.length}
		speed := Strategies[1].mfu(run.gpus).times(exactly(GPUs["h100"].Peak / training.flopsPerToken()))
		if run.tokens < speed.Low || run.tokens > speed.High {
			t.Errorf("%s: %.0f tokens a second and GPU are not in %.0f to %.0f", run.name, run.tokens, speed.Low, speed.High)
		}
	}
}

// TestTheTableOfSpeeds repeats figures that were worked out by hand for 32B.
func TestTheTableOfSpeeds(t *testing.T) {
	for _, row := range []struct {
		length     int64
		full, lora float64 // GFLOPs a token
	}{{4096, 200, 136}, {16384, 224, 160}, {32768, 256, 192}, {65536, 321, 257}, {131072, 450, 386}} {
		for method, want := range map[string]float64{"full": row.full, "lora": row.lora} {
			training := Training{Model: Shapes["qwen2.5-32b"], Method: method, Rows: 1, Tokens: row.length}
			if got := training.flopsPerToken() / 1e9; math.Abs(got-want) > 1 {
				t.Errorf("%s at %d tokens takes %.1f GFLOPs a token, want %v", method, row.length, got, want)
			}
		}
	}
}

// TestMemoryOfPublishedRuns: torchtitan's Qwen3 32B takes 81.9 GiB of each of eight
// H100, with logits and two rows of 4,096 tokens; the parts for Qwen2.5-Coder-32B
// at 32,768 tokens are those of the notes on it.
func TestMemoryOfPublishedRuns(t *testing.T) {
	titan := Training{Model: Shapes["qwen3-32b"], Method: "full", Longest: 4096, PerDevice: 2}
	got, want := titan.need(Strategies[1], 8).Total, 81.9*(1<<30)
	if ratio := got / want; ratio < .95 || ratio > 1.05 {
		t.Errorf("torchtitan takes %.1f GB, ours are %.1f GB", want/1e9, got/1e9)
	}
	coder := Training{Model: Shapes["qwen2.5-32b"], Method: "full", Longest: 32768}
	m := coder.need(Strategies[1], 8)
	for _, part := range []struct {
		name      string
		got, want float64 // GB
	}{
		{"weights, gradients and optimizer", (m.Weights + m.Gradients + m.Optimizer) / 1e9, 65.5},
		{"activations", m.Activations / 1e9, 21.5},
		{"logits", m.Logits / 1e9, 19.9},
	} {
		if math.Abs(part.got-part.want) > .1 {
			t.Errorf("%s take %.2f GB, want %v", part.name, part.got, part.want)
		}
	}
}

// TestWhatFits repeats what is known of 32B at 32,768 tokens: full training fits
// eight H200 or sixteen H100; eight H100 need the optimizer in host memory; LoRA
// fits eight and four of 80 GB. Two H100, as the paper has, hold it with adapters
// alone.
func TestWhatFits(t *testing.T) {
	for _, c := range []struct {
		method, gpu string
		count       int
		strategy    string // empty: nothing fits
	}{
		{"full", "h200", 8, "zero3"},
		{"full", "h100", 16, "zero3"},
		{"full", "h100", 8, "zero3-optimizer"},
		{"full", "h100", 4, "zero3-optimizer"},
		{"full", "h100", 2, ""},
		{"full", "h100", 1, ""},
		{"full", "a6000", 8, "zero3-optimizer"},
		{"full", "a6000", 4, "zero3-all"},
		{"lora", "h100", 2, "zero3"},
		{"lora", "h100", 8, "zero3"},
		{"lora", "h100", 4, "zero3"},
		{"lora", "h200", 1, "copies"},
	} {
		training := coder32("full")
		training.Method = c.method
		e, err := training.At(Site{GPU: c.gpu, Count: c.count})
		if err != nil {
			t.Fatal(err)
		}
		if !e.Fits {
			e.Strategy = ""
		}
		if e.Strategy != c.strategy {
			t.Errorf("%s on %d %s: %q, want %q (%.1f GB)", c.method, c.count, c.gpu, e.Strategy, c.strategy, e.Memory.Total/1e9)
		}
	}
}

// coder32 is the 32B student of Hybrid-Gym on its 4,470 trajectories, taken to
// have 20,000 tokens each.
func coder32(method string) Training {
	return Training{
		Model: Shapes["qwen2.5-32b"], Method: method, Rows: 4470, Tokens: 4470 * 20_000, Longest: 32768,
		Epochs: 3, Batch: 16, FusedLoss: true,
	}
}

// TestTheWorkedExample: 268 million tokens at 1,157 a second on each of eight H100
// are 8.0 hours, with rows attended to as if they had 32,768 tokens.
func TestTheWorkedExample(t *testing.T) {
	training := coder32("full")
	training.Squares = 32768 * float64(training.Tokens)
	training.Lengths = Quantiles{20_000, 20_000}
	training.Longest = 20_000
	e, err := training.At(Site{GPU: "h200", Count: 8}) // an H100's speed, and it fits
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Hours.Likely; math.Abs(got-8.05) > .05 {
		t.Errorf("it takes %.2f hours, want 8.0", got)
	}
	if got := e.Speed.Likely; math.Abs(got-1157) > 2 {
		t.Errorf("a GPU does %.0f tokens a second, want 1,157", got)
	}
}
