package recipes

import (
	"reflect"
	"strings"
	"testing"

	"trainyard/format/loss"
)

func TestALossIsAWordOrPolicies(t *testing.T) {
	r := mustLoad(t, small, "mix.output=tokens", "loss={last: 3, not: [errors, format_errors]}", "sources.a.loss=all")
	want := Loss{"last": int64(3), "not": []any{"errors", "format_errors"}}
	if !reflect.DeepEqual(r.Loss, want) || !r.Sources[0].Loss.all() {
		t.Errorf("got %v and %v", r.Loss, r.Sources[0].Loss)
	}
	cfg := r.MixConfig(Files{})
	if len(cfg.Loss) != 2 || cfg.Sources[0].Loss == nil || len(cfg.Sources[0].Loss) != 0 {
		t.Errorf("the source's word does not stand over the recipe's policies: %v, %v", cfg.Loss, cfg.Sources[0].Loss)
	}
	for arg, want := range map[string]string{
		"loss=[last]":                   `override "loss=[last]": loss: a list is not "all", or a mapping of policies (` + lossHint + `)`,
		"loss=most":                     `override "loss=most": loss: "most" is not "all", or a mapping of policies (` + lossHint + `)`,
		"loss={lst: 3}":                 `override "loss={lst: 3}": loss: unknown policy "lst", did you mean "last"? (known: ` + strings.Join(loss.Names(), ", ") + ")",
		"loss={last: 0}":                `override "loss={last: 0}": loss: last: want a whole number above zero, got 0`,
		"loss={not: [mistakes]}":        `override "loss={not: [mistakes]}": loss: not: unknown kind of turns "mistakes" (known: errors, failed_runs, format_errors)`,
		"sources.a.loss={from: second}": `override "sources.a.loss={from: second}": sources.a.loss: from: unknown place "second" (known: first_edit)`,
		"loss={where: n_call > 0}":      `override "loss={where: n_call > 0}": loss: where: unknown name "n_call", did you mean "n_calls"? (known: activity, content, edits, edits_before, error, failed_run, format_error, from_end, index, n_calls, reasoning, result, tool, tools)`,
		"loss={where: now() > 0}":       `override "loss={where: now() > 0}": loss: where: "now() > 0": now() is not for expressions: it gives another dataset every day: write the day out, as in date("2026-01-31")`,
	} {
		if got := faultsOf(t, small, "mix.output=tokens", arg).Error(); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	if got := faultsOf(t, small, "mix.output=tokens", "loss={where: index + 1}").Error(); !strings.Contains(got, "expected bool, but got int") {
		t.Errorf("an expression that is no question: %s", got)
	}
}

// Text cannot say it, wherever the recipe says it.
func TestPoliciesThatNoRowCanHoldAreRefusedWithTheWayOut(t *testing.T) {
	for arg, want := range map[string]string{
		"loss={last: 1}":           `override "loss={last: 1}": loss: rows of messages cannot say which turns are learned from (write mix.output: packed or mix.output: tokens or mix.output: turns)`,
		"sources.a.loss={last: 1}": `override "sources.a.loss={last: 1}": sources.a.loss: rows of messages cannot say which turns are learned from (write mix.output: packed or mix.output: tokens or mix.output: turns)`,
	} {
		if got := faultsOf(t, small, arg).Error(); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	mustLoad(t, small, "loss=all", "sources.a.loss=all")
}

func TestALossIsOneValue(t *testing.T) {
	plain := mustLoad(t, small)
	if r := mustLoad(t, small, "loss=all", "sources.a.loss=all"); r.Fingerprint() != plain.Fingerprint() {
		t.Error("to say the default makes another recipe")
	}
	tokens := []string{"mix.output=tokens"}
	with := func(args ...string) *Recipe { return mustLoad(t, small, append(args, tokens...)...) }
	for _, args := range [][]string{{"loss={last: 1}"}, {"sources.a.loss={last: 1}"}, {"loss={last: 1}", "sources.a.loss=all"}, {"loss={not: errors}"}} {
		r := with(args...)
		if r.DataFingerprint() == with().DataFingerprint() {
			t.Errorf("%v makes no other dataset", args)
		}
		if again := mustLoad(t, string(r.YAML())); again.Fingerprint() != r.Fingerprint() {
			t.Errorf("%v is another recipe when it is written out:\n%s", args, r.YAML())
		}
	}
	for _, same := range [][2]string{{"loss={not: errors}", "loss={not: [errors]}"}, {"loss={not: [format_errors, errors]}", "loss={not: [errors, format_errors]}"}, {"loss={last: 3}", "loss={last: 3.0}"}} {
		if with(same[0]).Fingerprint() != with(same[1]).Fingerprint() {
			t.Errorf("%s and %s are two recipes", same[0], same[1])
		}
	}
	child := loadFiles(t,
		[2]string{"c.yaml", "{name: c, extends: p.yaml, loss: {not: errors}}"},
		[2]string{"p.yaml", "{name: p, loss: {last: 3}, sources: [{name: a, path: p, accept: {any: true}}], mix: {output: tokens}}"})
	if !reflect.DeepEqual(child.Loss, Loss{"not": []any{"errors"}}) {
		t.Errorf("the policies of a layer join those of an earlier one: %v", child.Loss)
	}
}

func TestPoliciesOfACommandLineAreThoseOfARecipe(t *testing.T) {
	spec, err := ParseLoss("{last: 3}")
	if err != nil || !reflect.DeepEqual(spec, loss.Spec{"last": int64(3)}) {
		t.Errorf("got %v, %v", spec, err)
	}
	if _, err := ParseLoss("{last: x}"); err == nil || err.Error() != `--loss "{last: x}": last: want a whole number above zero, got x` {
		t.Errorf("got %v", err)
	}
	if spec, err := ParseLoss("all"); err != nil || len(spec) != 0 {
		t.Errorf("got %v, %v", spec, err)
	}
}
