package recipes

import (
	"strings"
	"testing"
)

// child loads a recipe on top of one with the sources a, b and c, as the only
// layer that says more.
func child(t *testing.T, text string, overrides ...string) (*Recipe, error) {
	t.Helper()
	parent := "sources:\n"
	for _, name := range []string{"a", "b", "c"} {
		parent += "  - {name: " + name + ", path: " + name + ".jsonl, accept: {any: true}, share: 4}\n"
	}
	return Load(write(t, [2]string{"child.yaml", "name: child\nextends: p.yaml\n" + text}, [2]string{"p.yaml", parent}), overrides)
}

// named writes the sources in order, with their shares.
func named(r *Recipe) string {
	var parts []string
	for _, s := range r.Sources {
		parts = append(parts, s.Name+" "+yamlText(s.Share))
	}
	return strings.Join(parts, ", ")
}

func TestARecipeTakesSomeOfItsParentsSources(t *testing.T) {
	for text, want := range map[string]string{
		"sources: !only b":                                                      "b 4",
		"sources: !only 'c'\nmix: {seed: 1}":                                    "c 4",
		"sources: !only [b]":                                                    "b 4",
		"sources: !only [c, a]":                                                 "c 4, a 4",
		"sources: !only\n  - b\n  - name: a\n    share: 2":                      "b 4, a 2",
		"sources: !only # one\n  # of them\n  - {name: c}":                      "c 4",
		"sources: !only [{name: b, share: 9}]":                                  "b 9",
		"sources: {a: !unset}":                                                  "b 4, c 4",
		"sources:\n  a: !unset\n  c: !unset":                                    "b 4",
		"sources: {b: {share: 0.5}, c: !unset}":                                 "a 4, b 0.5",
		"sources: {}":                                                           "a 4, b 4, c 4",
		"sources: [!unset a, {name: b, share: 1}]":                              "b 1, c 4",
		"sources.a: !unset":                                                     "b 4, c 4",
		"sources.a.share: 7\nsources.c: !unset":                                 "a 7, b 4",
		"sources: !only [{name: d, path: d, accept: {any: true}, share: 1}, a]": "d 1, a 4",
	} {
		r, err := child(t, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := named(r); got != want {
			t.Errorf("%s gives %s, want %s", text, got, want)
		}
	}
	for arg, want := range map[string]string{
		"sources=!only b":               "b 4",
		"sources=!only [b]":             "b 4",
		"sources={a: !unset}":           "b 4, c 4",
		"sources.b=!unset":              "a 4, c 4",
		"sources={a: {share: 1}}":       "a 1, b 4, c 4",
		"sources=[{name: a, share: 1}]": "a 1, b 4, c 4",
	} {
		r, err := child(t, "", arg)
		if err != nil {
			t.Errorf("%s: %v", arg, err)
			continue
		}
		if got := named(r); got != want {
			t.Errorf("%s gives %s, want %s", arg, got, want)
		}
	}
}

func TestWhatCannotBeTakenIsAFaultWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"sources: !only [bb]":         `child.yaml:3:17: sources.bb: no earlier layer has an item of that name (known: a, b, c)`,
		"sources: !only [a, a]":       `child.yaml:3:20: sources.a: is taken twice`,
		"sources: !only [[a]]":        `child.yaml:3:17: sources[0]: a list is not the name of an item`,
		"sources: !only &a 1":         `child.yaml:3:10: !only stands before a list of names (write sources: !only [NAME, NAME])`,
		"sources: !only":              `child.yaml:3:10: !only stands before a list of names`,
		"sources: !only {a: 1}":       `child.yaml:3:10: !only stands before a list of names`,
		"edits: !only [strip_ansi]":   `child.yaml:3:14: edits: !only takes items by name, and these have none`,
		"sources: {d: {share: 2}}":    `child.yaml:3:11: sources.d: no earlier layer has an item of that name (a new one is an item of a list: - name: d)`,
		"sources: {a: 3}":             `child.yaml:3:14: sources.a: 3 is not a mapping (write what changes, such as {share: 2}, or !unset)`,
		"sources: {a: {name: z}}":     `child.yaml:3:14: sources.a: has a name already: its key`,
		"mix: {seed: 1}\nmix.seed: 2": `child.yaml:4:1: mix.seed: is said twice (first on line 3)`,
		"mix: 3\nmix.seed: 2":         `child.yaml:4:1: mix.seed: mix is 3 here, and has no keys (write mappings inside each other)`,
		"mix..seed: 2":                `child.yaml:3:1: mix..seed: unknown key`,
		"seed.x: 2":                   `child.yaml:3:1: seed: a mapping is not an integer`,
	} {
		_, err := child(t, text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant …%s", text, err, want)
		}
	}
}

func TestATagMayStandBeforeABracket(t *testing.T) {
	r, err := Load(write(t,
		[2]string{"child.yaml", "name: child\nextends: p.yaml\nmix: {seed: !unset, budget: !unset}\ntrain: {params: {a: !unset, b: '{!unset}'}, epochs: 0}\n"},
		[2]string{"p.yaml", "sources: [{name: a, path: a, accept: {any: true}}]\nmix: {seed: 4, budget: 4}\ntrain: {params: {a: 1}}\n"}), nil)
	// The fault's column is that of the file, not of what was put in.
	if err == nil || !strings.Contains(err.Error(), "child.yaml:4:53: train.epochs: 0 is not above 0") {
		t.Errorf("%+v, %v", r, err)
	}
}
