package recipes

import (
	"strings"
	"testing"

	"trainyard/mix/sample"
)

const three = `{name: n, sources: [{name: a, path: p, accept: {any: true}}, {name: b, path: q, accept: {any: true}}, {name: c, path: r, accept: {any: true}}], mix: {sampler: shares}}`

func TestAmountsReachTheMix(t *testing.T) {
	r := mustLoad(t, three, "sources.a.share=0.3", "sources.b.take=500", "sources.c.rest=true", "mix.budget=5%", "mix.short=fill",
		"mix.unit=trained", "mix.repeat.max=2", "mix.fraction=0.25", "mix.drop=a", "mix.scale.b=2")
	cfg := r.MixConfig(Files{})
	if a := cfg.Amounts; a.Percent != 5 || cfg.Budget != 0 || a.Short != sample.Fill || a.Repeat != 2 || a.Fraction != 0.25 || len(a.Drop) != 1 || a.Scale["b"] != 2 {
		t.Errorf("got %+v", a)
	}
	for k, want := range []sample.Amount{{}, {By: sample.ByTake, N: 500}, {By: sample.ByRest}} {
		if cfg.Sources[k].Amount != want {
			t.Errorf("source %d is asked for %+v, want %+v", k, cfg.Sources[k].Amount, want)
		}
	}
	if again := mustLoad(t, string(r.YAML())); again.Fingerprint() != r.Fingerprint() {
		t.Errorf("the YAML is another recipe:\n%s", r.YAML())
	}
}

// A layer that says an amount in another way replaces the one before it.
func TestALaterAmountReplacesAnEarlierOne(t *testing.T) {
	r := mustLoad(t, three, "sources.a.share=3", "sources.a.take=7", "sources.b.take=7", "sources.b.share=2")
	if a, b := r.Sources[0], r.Sources[1]; a.Take != 7 || a.Share != 1 || b.Take != 0 || b.Share != 2 {
		t.Errorf("got %+v and %+v", a, b)
	}
}

func TestWhatIsNotSaidOfAmountsLeavesTheFingerprint(t *testing.T) {
	quiet := mustLoad(t, three)
	if yaml := string(quiet.YAML()); strings.Contains(yaml, "short") || strings.Contains(yaml, "repeat") || strings.Contains(yaml, "fraction") || strings.Contains(yaml, "take") {
		t.Errorf("keys that nothing was said of are written:\n%s", yaml)
	}
	for _, said := range []string{"mix.short=tell", "mix.fraction=1", "sources.a.take=0", "mix.budget=0", "mix.scale={}"} {
		if r := mustLoad(t, three, said); r.DataFingerprint() != quiet.DataFingerprint() {
			t.Errorf("%s is another dataset", said)
		}
	}
}

func TestSharesAboveOneAreToldWhatTheyMayMean(t *testing.T) {
	for _, c := range []struct{ overrides, want string }{
		{"sources.a.share=30 sources.b.share=20 sources.c.rest=true mix.budget=100", "sources.a.share=0.3 for 30 %, sources.b.share=0.2 for 20 %"},
		{"sources.a.share=0.2 sources.c.rest=true mix.budget=100", "a share below 1 for b"},
		{"sources.a.take=5 sources.b.take=5 sources.c.take=5 mix.budget=100", "a budget divides nothing"},
		{"sources.a.take=20 sources.b.take=30 mix.budget=36", "sources.b.take: 50 asked by number so far, and mix.budget is 36"},
		{"sources.c.rest=true", "c gets the rest of a budget that is not given"},
		{"sources.c.epochs=5", "raise mix.repeat.max to 5"},
		{"mix.drop=aa", `no source is named "aa" (known: a, b, c)`},
		{"mix.sampler=temperature", "add mix.temperature"},
		{"mix.budget=0%", "not above 0 %"},
	} {
		if got := faultsOf(t, three, strings.Fields(c.overrides)...).Error(); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %s, want %s", c.overrides, got, c.want)
		}
	}
}

// A sampler that takes the same fraction of all sources is told no amount of one.
func TestWhatTheSamplerCannotHeedIsRefused(t *testing.T) {
	for override, key := range map[string]string{
		"sources.func_gen.most=3": "sources.func_gen.most", "mix.short=fail": "mix.short", "mix.short=repeat": "mix.short", "sources.func_gen.take=3": "sources.func_gen.take",
	} {
		_, err := Load("demo", []string{"mix.sampler=proportional", override})
		if err == nil || !strings.Contains(err.Error(), key+": ") {
			t.Errorf("%s under proportional: %v", override, err)
		}
		if _, err := Load("demo", []string{override}); err != nil {
			t.Errorf("%s under shares: %v", override, err)
		}
	}
}
