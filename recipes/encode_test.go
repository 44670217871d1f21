package recipes

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func TestAWrittenRecipeLoadsToItself(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		r := random(rng)
		again, err := load(memory(string(r.YAML())), nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, r.YAML())
		}
		if again.Fingerprint() != r.Fingerprint() || again.DataFingerprint() != r.DataFingerprint() {
			t.Fatalf("another fingerprint after writing and loading\n%s\n%s", r.YAML(), again.YAML())
		}
		again.Dir, again.Files = r.Dir, r.Files
		if !reflect.DeepEqual(again.Sources, r.Sources) || again.Name != r.Name || again.Summary != r.Summary {
			t.Fatalf("got %+v, want %+v", again, r)
		}
	}
}

func TestTheBuiltInsSurviveWriting(t *testing.T) {
	for _, info := range List() {
		r, err := Load(info.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if again := mustLoad(t, string(r.YAML())); again.Fingerprint() != r.Fingerprint() {
			t.Errorf("%s has another fingerprint after writing", info.Name)
		}
	}
}

func random(rng *rand.Rand) *Recipe {
	r := defaults()
	r.Name, r.Summary = "r"+letters(rng), oneLineOf(rng)
	r.Model.Base = "Qwen/" + oneLineOf(rng)
	for i := range 1 + rng.IntN(3) {
		r.Sources = append(r.Sources, Source{
			Name: string(rune('a'+i)) + letters(rng), Path: Paths{"p" + oneLineOf(rng), "q" + oneLineOf(rng)}[:1+rng.IntN(2)], Format: "auto",
			Task: oneLineOf(rng), Teacher: oneLineOf(rng), PerInstance: rng.IntN(3), Share: rng.Float64() + 0.1,
			Select: someSelections(rng), Keep: []string{"", "n_tokens < 5", "w == " + strconv.Quote(oneLineOf(rng))}[rng.IntN(3)],
			Accept: []Accept{{Field: "f" + anything(rng)}, {Where: "w == " + strconv.Quote(oneLineOf(rng))}, {Report: "r" + oneLineOf(rng)}, {Any: true}}[rng.IntN(4)],
		})
	}
	r.Tools.Prompt = []string{"", "p" + oneLineOf(rng)}[rng.IntN(2)]
	r.Edits, r.Sources[0].Edits = someEdits(rng), someEdits(rng)
	r.Mix.Sampler, r.Mix.Seed, r.Mix.Budget, r.Mix.Validation = "proportional", rng.Int64(), someBudget(rng), rng.Float64()
	r.Mix.Order = []Order{{By: "shuffle"}, {By: "n_steps", First: "most"}, {By: "shuffle", Stages: Paths{r.Sources[0].Name}}}[rng.IntN(3)]
	r.Train.LR = math.Exp(-20 * rng.Float64())
	if p, ok := free(rng, 3).(map[string]any); ok {
		r.Train.Params = p
	}
	r.derive()
	return r
}

func someEdits(rng *rand.Rand) Edits {
	all := Edits{
		{Name: "strip_ansi"},
		{Name: "elide_observations", Args: map[string]any{"tokens": rng.Int64N(1000) + 100}},
		{Name: "system", Args: map[string]any{"policy": "replace", "text": "s" + anything(rng)}},
		{Name: "rename_tool", Args: map[string]any{"tools": []any{map[string]any{"from": "a" + anything(rng), "to": "b"}}}},
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return append(Edits(nil), all[:rng.IntN(3)]...)
}

func free(rng *rand.Rand, depth int) any {
	n := rng.IntN(9)
	if depth == 0 {
		n = rng.IntN(6)
	}
	switch n {
	case 0:
		return nil
	case 1:
		return rng.IntN(2) == 0
	case 2:
		return rng.Int64() - rng.Int64()
	case 3:
		return (rng.Float64() - 0.5) * math.Pow(10, float64(rng.IntN(600)-300))
	case 4, 5:
		return anything(rng)
	case 6:
		list := []any{}
		for range rng.IntN(4) {
			list = append(list, free(rng, depth-1))
		}
		return list
	}
	out := map[string]any{}
	for range rng.IntN(4) {
		out[anything(rng)] = free(rng, depth-1)
	}
	return out
}

func letters(rng *rand.Rand) string {
	b := make([]byte, rng.IntN(5))
	for i := range b {
		b[i] = "bcfgjkq"[rng.IntN(7)]
	}
	return string(b)
}

// oneLineOf is one line of text, anything any text, of what YAML readers are
// known to trip over.
func oneLineOf(rng *rand.Rand) string {
	return strings.NewReplacer("\n", "", "\t", "", "\r", "", "\x00", "", "\x7f", "").Replace(anything(rng))
}

func anything(rng *rand.Rand) string {
	parts := []string{"a", "b", " ", "\n", "\t", "\r", "\x00", "\x7f", "'", `"`, `\`, ":", ": ", " #", "#", "- ", "?", "!unset", "&a", "*a", "<<",
		"{", "}", "[", "]", ",", "|", ">", "%", "@", "`", "null", "true", "no", "~", "1", "0x1", "1e5", ".5", "_", "---", "...", "é", "\u2028", "\u0085", "😀", "\ufeff", "=", "/", "\\u0041"}
	var b strings.Builder
	for range rng.IntN(5) {
		b.WriteString(parts[rng.IntN(len(parts))])
	}
	return b.String()
}

func someBudget(rng *rand.Rand) Budget {
	if rng.IntN(2) == 0 {
		return Budget{Percent: float64(1+rng.IntN(1000)) / 10}
	}
	return Budget{Units: rng.Int64()}
}

func someSelections(rng *rand.Rand) Selections {
	all := Selections{{By: "uniform", To: 1}, {By: "quantile", Of: "n_steps", From: 0.25, To: 0.5, Per: "teacher"}, {By: "split", Of: "features.exploration", Side: "low", On: Paths{"repo", "n_tokens"}, To: 1}}
	return append(Selections(nil), all[:rng.IntN(4)]...)
}
