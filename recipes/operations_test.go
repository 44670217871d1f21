package recipes

import (
	"strings"
	"testing"
)

func TestWhatEveryOperationSaysLoads(t *testing.T) {
	plain := mustLoad(t, small, "mix.output=tokens")
	for name, o := range Operations {
		if o.Summary == "" || o.Source == "" || o.Say == "" && o.Note == "" {
			t.Errorf("%s does not say what it is, whose, or how", name)
		}
		if strings.Contains(o.Say, "\n") {
			t.Errorf("%s says more than a line", name)
		}
		if o.Say == "" {
			continue
		}
		r, err := load(memory("name: small\nmix: {output: tokens}\nsources:\n  - name: a\n    path: a.jsonl\n    accept: {any: true}\n    "+o.Say+"\n"), nil)
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case r.DataFingerprint() == plain.DataFingerprint():
			t.Errorf("%s: %s changes nothing", name, o.Say)
		}
	}
}
