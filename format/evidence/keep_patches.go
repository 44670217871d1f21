package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"

	"trainyard/format"
	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// recallFunction is how an expression asks how much of the known solution a
// trajectory's patch holds: patch_recall("swe-bench.jsonl") >= 0.5. It is the soft
// verification of SERA (sera/datagen/data/eval, compare_patch_recall), which
// takes 1 for hard and 0.5 for soft.
const recallFunction = "patch_recall"

// recalledFunction is what a call becomes, patchName holds the trajectory's patch.
// Neither can be written in an expression.
const (
	recalledFunction = "recalled "
	patchName        = "patch "
)

// A patchVisitor reads the files of an expression's calls. When it patches, it
// hands the trajectory's patch and ids to them.
type patchVisitor struct {
	lists   *lists
	patches bool
	err     error
}

func (v *patchVisitor) Visit(node *ast.Node) {
	call, ok := (*node).(*ast.CallNode)
	if !ok {
		return
	}
	if callee, ok := call.Callee.(*ast.IdentifierNode); !ok || callee.Value != recallFunction {
		return
	}
	key, err := v.lists.loadPatches(call)
	if v.err == nil {
		v.err = err
	}
	if err == nil && v.patches {
		ast.Patch(node, &ast.CallNode{Callee: &ast.IdentifierNode{Value: recalledFunction},
			Arguments: []ast.Node{&ast.IdentifierNode{Value: patchName}, &ast.IdentifierNode{Value: idsName}, &ast.StringNode{Value: key}}})
	}
}

// recalls let an expression use its known solutions.
func (l *lists) recalls() []expr.Option {
	return []expr.Option{
		expr.Patch(&patchVisitor{lists: l, patches: true}),
		expr.Function(recallFunction, func(...any) (any, error) { return 0.0, nil }, new(func(string) float64), new(func(string, string) float64)),
		expr.Function(recalledFunction, func(args ...any) (any, error) {
			return l.recall(args[0].(string), args[1].([]string), args[2].(string))
		}, new(func(string, []string, string) float64)),
	}
}

func (l *lists) recall(patch string, ids []string, key string) (any, error) {
	if patch == "" {
		return nil, errors.New("the record holds no patch")
	}
	for _, id := range ids {
		if target, known := l.solutions[key][id]; known {
			return PatchRecall(target, patch)
		}
	}
	path, _, _ := strings.Cut(key, "\x00")
	return nil, fmt.Errorf("%s has no patch of %s", path, strings.Join(ids, ", "))
}

// PatchRecall is the part of a target's changed lines, 0 to 1, that a produced
// patch has too, counting a line as often as it stands there. Headers and blank
// lines are none. A target without changed lines is an error.
func PatchRecall(target, produced string) (float64, error) {
	wanted := changedLines(target)
	if len(wanted) == 0 {
		return 0, errors.New("the known patch changes no line")
	}
	left := map[string]int{}
	for _, line := range changedLines(produced) {
		left[line]++
	}
	found := 0
	for _, line := range wanted {
		if left[line] > 0 {
			left[line]--
			found++
		}
	}
	return float64(found) / float64(len(wanted)), nil
}

func changedLines(patch string) (lines []string) {
	for line := range strings.Lines(patch) {
		line = strings.TrimRight(line, "\r\n")
		header := strings.HasPrefix(line, "---") || strings.HasPrefix(line, "+++")
		if line != "" && (line[0] == '+' || line[0] == '-') && !header && strings.TrimSpace(line[1:]) != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// loadPatches reads what a call names, unless that was done, and gives the key
// that it is kept under.
func (l *lists) loadPatches(call *ast.CallNode) (key string, err error) {
	args := []string{"", "patch"}
	if n := len(call.Arguments); n == 0 || n > len(args) {
		return "", fmt.Errorf(`%s takes the name of a file, and of a column: patch_recall("instances.jsonl", "patch")`, recallFunction)
	}
	for i, arg := range call.Arguments {
		text, ok := arg.(*ast.StringNode)
		if !ok {
			return "", fmt.Errorf(`%s takes names in quotes: patch_recall("instances.jsonl")`, recallFunction)
		}
		args[i] = text.Value
	}
	key = strings.Join(args, "\x00")
	if l.solutions[key] != nil {
		return key, nil
	}
	l.file(args[0])
	l.solutions[key] = map[string]string{}
	if l.readFile == nil {
		return key, nil
	}
	raw, err := l.readFile(args[0])
	if err == nil {
		l.solutions[key], err = readPatches(args[0], raw, args[1])
	}
	if err != nil {
		return "", fmt.Errorf("%s(%q): %w", recallFunction, args[0], err)
	}
	return key, nil
}

// readPatches reads instances of a benchmark, as JSON lines or a JSON array of
// objects with an id and a patch.
func readPatches(path string, raw []byte, column string) (map[string]string, error) {
	byID := map[string]string{}
	add := func(v pyjson.Value) error {
		for _, name := range verdict.IDColumns {
			if id := v.Get(name).Scalar(); id != "" {
				byID[format.WithoutAttempt(id)] = v.Get(column).Text()
				return nil
			}
		}
		return fmt.Errorf("an object without %s", strings.Join(verdict.IDColumns, ", "))
	}
	var err error
	if raw = bytes.TrimPrefix(raw, []byte("\ufeff")); filepath.Ext(path) == ".json" {
		err = pyjson.WithIndex(raw, func(root pyjson.Value) error {
			for i, element := range root.Elements() {
				if err := add(element); err != nil {
					return fmt.Errorf("element %d: %w", i+1, err)
				}
			}
			return nil
		})
	} else {
		err = eachLine(raw, add)
	}
	for _, patch := range byID {
		if patch != "" {
			return byID, err
		}
	}
	if err == nil {
		err = fmt.Errorf("no instance in it has a patch in %q (JSON lines or a JSON array of objects with instance_id and patch are read)", column)
	}
	return nil, err
}
