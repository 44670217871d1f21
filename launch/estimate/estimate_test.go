package estimate

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestCheckpointsAreKnownByTheirNames(t *testing.T) {
	for base, want := range map[string]string{
		"Qwen/Qwen2.5-Coder-32B-Instruct":       "qwen2.5-32b",
		"Qwen/Qwen2.5-7B":                       "qwen2.5-7b",
		"/models/qwen2.5-coder-0.5b-instruct/":  "qwen2.5-0.5b",
		"Qwen/Qwen3-8B":                         "qwen3-8b",
		"Qwen/Qwen3-4B-Instruct-2507":           "qwen3-4b",
		"Qwen/Qwen3-1.7B-Base":                  "qwen3-1.7b",
		"Qwen/Qwen3-30B-A3B":                    "", // a mixture of experts
		"Qwen/Qwen2.5-72B":                      "",
		"me/Qwen2.5-Coder-32B-Instruct-mine-7b": "qwen2.5-32b",
		"":                                      "",
	} {
		name, _, ok := ForCheckpoint(base)
		if name != want || ok != (want != "") {
			t.Errorf("%q is taken for %q, want %q", base, name, want)
		}
	}
}

func TestEveryShapeIsReadFromItsConfig(t *testing.T) {
	got, err := ParseConfig([]byte(`{"model_type": "qwen2", "hidden_size": 3584, "intermediate_size": 18944, "num_attention_heads": 28,
		"num_hidden_layers": 28, "num_key_value_heads": 4, "tie_word_embeddings": false, "vocab_size": 152064}`))
	want := Shapes["qwen2.5-7b"]
	want.checkpoints = nil
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Qwen2.5 7B: got %+v, %v", got, err)
	}
	got, err = ParseConfig([]byte(`{"model_type": "qwen3", "head_dim": 128, "hidden_size": 4096, "intermediate_size": 12288, "num_attention_heads": 32,
		"num_hidden_layers": 36, "num_key_value_heads": 8, "tie_word_embeddings": false, "vocab_size": 151936}`))
	want = Shapes["qwen3-8b"]
	want.checkpoints = nil
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Qwen3 8B: got %+v, %v", got, err)
	}
	for _, bad := range []string{`{}`, `[]`, `{"hidden_size": 8, "num_experts": 4}`, `{"hidden_size": "8"}`} {
		if s, err := ParseConfig([]byte(bad)); err == nil {
			t.Errorf("%s is taken for %+v", bad, s)
		}
	}
}

func TestTheLongestOfSeveralIsThatOfDrawing(t *testing.T) {
	q := Quantiles{500, 2000, 9000, 9500, 32000}
	draw := func(r *rand.Rand) float64 {
		at := r.Float64() * float64(len(q)-1)
		i := int(at)
		return float64(q[i]) + (at-float64(i))*float64(q[i+1]-q[i])
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{1, 2, 8, 64} {
		const rounds = 100_000
		sum := 0.0
		for range rounds {
			longest := 0.0
			for range k {
				longest = max(longest, draw(r))
			}
			sum += longest
		}
		if got, want := q.longestOf(k), sum/rounds; math.Abs(got/want-1) > .01 {
			t.Errorf("the longest of %d has %.0f tokens, drawn it has %.0f", k, got, want)
		}
	}
	if got := (Quantiles{700}).longestOf(8); got != 700 {
		t.Errorf("of one row the longest of 8 has %v", got)
	}
}

// TestMoreWorkTakesLonger and more GPUs make it shorter, by all ends of the ranges.
func TestMoreWorkTakesLonger(t *testing.T) {
	base := coder32("full")
	base.Lengths, base.Batch = Quantiles{1000, 12_000, 20_000, 28_000, 32_768}, 64
	hours := func(change func(*Training), count int) Range {
		training := base
		change(&training)
		e, err := training.At(Site{GPU: "h200", Count: count})
		if err != nil {
			t.Fatal(err)
		}
		if e.Hours == nil {
			t.Fatalf("%d h200 do not fit", count)
		}
		return *e.Hours
	}
	grows := func(what string, less, more Range) {
		t.Helper()
		if less.Low >= more.Low || less.Likely >= more.Likely || less.High >= more.High {
			t.Errorf("%s: %+v is not below %+v", what, less, more)
		}
		if less.Low > less.Likely || less.Likely > less.High {
			t.Errorf("%s: %+v is no range", what, less)
		}
	}
	for n := 1.0; n < 5; n++ {
		grows("tokens", hours(func(x *Training) { x.Tokens = int64(n * 1e7) }, 8), hours(func(x *Training) { x.Tokens = int64((n + 1) * 1e7) }, 8))
		grows("epochs", hours(func(x *Training) { x.Epochs = n }, 8), hours(func(x *Training) { x.Epochs = n + .5 }, 8))
		grows("squares", hours(func(x *Training) { x.Squares = n * 2e12 }, 8), hours(func(x *Training) { x.Squares = (n + 1) * 2e12 }, 8))
	}
	for n := 4; n < 64; n *= 2 {
		grows("GPUs", hours(func(*Training) {}, 2*n), hours(func(*Training) {}, n))
	}
	grows("method", hours(func(x *Training) { x.Method = "lora" }, 8), hours(func(*Training) {}, 8))
	grows("padding", hours(func(*Training) {}, 8), hours(func(x *Training) { x.PerDevice = 2 }, 8))
}

func TestRowsOfOneLengthLeaveNoGPUWaiting(t *testing.T) {
	training := coder32("lora")
	training.Lengths, training.PerDevice = Quantiles{32768, 32768}, 2
	e, err := training.At(Site{GPU: "h100", Count: 8})
	if err != nil || math.Abs(e.Balance.Low-1) > 1e-9 || math.Abs(training.padding()-1) > 1e-9 {
		t.Errorf("balance %v, padding %v, %v", e.Balance, training.padding(), err)
	}
	if lines := strings.Join(training.Assumptions(0), "\n"); !strings.Contains(lines, "all rows are equally long") {
		t.Error(lines)
	}
}

// TestMoreGPUsHoldLessEach, adapters less than the whole, and longer rows more.
func TestMoreGPUsHoldLessEach(t *testing.T) {
	for _, name := range ShapeNames() {
		for _, s := range Strategies[1:] {
			full := Training{Model: Shapes[name], Method: "full", Longest: 32768}
			lora, longer, logits := full, full, full
			lora.Method, longer.Longest, full.FusedLoss = "lora", 40_000, true
			few, many := logits.need(s, 4), logits.need(s, 8)
			if many.Weights > few.Weights || many.Optimizer > few.Optimizer || many.Host > few.Host || many.Total+many.Host >= few.Total+few.Host {
				t.Errorf("%s under %s: 8 GPUs hold %+v each, 4 hold %+v", name, s.Name, many, few)
			}
			if a := lora.need(s, 8); a.Optimizer+a.Host >= many.Optimizer+many.Host {
				t.Errorf("%s under %s: adapters need %+v, the whole %+v", name, s.Name, a, many)
			}
			if l := longer.need(s, 8); l.Total <= many.Total {
				t.Errorf("%s under %s: longer rows need %+v, shorter %+v", name, s.Name, l, many)
			}
			if f := full.need(s, 8); f.Logits != 0 || many.Logits == 0 || f.Total >= many.Total {
				t.Errorf("%s under %s: without logits %+v, with them %+v", name, s.Name, f, many)
			}
		}
	}
}

func TestCostIsHoursTimesGPUsTimesPrice(t *testing.T) {
	training := coder32("lora")
	e, err := training.At(Site{GPU: "h100", Count: 8, Price: 2})
	if err != nil {
		t.Fatal(err)
	}
	if want := e.Hours.Likely * 8 * 2; math.Abs(e.Cost.Likely-want) > 1e-6 || e.Price != exactly(2) {
		t.Errorf("%v dollars at %v, want %v at 2", e.Cost, e.Price, want)
	}
	listed, err := training.At(Site{GPU: "h100", Count: 8})
	if err != nil || listed.Cost.Low >= listed.Cost.Likely || listed.Price != GPUs["h100"].Price {
		t.Errorf("by the lists: %+v, %v", listed, err)
	}
}

func TestStepsAreCountedAsTrainersCountThem(t *testing.T) {
	for _, c := range []struct {
		rows   int64
		batch  int
		epochs float64
		want   int64
	}{{100, 16, 3, 21}, {96, 16, 3, 18}, {1, 16, 1, 1}, {100, 10, .25, 3}} {
		training := coder32("full")
		training.Rows, training.Batch, training.Epochs = c.rows, c.batch, c.epochs
		if w, err := training.Work(); err != nil || w.Steps != c.want {
			t.Errorf("%d rows, batch %d, %v epochs: %d steps, %v, want %d", c.rows, c.batch, c.epochs, w.Steps, err, c.want)
		}
	}
}

// TestWhatDoesNotFitIsToldWhatWould, and each remedy keeps its word.
func TestWhatDoesNotFitIsToldWhatWould(t *testing.T) {
	training := coder32("full")
	e, err := training.At(Site{GPU: "h100", Count: 2})
	if err != nil || e.Fits || e.Hours != nil || e.Cost != nil {
		t.Fatalf("32B in full on two H100: %+v, %v", e, err)
	}
	if len(e.Remedies) < 2 {
		t.Fatalf("remedies: %+v", e.Remedies)
	}
	for _, r := range e.Remedies {
		mended := training
		mended.Method = r.Method
		again, err := mended.At(Site{GPU: r.GPU, Count: r.Count})
		if err != nil || !again.Fits || again.Strategy != r.Strategy {
			t.Errorf("%+v gives %+v, %v", r, again, err)
		}
	}
}

func TestAGPUThatTheBatchLeavesIdleIsPaidFor(t *testing.T) {
	training := coder32("lora")
	training.Batch = 8
	eight, err := training.At(Site{GPU: "h100", Count: 8})
	if err != nil {
		t.Fatal(err)
	}
	sixteen, err := training.At(Site{GPU: "h100", Count: 16})
	if err != nil {
		t.Fatal(err)
	}
	if eight.Filled != 1 || sixteen.Filled != .5 || sixteen.GPUHours.Low < 2*eight.GPUHours.Low {
		t.Errorf("a batch of 8 fills %v of 8 GPUs and %v of 16", eight.Filled, sixteen.Filled)
	}
	training.Rows, training.Batch = 2, 16
	if eight, err = training.At(Site{GPU: "h100", Count: 8}); err != nil || eight.Filled != .25 {
		t.Errorf("a batch of 16 of which there are 2 rows fills %v of 8 GPUs (%v)", eight.Filled, err)
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	for _, c := range []struct {
		change func(*Training)
		site   Site
		want   string
	}{
		{func(x *Training) { x.Rows, x.Tokens = 0, 0 }, Site{"h100", 8, 0}, "nothing to train on"},
		{func(x *Training) { x.Method, x.Batch = "qlora", 0 }, Site{"h100", 8, 0}, `method is "qlora": give full or lora; batch is 0`},
		{func(x *Training) { x.Epochs = math.Inf(1) }, Site{"h100", 8, 0}, "epochs"},
		{func(x *Training) { x.Model = Shape{} }, Site{"h100", 8, 0}, "no shape"},
		{func(x *Training) { x.Longest = 0 }, Site{"h100", 8, 0}, "longest row"},
		{func(*Training) {}, Site{"tpu", 8, 0}, `no GPU "tpu" is known: there are a100, a6000, b200, h100, h200`},
		{func(*Training) {}, Site{"h100", 12, 0}, "12 GPUs: give 1 to 8, or whole machines of 8"},
		{func(*Training) {}, Site{"h100", 0, 0}, "0 GPUs"},
		{func(*Training) {}, Site{"h100", 8, -1}, "a price of -1"},
	} {
		training := coder32("full")
		c.change(&training)
		if e, err := training.At(c.site); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v gives %+v, %v, want %q", c.site, e, err, c.want)
		}
	}
}

func TestPricesAreRanges(t *testing.T) {
	for name, gpu := range GPUs {
		if p := gpu.Price; !slices.IsSorted([]float64{p.Low, p.Likely, p.High}) || p.Low <= 0 || gpu.Peak <= 0 || gpu.Memory <= 0 || gpu.Summary == "" {
			t.Errorf("%s: %+v", name, gpu)
		}
	}
}
