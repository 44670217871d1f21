package evidence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/pyjson"
)

// trajectoryNames are what an expression can name besides the record's own
// members; they win over members of the same name. Their zero values tell
// the compiler their types.
var trajectoryNames = map[string]any{
	"n_steps": 0, "instance_id": "", "repo": "", "teacher": "",
	"flags": []string{}, "features": behaviour.Features{},
}

// A condition is a compiled where: expression.
type condition struct {
	source  string
	program *vm.Program
	members []string // the record's members it names
	costly  []string // names of trajectoryNames that take time to compute
	needed  []string // the dotted paths that must lead somewhere
}

// judgeWhere compiles an expression of expr-lang. True accepts and false
// refuses. Where the record lacks something that the expression names, or
// the expression fails or gives something else, the outcome is unknown,
// unless the expression says what absence means: (reward ?? 0) > 0.5, or a
// comparison with nil.
func judgeWhere(source string) (*Judge, error) {
	c, err := compileWhere(source)
	if err != nil {
		return nil, fmt.Errorf("accept where: %w", err)
	}
	return &Judge{judge: c.judge}, nil
}

func compileWhere(source string) (*condition, error) {
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, err
	}
	names := &nameVisitor{excused: map[string]bool{}}
	ast.Walk(&tree.Node, names)
	if names.call != "" {
		return nil, fmt.Errorf("unknown function %q in %q", names.call, source)
	}
	if len(names.paths) > 0 && !slices.ContainsFunc(names.paths, func(path string) bool { return !names.leadsToStatus(path) }) {
		return nil, fmt.Errorf("%q: %s", source, statusIsNoEvidence)
	}
	if err := checkWords(tree.Node, names.paths); err != nil {
		return nil, err
	}
	options := []expr.Option{expr.Env(trajectoryNames), expr.AllowUndefinedVariables()}
	if _, err := expr.Compile(source, append(options, expr.AsBool())...); err != nil {
		return nil, err
	}
	// AsBool also turns nil into false, which no evidence must not become, so
	// what runs is compiled without it.
	program, err := expr.Compile(source, options...)
	if err != nil {
		return nil, err
	}
	return &condition{source, program, names.members(), names.costly(), names.needed()}, nil
}

func (c *condition) judge(rec format.Record, t *format.Trajectory) (Verdict, error) {
	env := map[string]any{"n_steps": t.Steps(), "instance_id": t.InstanceID, "repo": t.Repo, "teacher": t.Teacher}
	for _, name := range c.costly {
		switch name {
		case "flags":
			env[name] = RecordFlags(rec, t, nil)
		case "features":
			env[name] = behaviour.Measure(t)
		}
	}
	for _, name := range c.members {
		raw := member(t, rec, name)
		if raw != nil {
			env[name] = nil
		}
		err := descend(raw, nil, func(v pyjson.Value) { env[name] = v.Decode() })
		if err != nil {
			return Verdict{}, fmt.Errorf("judge %s:%d: %w", rec.File, rec.Line, err)
		}
	}
	var lacking []string
	for _, path := range c.needed {
		if why := lacks(env, path); why != "" {
			lacking = append(lacking, why)
		}
	}
	if len(lacking) > 0 {
		return Verdict{Unknown, c.source + ": " + strings.Join(lacking, ", ")}, nil
	}
	return c.run(env), nil
}

// lacks says why a dotted path ends on nothing; "" where it does not.
func lacks(env map[string]any, path string) string {
	var at any = env
	for _, key := range strings.Split(path, ".") {
		object, _ := at.(map[string]any)
		next, there := object[key]
		if !there {
			return path + " not in the record" + misspelt(path)
		}
		at = next
	}
	if at == nil {
		return path + " is null"
	}
	return ""
}

func (c *condition) run(env map[string]any) Verdict {
	result, err := expr.Run(c.program, env)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return Verdict{Unknown, fmt.Sprintf("%s fails: %s", c.source, inWords(first))}
	}
	evidence := c.source + " is " + pyjson.InJSON(result)
	switch result {
	case true:
		return Verdict{Accepted, evidence}
	case false:
		return Verdict{Refused, evidence}
	}
	return Verdict{Unknown, evidence + ", which is neither true nor false"}
}

// A nameVisitor collects what an expression names.
type nameVisitor struct {
	paths    []string // dotted, every name and every chain of members
	declared []string // by let
	excused  map[string]bool
	call     string // a name called like a function
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
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			v.call = callee.Value
		}
	case *ast.BinaryNode:
		v.visitBinary(n)
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

// costly are the names whose values are computed only where they are used.
func (v *nameVisitor) costly() []string {
	var names []string
	for _, name := range []string{"flags", "features"} {
		if slices.ContainsFunc(v.paths, func(p string) bool { return p == name || strings.HasPrefix(p, name+".") }) {
			names = append(names, name)
		}
	}
	return names
}

// members are the names that must come from the record.
func (v *nameVisitor) members() []string {
	var names []string
	for _, path := range v.paths {
		name, _, _ := strings.Cut(path, ".")
		if _, ours := trajectoryNames[name]; !ours && !slices.Contains(v.declared, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// needed are the longest paths into the record that nothing excuses.
func (v *nameVisitor) needed() []string {
	members := v.members()
	paths := slices.DeleteFunc(slices.Clone(v.paths), func(path string) bool {
		name, _, _ := strings.Cut(path, ".")
		longer := slices.ContainsFunc(v.paths, func(p string) bool { return strings.HasPrefix(p, path+".") })
		return longer || v.excused[path] || !slices.Contains(members, name)
	})
	slices.Sort(paths)
	return slices.Compact(paths)
}
