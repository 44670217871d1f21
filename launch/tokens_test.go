package launch

import (
	"fmt"
	"testing"
)

func TestTokensOfAnAttemptAreItsOwn(t *testing.T) {
	words := func(n *int64, err error) string {
		if n == nil {
			return fmt.Sprint("unknown ", err)
		}
		return fmt.Sprint(*n, " ", err)
	}
	for name, c := range map[string]struct {
		first, second []string
		resumed       *int64
		want          string
	}{
		"counted on":           {[]string{`{"step": 1, "num_tokens": 100}`, `{"step": 2, "num_tokens": 200}`, `{"step": 3, "num_tokens": 300}`}, []string{`{"step": 3, "num_tokens": 310}`, `{"step": 4, "num_tokens": 420}`}, ptr(int64(2)), "220 <nil>"},
		"counted anew":         {[]string{`{"step": 1, "num_tokens": 100}`, `{"step": 2, "num_tokens": 200}`}, []string{`{"step": 3, "num_tokens": 110}`, `{"step": 4, "num_tokens": 220}`}, ptr(int64(2)), "220 <nil>"},
		"begun anew":           {[]string{`{"step": 1, "num_tokens": 100}`}, []string{`{"step": 1, "num_tokens": 110}`}, nil, "110 <nil>"},
		"not told":             {[]string{`{"step": 1, "num_tokens": 100}`}, []string{`{"step": 3, "loss": 1}`}, ptr(int64(2)), "unknown <nil>"},
		"not told of before":   {[]string{`{"step": 1, "loss": 1}`}, []string{`{"step": 3, "num_tokens": 110}`}, ptr(int64(2)), "unknown <nil>"},
		"not told of the step": {[]string{`{"step": 1, "num_tokens": 100}`}, []string{`{"step": 3, "num_tokens": 310}`}, ptr(int64(2)), "unknown <nil>"},
	} {
		l := openLedger(t)
		run := create(t, l, "0199aaaa")
		tell(t, l, run, false, c.first...)
		advance(t, l, run, Failed)
		second, err := l.Again(t.Context(), run.ID, 1, "again", Next{Facts: Facts{ResumedStep: c.resumed}})
		if err != nil {
			t.Fatal(err)
		}
		tell(t, l, second, false, c.second...)
		if second, err = l.Run(t.Context(), run.ID); err != nil {
			t.Fatal(err)
		}
		if got := words(l.TokensTrained(t.Context(), run.ID, second.Attempt)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
