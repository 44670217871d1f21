package evidence

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// A nameVisitor collects what an expression names.
type nameVisitor struct {
	paths    []string // dotted, every name and every chain of members
	declared []string // by let
	excused  map[string]bool
	calls    []string // names called like functions
	methods  []string // members called like functions
}

func (v *nameVisitor) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode, *ast.MemberNode:
		if path := pathOf(n); path != "" {
			v.paths = append(v.paths, path)
		}
	case *ast.VariableDeclaratorNode:
		v.declared = append(v.declared, n.Name)
	case *ast.CallNode:
		v.visitCall(n.Callee)
	case *ast.BuiltinNode:
		v.calls = append(v.calls, n.Name)
		if n.Name == "date" && len(n.Arguments) > 2 {
			v.calls = append(v.calls, "timezone") // which the third argument names
		}
	case *ast.BinaryNode:
		v.visitBinary(n)
	}
}

func (v *nameVisitor) visitCall(callee ast.Node) {
	switch n := callee.(type) {
	case *ast.IdentifierNode:
		v.calls = append(v.calls, n.Value)
	case *ast.MemberNode:
		if name, ok := n.Property.(*ast.StringNode); ok {
			v.methods = append(v.methods, name.Value)
		}
	}
}

// visitBinary notes the paths whose absence the expression deals with.
func (v *nameVisitor) visitBinary(n *ast.BinaryNode) {
	_, leftNil := n.Left.(*ast.NilNode)
	_, rightNil := n.Right.(*ast.NilNode)
	switch {
	case n.Operator == "??", rightNil:
		v.excuse(pathOf(n.Left))
	case leftNil:
		v.excuse(pathOf(n.Right))
	}
}

// excuse lets a path and everything on the way to it be absent.
func (v *nameVisitor) excuse(path string) {
	for path != "" {
		v.excused[path] = true
		path = path[:max(0, strings.LastIndexByte(path, '.'))]
	}
}

// pathOf spells a name or a chain of members with dots; anything computed
// has no path.
func pathOf(node ast.Node) string {
	switch n := node.(type) {
	case *ast.IdentifierNode:
		return n.Value
	case *ast.ChainNode:
		return pathOf(n.Node)
	case *ast.MemberNode:
		key, ok := n.Property.(*ast.StringNode)
		if base := pathOf(n.Node); ok && base != "" {
			return base + "." + key.Value
		}
	}
	return ""
}

// leadsToStatus says that a path names how the run ended, or an object on
// the way there.
func (v *nameVisitor) leadsToStatus(path string) bool {
	return slices.ContainsFunc(v.paths, func(p string) bool {
		return endsOnStatus(p) && (p == path || strings.HasPrefix(p, path+"."))
	})
}

// has says that the expression names one of our names.
func (v *nameVisitor) has(name string) bool {
	return slices.ContainsFunc(v.paths, func(p string) bool { return p == name || strings.HasPrefix(p, name+".") })
}

// members are the names that must come from the record.
func (v *nameVisitor) members(ours map[string]any) []string {
	var names []string
	for _, path := range v.paths {
		name, _, _ := strings.Cut(path, ".")
		if _, known := ours[name]; !known && name != fileFunction && name != recallFunction && !slices.Contains(v.declared, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// needed are the longest paths into the record that nothing excuses.
func (v *nameVisitor) needed(members []string) []string {
	paths := slices.DeleteFunc(slices.Clone(v.paths), func(path string) bool {
		name, _, _ := strings.Cut(path, ".")
		longer := slices.ContainsFunc(v.paths, func(p string) bool { return strings.HasPrefix(p, path+".") })
		return longer || v.excused[path] || !slices.Contains(members, name)
	})
	slices.Sort(paths)
	return slices.Compact(paths)
}
