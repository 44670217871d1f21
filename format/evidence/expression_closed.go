package evidence

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr"

	"trainyard/format"
)

// A Test is an expression in the language of accept: {where: …} and keep: over
// values that are all known, with no record behind it. It is safe for concurrent
// use.
type Test struct{ *expression }

// NewTest compiles an expression over names, whose values tell their types. It
// must be true or false whatever they are.
func NewTest(source string, names map[string]any) (*Test, error) {
	found, err := namesOf(source, grammar{names: names})
	if err != nil {
		return nil, err
	}
	if unknown := found.members(names); len(unknown) > 0 {
		return nil, format.UnknownName("name", unknown[0], slices.Sorted(maps.Keys(names)))
	}
	program, err := expr.Compile(source, append(pure(), expr.Env(names), expr.AsBool())...)
	if err != nil {
		return nil, oneLine(err)
	}
	return &Test{&expression{source: source, program: program, ours: names, names: found}}, nil
}

// oneLine leaves out the drawing of the expression below the fault.
func oneLine(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("%s", text)
}

// Holds says whether the expression is true. Its error says that it fails on
// these values.
func (t *Test) Holds(values map[string]any) (bool, error) {
	result, err := expr.Run(t.program, values)
	if err != nil {
		return false, fmt.Errorf("%s fails: %s", t.source, inWords(oneLine(err).Error()))
	}
	holds, ok := result.(bool)
	if !ok {
		return false, fmt.Errorf("%s is %v, which is neither true nor false", t.source, result)
	}
	return holds, nil
}
