package format

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// trajectoryNames are what an expression can name besides the record's own
// members; they win over members of the same name. Their zero values tell
// the compiler their types.
var trajectoryNames = map[string]any{"n_steps": 0, "instance_id": "", "repo": "", "teacher": ""}

// A condition is a compiled where: expression.
type condition struct {
	source   string
	program  *vm.Program
	members  []string        // the record's members it names
	optional map[string]bool // those whose absence it deals with itself
}

// judgeWhere compiles an expression of expr-lang. True accepts and false
// refuses. Where the record lacks a member that the expression names, or the
// expression fails or gives something else, the outcome is unknown, unless
// the expression says what absence means: (reward ?? 0) > 0.5, or a
// comparison with nil.
func judgeWhere(source string) (*Judge, error) {
	c, err := compileWhere(source)
	if err != nil {
		return nil, fmt.Errorf("accept where: %w", err)
	}
	return &Judge{c.judge}, nil
}

func compileWhere(source string) (*condition, error) {
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, err
	}
	names := &nameVisitor{optional: map[string]bool{}}
	ast.Walk(&tree.Node, names)
	if names.call != "" {
		return nil, fmt.Errorf("unknown function %q in %q", names.call, source)
	}
	program, err := expr.Compile(source, expr.Env(trajectoryNames), expr.AllowUndefinedVariables(), expr.AsBool())
	if err != nil {
		return nil, err
	}
	return &condition{source, program, names.members(), names.optional}, nil
}

func (c *condition) judge(rec Record, t *Trajectory) (Verdict, error) {
	env := map[string]any{"n_steps": t.Steps(), "instance_id": t.InstanceID, "repo": t.Repo, "teacher": t.Teacher}
	var missing []string
	for _, name := range c.members {
		var found any
		err := descend(rec.Raw, []string{name}, func(v value) { found = v.decode() })
		if err != nil {
			return Verdict{}, fmt.Errorf("judge %s:%d: %w", rec.File, rec.Line, err)
		}
		env[name] = found
		if found == nil && !c.optional[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return Verdict{Unknown, fmt.Sprintf("%s: %s not in the record", c.source, strings.Join(missing, ", "))}, nil
	}
	return c.run(env), nil
}

func (c *condition) run(env map[string]any) Verdict {
	result, err := expr.Run(c.program, env)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return Verdict{Unknown, fmt.Sprintf("%s fails: %s", c.source, first)}
	}
	outcome := Refused
	if result == true {
		outcome = Accepted
	}
	return Verdict{outcome, fmt.Sprintf("%s is %v", c.source, result)}
}

// A nameVisitor collects the names an expression uses.
type nameVisitor struct {
	names    []string
	declared []string // by let
	optional map[string]bool
	call     string // a name called like a function
}

func (v *nameVisitor) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		v.names = append(v.names, n.Value)
	case *ast.VariableDeclaratorNode:
		v.declared = append(v.declared, n.Name)
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			v.call = callee.Value
		}
	case *ast.BinaryNode:
		v.visitBinary(n)
	}
}

// visitBinary notes the members whose absence the expression deals with.
func (v *nameVisitor) visitBinary(n *ast.BinaryNode) {
	switch n.Operator {
	case "??":
		v.excuse(n.Left)
	case "==", "!=":
		if _, ok := n.Right.(*ast.NilNode); ok {
			v.excuse(n.Left)
		}
		if _, ok := n.Left.(*ast.NilNode); ok {
			v.excuse(n.Right)
		}
	}
}

// excuse takes the name that a chain of members starts with.
func (v *nameVisitor) excuse(node ast.Node) {
	for {
		switch n := node.(type) {
		case *ast.IdentifierNode:
			v.optional[n.Value] = true
			return
		case *ast.MemberNode:
			node = n.Node
		case *ast.ChainNode:
			node = n.Node
		default:
			return
		}
	}
}

// members are the names that must come from the record.
func (v *nameVisitor) members() []string {
	slices.Sort(v.names)
	return slices.DeleteFunc(slices.Compact(v.names), func(name string) bool {
		_, ours := trajectoryNames[name]
		return ours || slices.Contains(v.declared, name)
	})
}
