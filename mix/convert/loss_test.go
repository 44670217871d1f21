package convert

import (
	"context"
	"maps"
	"slices"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/loss"
	"trainyard/format/protocol"
	"trainyard/format/style"
	"trainyard/tokenize/chat"
)

// Policies take tokens out of the loss and put none in: the ids are the same, and
// what is trained is a part of what was.
func TestPoliciesOnlyTakeTokensOut(t *testing.T) {
	specs := []loss.Spec{{"last": 1}, {"last": 2}, {"from": "first_edit"}, {"not": "errors"}, {"where": "n_calls > 0"}}
	compared, less := 0, 0
	for _, path := range []string{"../../format/dialect/testdata/openai", "../../format/dialect/testdata/openhands", "../../format/dialect/testdata/sweagent", "../../format/dialect/testdata/claude-code"} {
		src, err := dialect.Open(dialect.Input{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		for _, as := range style.StyleNames() {
			for _, template := range slices.Sorted(maps.Keys(chat.Templates)) {
				plain := roadFor(t, src, template, as, nil)
				for _, spec := range specs {
					road := roadFor(t, src, template, as, spec)
					err := src.Records(context.Background(), func(rec format.Record) error {
						all, some := plain.Convert(rec, Tokenised), road.Convert(rec, Tokenised)
						if all.Err != nil || some.Err != nil {
							sameEnd(t, all, some)
							return nil
						}
						compared++
						less += all.Example.Trained() - some.Example.Trained()
						checkPart(t, all.Example, some.Example)
						return nil
					})
					if err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	if compared < 100 || less == 0 {
		t.Errorf("%d examples were compared, and policies took %d tokens out", compared, less)
	}
}

func roadFor(t *testing.T, src *dialect.Source, template, as string, spec loss.Spec) *Converter {
	c, err := New(src, Options{Template: template, Style: protocol.Style(as), Loss: spec, Masks: true, Parts: true})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sameEnd holds that a record which makes no example without policies makes none
// with them, for the same reason; with them there may be nothing left.
func sameEnd(t *testing.T, all, some Result) {
	reason := func(err error) string {
		if r, ok := err.(*format.Reject); ok {
			return r.Reason
		}
		return ""
	}
	a, b := reason(all.Err), reason(some.Err)
	if a != b && (a != "" || b != format.NoTrainedTokens) {
		t.Errorf("without policies it ends for %q, with them for %q", a, b)
	}
}

func checkPart(t *testing.T, all, some *chat.Example) {
	if !slices.Equal(all.IDs, some.IDs) {
		t.Error("a policy changes the ids")
	}
	for _, s := range some.Spans {
		if !slices.ContainsFunc(all.Spans, func(a chat.Span) bool { return a.Start <= s.Start && s.End <= a.End }) {
			t.Errorf("tokens %d to %d are trained only with a policy", s.Start, s.End)
		}
	}
}
