package recipes

import (
	"reflect"
	"testing"
)

const twoSources = `
name: two
sources:
  - {name: a, path: a.jsonl, accept: {field: resolved}, teacher: t, share: 0.25}
  - {name: b, path: b.jsonl, accept: {any: true}}
mix: {sampler: shares, seed: 3}
train: {params: {lora: {rank: 8, alpha: 16}, list: [1, 2]}}
`

func TestAnOverrideIsTypedByTheSchema(t *testing.T) {
	for arg, get := range map[string]struct {
		of   func(*Recipe) any
		want any
	}{
		"mix.seed=99":                    {func(r *Recipe) any { return r.Mix.Seed }, int64(99)},
		"mix.budget=50_000_000":          {func(r *Recipe) any { return r.Mix.Budget.Units }, int64(50000000)},
		"mix.validation=0":               {func(r *Recipe) any { return r.Mix.Validation }, 0.0},
		"train.lr=1e-4":                  {func(r *Recipe) any { return r.Train.LR }, 1e-4},
		"name=other":                     {func(r *Recipe) any { return r.Name }, "other"},
		"summary=":                       {func(r *Recipe) any { return r.Summary }, ""},
		"summary=a=b: [c":                {func(r *Recipe) any { return r.Summary }, "a=b: [c"},
		"summary=7":                      {func(r *Recipe) any { return r.Summary }, "7"},
		"sources.a.share=0.5":            {func(r *Recipe) any { return r.Sources[0].Share }, 0.5},
		"sources.b.share=2":              {func(r *Recipe) any { return r.Sources[1].Share }, 2.0},
		"sources.a.teacher=4.5":          {func(r *Recipe) any { return r.Sources[0].Teacher }, "4.5"},
		"sources.a.accept.report=r.json": {func(r *Recipe) any { return r.Sources[0].Accept }, Accept{Report: "r.json"}},
		"sources.a.accept={any: true}":   {func(r *Recipe) any { return r.Sources[0].Accept }, Accept{Any: true}},
		"sources.a={share: 4, task: x}":  {func(r *Recipe) any { return []any{r.Sources[0].Share, r.Sources[0].Task, r.Sources[0].Teacher} }, []any{4.0, "x", "t"}},
		"sources.b=!unset":               {func(r *Recipe) any { return len(r.Sources) }, 1},
		"mix.seed=!unset":                {func(r *Recipe) any { return r.Mix.Seed }, int64(17)},
		"mix={seed: 5, unit: tokens}":    {func(r *Recipe) any { return []any{r.Mix.Seed, r.Mix.Unit, r.Mix.Sampler} }, []any{int64(5), "tokens", "shares"}},
		"train.params.lora.rank=64":      {func(r *Recipe) any { return r.Train.Params["lora"] }, map[string]any{"rank": int64(64), "alpha": int64(16)}},
		"train.params.lora=!unset":       {func(r *Recipe) any { return r.Train.Params["lora"] }, nil},
		"train.params.list=[3]":          {func(r *Recipe) any { return r.Train.Params["list"] }, []any{int64(3)}},
		"train.params.flag=true":         {func(r *Recipe) any { return r.Train.Params["flag"] }, true},
		"train.params.note='1'":          {func(r *Recipe) any { return r.Train.Params["note"] }, "1"},
		"train.params.x.y={z: [1.5, null]}": {func(r *Recipe) any { return r.Train.Params["x"] },
			map[string]any{"y": map[string]any{"z": []any{1.5, nil}}}},
	} {
		if got := get.of(mustLoad(t, twoSources, arg)); !reflect.DeepEqual(got, get.want) {
			t.Errorf("%s gives %#v, want %#v", arg, got, get.want)
		}
	}
}

func TestTheLastOverrideOfAKeyWins(t *testing.T) {
	if r := mustLoad(t, small, "mix.seed=1", "mix.seed=2"); r.Mix.Seed != 2 {
		t.Errorf("seed is %d, want 2", r.Mix.Seed)
	}
}

func TestAWrongOverrideNamesItselfAndTheWayOut(t *testing.T) {
	for arg, want := range map[string]string{
		"mix.sede=3":                             `override "mix.sede=3": mix.sede: unknown key (did you mean "seed"?)`,
		"budget=3":                               `override "budget=3": budget: unknown key (did you mean "mix.budget"?)`,
		"share=3":                                `override "share=3": share: unknown key (did you mean "sources.SOURCE.share"?)`,
		"mix.seed":                               `override "mix.seed": no = in it (write key=value, such as mix.seed=3)`,
		"=3":                                     `override "=3": "" is not a key (write key=value, such as mix.seed=3)`,
		"mix..seed=3":                            `override "mix..seed=3": "mix..seed" is not a key (write key=value, such as mix.seed=3)`,
		"mix.seed=x":                             `override "mix.seed=x": mix.seed: "x" is not an integer`,
		"mix.seed=":                              `override "mix.seed=": mix.seed: has no value, want an integer`,
		"mix.budget=50M":                         `override "mix.budget=50M": mix.budget: "50M" is not an integer (write the digits: 50_000_000, or 52_428_800 where M is 1_048_576)`,
		"mix.window=32k":                         `override "mix.window=32k": mix.window: "32k" is not an integer (write the digits: 32_000, or 32_768 where k is 1_024)`,
		"mix.window=1.5 KiB":                     `override "mix.window=1.5 KiB": mix.window: "1.5 KiB" is not an integer (write the digits: 1_500, or 1_536 where K is 1_024)`,
		"mix.budget=2B":                          `override "mix.budget=2B": mix.budget: "2B" is not an integer (write the digits: 2_000_000_000)`,
		"mix.seed=99999999999999999999":          `override "mix.seed=99999999999999999999": mix.seed: "99999999999999999999" is not an integer`,
		"mix.window=-5":                          `override "mix.window=-5": mix.window: -5 is below 1 (tokens)`,
		"mix.seed.x=3":                           `override "mix.seed.x=3": mix.seed: has no keys below it`,
		"mix=3":                                  `override "mix=3": mix: 3 is not a mapping (known: sampler, seed, validation_seed, unit, budget, temperature, short, repeat, order, fraction, drop, only, scale, window, over_window, unique, near, validation, output, packing, convention, strict)`,
		"sources.aa.share=1":                     `override "sources.aa.share=1": sources.aa: no item named "aa" (known: a, b)`,
		"sources.a.shar=1":                       `override "sources.a.shar=1": sources.a.shar: unknown key (did you mean "share"?)`,
		"sources.a=1":                            `override "sources.a=1": sources.a: 1 is not a mapping (write sources.a.KEY=VALUE)`,
		"sources.a.name=c":                       `override "sources.a.name=c": sources.a: an override cannot rename (rename it in the file)`,
		"sources.a.accept={any: true, field: x}": `override "sources.a.accept={any: true, field: x}": sources.a.accept: has any and field, want exactly one (` + acceptHint + `)`,
		"mix.budget=!unset":                      `override "mix.budget=!unset": mix.budget: !unset removes nothing: no earlier layer says it`,
		"train.params.x=[1":                      `override "train.params.x=[1": train.params.x: not readable as YAML: sequence end token ']' not found`,
		"train.params.x=&a 1":                    `override "train.params.x=&a 1": train.params.x: "&": anchors and aliases are not used in recipes (use extends; quote a value that begins with & or *)`,
		"train.params.x=010":                     `override "train.params.x=010": train.params.x: "010" is not a number that every reader takes alike (write it in decimal, without leading zeros)`,
		"extends=demo":                           `override "extends=demo": extends: unknown key (a recipe's parents are not overridden; write a file that extends both)`,
		"summary=\xff":                           `override "summary=\xff": not UTF-8`,
		"sources=!unset":                         `memory.yaml:2:1: sources: missing (` + required["sources"] + `)`,
	} {
		if got := faultsOf(t, twoSources, arg).Error(); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", arg, got, want)
		}
	}
}

func TestAllWrongOverridesAreReportedTogether(t *testing.T) {
	faults := faultsOf(t, small, "mix.sede=3", "train.epochs=0", "nonsense")
	if len(faults) != 3 {
		t.Errorf("got %d faults, want 3:\n%v", len(faults), faults)
	}
}
