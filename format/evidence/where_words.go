package evidence

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"trainyard/format"
	"trainyard/format/behaviour"
)

// checkWords refuses words of ours that do not exist: a misspelt flag is in
// no record's flags, so that not ("lop" in flags) would let everything
// through.
func checkWords(tree ast.Node, paths []string) error {
	for _, path := range paths {
		rest, ours := strings.CutPrefix(path, "features.")
		name, _, _ := strings.Cut(rest, ".")
		if ours && !slices.Contains(featureNames(), name) {
			return format.UnknownName("feature", name, featureNames())
		}
	}
	flags := &flagVisitor{}
	ast.Walk(&tree, flags)
	for _, name := range flags.named {
		if !slices.Contains(behaviour.FlagNames(), name) {
			return format.UnknownName("flag", name, behaviour.FlagNames())
		}
		if behaviour.FlagList[name].Raised == nil && name != behaviour.FlagRewardMismatch {
			return fmt.Errorf("flag %q is set while mixing: no expression sees it", name)
		}
	}
	return nil
}

// featureNames lists the members of features as expressions spell them.
func featureNames() (names []string) {
	for i, t := 0, reflect.TypeFor[behaviour.Features](); i < t.NumField(); i++ {
		names = append(names, t.Field(i).Tag.Get("expr"))
	}
	return names
}

// A flagVisitor collects the literals that an expression compares flags with.
type flagVisitor struct {
	named   []string
	pointer bool // # stands for a flag: a predicate over flags is looked at
}

func (v *flagVisitor) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.BinaryNode:
		if !slices.Contains([]string{"in", "==", "!="}, n.Operator) {
			return
		}
		if v.ofFlags(n.Left) {
			v.named = append(v.named, literals(n.Right)...)
		}
		if v.ofFlags(n.Right) {
			v.named = append(v.named, literals(n.Left)...)
		}
	case *ast.BuiltinNode:
		v.visitBuiltin(n)
	}
}

// visitBuiltin looks into any(flags, # == "loop") and any(["loop"], # in flags).
func (v *flagVisitor) visitBuiltin(n *ast.BuiltinNode) {
	if len(n.Arguments) < 2 {
		return
	}
	if v.ofFlags(n.Arguments[0]) {
		inner := &flagVisitor{pointer: true}
		ast.Walk(&n.Arguments[1], inner)
		v.named = append(v.named, inner.named...)
	}
	if names := literals(n.Arguments[0]); names != nil {
		inner := &membershipVisitor{}
		ast.Walk(&n.Arguments[1], inner)
		if inner.found {
			v.named = append(v.named, names...)
		}
	}
}

// ofFlags says that a value is the flags, some of them, or one.
func (v *flagVisitor) ofFlags(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.IdentifierNode:
		return n.Value == "flags"
	case *ast.PointerNode:
		return v.pointer && n.Name == ""
	case *ast.MemberNode:
		return v.ofFlags(n.Node)
	case *ast.SliceNode:
		return v.ofFlags(n.Node)
	case *ast.ChainNode:
		return v.ofFlags(n.Node)
	case *ast.BuiltinNode:
		some := []string{"filter", "find", "findLast", "first", "last", "take", "sort", "reverse", "uniq"}
		return slices.Contains(some, n.Name) && len(n.Arguments) > 0 && v.ofFlags(n.Arguments[0])
	}
	return false
}

// A membershipVisitor looks for # in flags.
type membershipVisitor struct{ found bool }

func (v *membershipVisitor) Visit(node *ast.Node) {
	if n, ok := (*node).(*ast.BinaryNode); ok && n.Operator == "in" {
		_, pointer := n.Left.(*ast.PointerNode)
		v.found = v.found || pointer && (&flagVisitor{}).ofFlags(n.Right)
	}
}

// literals are the strings of a literal or of a list of literals.
func literals(node ast.Node) (names []string) {
	switch n := node.(type) {
	case *ast.StringNode:
		return []string{n.Value}
	case *ast.ArrayNode:
		for _, element := range n.Nodes {
			names = append(names, literals(element)...)
		}
	}
	return names
}

// misspelt offers the name of ours that a member no record has is close to.
func (e *expression) misspelt(path string) string {
	name, _, _ := strings.Cut(path, ".")
	if _, late := keepNames[name]; late {
		return " (keep: can name it)"
	}
	for _, ours := range slices.Sorted(maps.Keys(e.ours)) {
		// Closer than didYouMean asks for: report is none of repo's slips.
		if format.EditDistance(strings.ToLower(name), ours) <= len(ours)/3 {
			return fmt.Sprintf(" (did you mean %q?)", ours)
		}
	}
	return ""
}

// A wrongType is how Go says that a value was of another type.
var wrongType = regexp.MustCompile(`interface conversion: interface \{\} is (.+), not ([^ ]+)`)

// typeWords are Go's types as a person knows them.
var typeWords = map[string]string{
	"string": "text", "bool": "true or false", "int": "a number", "int64": "a number", "float64": "a number",
	"nil": "nothing", "map[string]interface {}": "an object", "[]interface {}": "a list",
}

func inWords(fault string) string {
	return wrongType.ReplaceAllStringFunc(fault, func(text string) string {
		m := wrongType.FindStringSubmatch(text)
		return format.NameOr(typeWords[m[1]], m[1]) + " where " + format.NameOr(typeWords[m[2]], m[2]) + " is needed"
	})
}
