package trainer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"trainyard/launch"
)

func orFull(method string) string     { return cmp.Or(method, "full") }
func orCosine(schedule string) string { return cmp.Or(schedule, "cosine") }

// wayOut names the trainers that can, after a colon; empty where none can.
func wayOut(can func(ability) bool) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(Trainers)) {
		if a, ok := Trainers[name].(adapter); ok && can(a.can) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (" + strings.Join(names, ", ") + " can)"
}

func unknownTemplate(name, template string) error {
	return fmt.Errorf("%s: no template of it is known to equal %q: there are %s", name, template, strings.Join(slices.Sorted(maps.Keys(families)), ", "))
}

// nativeNames are the names of native settings, those of nested ones dotted after
// the ones around them, sorted.
func nativeNames(params launch.Params) []string {
	all := map[string]bool{}
	collect(map[string]any(params), "", all)
	return slices.Sorted(maps.Keys(all))
}

func collect(m map[string]any, path string, all map[string]bool) {
	for name, v := range m {
		at := strings.TrimPrefix(path+"."+name, ".")
		all[at] = true
		if inner, nested := v.(map[string]any); nested {
			collect(inner, at, all)
		}
	}
}

// dotted are native settings with nested ones spelled a.b, as Hydra and argparse
// take them.
func dotted(params map[string]any) map[string]any {
	flat := map[string]any{}
	for name, v := range params {
		inner, nested := v.(map[string]any)
		if !nested {
			flat[name] = v
			continue
		}
		for below, v := range dotted(inner) {
			flat[name+"."+below] = v
		}
	}
	return flat
}
