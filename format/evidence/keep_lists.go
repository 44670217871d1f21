package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

// fileFunction is how an expression names a list: id in file("ids.txt").
const fileFunction = "file"

// listedFunction is what membership in such a list becomes; idsName holds all
// the ids of a trajectory. Neither can be written in an expression.
const (
	listedFunction = "listed "
	idsName        = "ids "
)

// lists are the files that an expression names, each read once.
type lists struct {
	readFile func(path string) ([]byte, error)
	files    []string
	byKey    map[string]*idList // by path and column
	// solutions are the patches of patch_recall: by path and column, by instance.
	solutions map[string]map[string]string
}

// file notes a file that the expression names.
func (l *lists) file(path string) {
	if !slices.Contains(l.files, path) {
		l.files = append(l.files, path)
	}
}

// readAll finds the calls of file in an expression and reads what they name.
func (l *lists) readAll(tree ast.Node) error {
	v := &fileVisitor{lists: l}
	ast.Walk(&tree, v)
	patches := &patchVisitor{lists: l}
	ast.Walk(&tree, patches)
	return errors.Join(v.err, patches.err)
}

// A fileVisitor reads the files of an expression. When it patches, it makes
// membership a look-up.
type fileVisitor struct {
	lists   *lists
	patches bool
	err     error
}

func (v *fileVisitor) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.BinaryNode:
		if call := fileCall(n.Right); call != nil && n.Operator == "in" {
			v.visitMembership(node, n.Left, call)
		}
	case *ast.CallNode:
		if call := fileCall(n); call != nil && v.err == nil {
			_, v.err = v.lists.load(call, "")
		}
	}
}

func (v *fileVisitor) visitMembership(node *ast.Node, left ast.Node, call *ast.CallNode) {
	key, err := v.lists.load(call, pathOf(left))
	if v.err == nil {
		v.err = err
	}
	if err != nil || !v.patches {
		return
	}
	if pathOf(left) == "id" {
		left = &ast.IdentifierNode{Value: idsName}
	}
	ast.Patch(node, &ast.CallNode{Callee: &ast.IdentifierNode{Value: listedFunction}, Arguments: []ast.Node{left, &ast.StringNode{Value: key}}})
}

// fileCall is a call of file, or nil.
func fileCall(node ast.Node) *ast.CallNode {
	call, ok := node.(*ast.CallNode)
	if !ok {
		return nil
	}
	if callee, ok := call.Callee.(*ast.IdentifierNode); !ok || callee.Value != fileFunction {
		return nil
	}
	return call
}

// functions let an expression use its lists.
func (l *lists) functions() []expr.Option {
	return []expr.Option{
		expr.Patch(&fileVisitor{lists: l, patches: true}),
		expr.Function(fileFunction, func(args ...any) (any, error) { return l.byKey[calledWith(args)].order, nil }, new(func(string) []string), new(func(string, string) []string)),
		expr.Function(listedFunction, func(args ...any) (any, error) { return l.byKey[args[1].(string)].holds(args[0]), nil }, new(func(any, string) bool)),
	}
}

// load reads what a call of file names, unless that was done, and gives the
// key that the list is kept under. left is the name that is looked up in it.
func (l *lists) load(call *ast.CallNode, left string) (key string, err error) {
	args := []string{"", ""}
	if n := len(call.Arguments); n == 0 || n > len(args) {
		return "", fmt.Errorf(`%s takes the name of a file, and of a column: file("ids.csv", "instance_id")`, fileFunction)
	}
	for i, arg := range call.Arguments {
		text, ok := arg.(*ast.StringNode)
		if !ok {
			return "", fmt.Errorf(`%s takes names in quotes: file("ids.txt")`, fileFunction)
		}
		args[i] = text.Value
	}
	key = listKey(args[0], args[1], left)
	if l.byKey[key] != nil {
		return key, nil
	}
	l.file(args[0])
	l.byKey[key] = &idList{}
	if l.readFile == nil {
		return key, nil
	}
	raw, err := l.readFile(args[0])
	if err == nil {
		l.byKey[key], err = readIDs(args[0], raw, args[1], left)
	}
	if err != nil {
		return "", fmt.Errorf("%s(%q): %w", fileFunction, args[0], err)
	}
	return key, nil
}

func listKey(path, column, left string) string {
	return strings.Join([]string{path, column, left}, "\x00")
}

// calledWith is the key of a list that is not looked up in, but used as one.
func calledWith(args []any) string {
	path, column := args[0].(string), ""
	if len(args) > 1 {
		column = args[1].(string)
	}
	return listKey(path, column, "")
}
