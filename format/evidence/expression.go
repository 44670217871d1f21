package evidence

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// A grammar is what an expression can use besides the record's own members
// and the functions of expr-lang.
type grammar struct {
	names map[string]any // our names, which win over members; zero values tell their types
	lists *lists         // of file(…); nil where an expression has no such function
}

// An expression is compiled, and what it names is known.
type expression struct {
	source  string
	program *vm.Program
	ours    map[string]any
	names   *nameVisitor
	members []string // the record's members it names
	needed  []string // the dotted paths that must lead somewhere
}

// compile refuses what cannot be evaluated, what names nothing that exists,
// and what would not give the same on every day and machine.
func compile(source string, g grammar) (*expression, error) {
	names, err := namesOf(source, g)
	if err != nil {
		return nil, err
	}
	options := append(pure(), expr.Env(g.names), expr.AllowUndefinedVariables())
	if g.lists != nil {
		options = append(append(options, g.lists.functions()...), g.lists.recalls()...)
	}
	if _, err := expr.Compile(source, append(slices.Clone(options), expr.AsBool())...); err != nil {
		return nil, err
	}
	// AsBool also turns nil into false, which no evidence must not become, so
	// what runs is compiled without it.
	program, err := expr.Compile(source, options...)
	if err != nil {
		return nil, err
	}
	members := names.members(g.names)
	return &expression{source: source, program: program, ours: g.names, names: names, members: members, needed: names.needed(members)}, nil
}

// namesOf collects what an expression names and calls, and refuses what there
// is not.
func namesOf(source string, g grammar) (*nameVisitor, error) {
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, err
	}
	names := &nameVisitor{excused: map[string]bool{}}
	ast.Walk(&tree.Node, names)
	if err := names.refuseImpure(source); err != nil {
		return nil, err
	}
	for _, call := range names.calls {
		if err := g.refuseCall(call, source); err != nil {
			return nil, err
		}
	}
	if g.lists != nil {
		if err := g.lists.readAll(tree.Node); err != nil {
			return nil, err
		}
	}
	return names, checkWords(tree.Node, names.paths)
}

// refuseCall refuses functions that neither expr-lang nor we have.
func (g grammar) refuseCall(call, source string) error {
	switch {
	case call == fileFunction && g.lists == nil:
		return fmt.Errorf("%q: a list of ids is a filter, not a success: use %s(…) in keep:, or name a list of those that succeeded with report: FILE", source, fileFunction)
	case call == recallFunction && g.lists == nil:
		return fmt.Errorf("%q: %s(…) stands in keep:, where files can be named", source, recallFunction)
	case call == fileFunction || call == recallFunction || isBuiltin(call):
		return nil
	}
	return fmt.Errorf("unknown function %q in %q", call, source)
}
