package stats

import (
	"math/rand/v2"
	"testing"
)

func TestWarningsNameWhatIsInDoubt(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pooled := func(seeds int, to float64) []Warning {
		p := world{seeds, 0.02, false}.draw(r, 300, [2]float64{0.3, to})
		return must(DifferencePooled(p, Options{Resamples: 500})).Warn("a", "b")
	}
	for _, c := range []struct {
		what string
		got  []Warning
		want Doubt
	}{
		{"cells that are alike", pooled(3, 0.3), SeedsDoNotSeparate},
		{"cells that are far apart", pooled(3, 0.7), ""},
		{"cells with one seed", pooled(1, 0.7), OneSeed},
		{"a tenth more tokens", Tokens{First: 90, Second: 100}.Differ("a", "b"), OtherTokens},
		{"a tenth more tokens, tolerated", Tokens{First: 90, Second: 100, Tolerance: 0.1}.Differ("a", "b"), ""},
		{"the same tokens", Tokens{First: 100, Second: 100}.Differ("a", "b"), ""},
		{"unknown tokens", Tokens{Second: 100}.Differ("a", "b"), ""},
		{"data that hold the benchmark", Overlaps(Overlap{"a", "SWE-bench Verified", 3}), DataOverlap},
		{"data that do not", Overlaps(Overlap{"a", "SWE-bench Verified", 0}), ""},
	} {
		switch {
		case c.want == "" && len(c.got) != 0:
			t.Errorf("%s: %v", c.what, c.got)
		case c.want != "" && (len(c.got) != 1 || c.got[0].Doubt != c.want || c.got[0].Words == ""):
			t.Errorf("%s: %v, wanted %q", c.what, c.got, c.want)
		}
	}
}
