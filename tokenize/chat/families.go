package chat

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"trainyard/tokenize"
)

// ForTemplate returns the built-in tokenizer of the models that a template of
// [Templates] belongs to.
func ForTemplate(name string) (*tokenize.Tokenizer, error) {
	layout, ok := Templates[name]
	if !ok {
		return nil, fmt.Errorf("unknown chat template %q: known are %s", name, names(Templates))
	}
	return layout.tokenizer(), nil
}

// ForCheckpoint names the template that a model comes with, by the last part of
// its path or name; "" where it is not known.
func ForCheckpoint(base string) string {
	base = path.Base(strings.TrimRight(base, "/"))
	for _, name := range slices.Sorted(maps.Keys(Templates)) {
		if form := Templates[name].checkpoints; form != nil && form.MatchString(base) {
			return name
		}
	}
	return ""
}
