package evidence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/pyjson"
)

// judgeWhere compiles an expression of expr-lang. True accepts and false
// refuses. Where the record lacks something that the expression names, or
// the expression fails or gives something else, the outcome is unknown,
// unless the expression says what absence means: (reward ?? 0) > 0.5, or a
// comparison with nil.
func judgeWhere(source string) (*Judge, error) {
	e, err := compile(source, grammar{names: whereNames})
	if err == nil {
		err = e.names.refuseStatus(source)
	}
	if err != nil {
		return nil, fmt.Errorf("accept where: %w", err)
	}
	return &Judge{judge: func(rec format.Record, t *format.Trajectory) (Verdict, error) {
		return e.evaluate(rec, t, whereValues(e, rec, t))
	}}, nil
}

// refuseStatus refuses an expression about nothing but how the run ended.
func (v *nameVisitor) refuseStatus(source string) error {
	if len(v.paths) > 0 && !slices.ContainsFunc(v.paths, func(path string) bool { return !v.leadsToStatus(path) }) {
		return fmt.Errorf("%q: %s", source, statusIsNoEvidence)
	}
	return nil
}

// whereValues are the values of whereNames for one record. Those that take
// time are computed only where the expression names them.
func whereValues(e *expression, rec format.Record, t *format.Trajectory) map[string]any {
	env := map[string]any{"n_steps": t.Steps(), "instance_id": t.InstanceID, "repo": t.Repo, "teacher": t.Teacher}
	if e.names.has("flags") {
		env["flags"] = RecordFlags(rec, t, nil)
	}
	if e.names.has("features") {
		env["features"] = behaviour.Measure(t)
	}
	return env
}

// evaluate runs the expression on a record, for which env holds the values of
// our names. It adds those of the record's members.
func (e *expression) evaluate(rec format.Record, t *format.Trajectory, env map[string]any) (Verdict, error) {
	for _, name := range e.members {
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
	for _, path := range e.needed {
		why := e.lacks(env, path)
		if why == path+notInRecord && isVerdictKey(path) {
			why += otherFields(path, rec, t)
		}
		if why != "" {
			lacking = append(lacking, why)
		}
	}
	if len(lacking) > 0 {
		return Verdict{Unknown, e.source + ": " + strings.Join(lacking, ", ")}, nil
	}
	return e.run(env), nil
}

const notInRecord = " not in the record"

// lacks says why a dotted path ends on nothing; "" where it does not.
func (e *expression) lacks(env map[string]any, path string) string {
	var at any = env
	for _, key := range strings.Split(path, ".") {
		object, _ := at.(map[string]any)
		next, there := object[key]
		if !there {
			return path + notInRecord + e.misspelt(path)
		}
		at = next
	}
	if at == nil {
		return path + " is null"
	}
	return ""
}

func (e *expression) run(env map[string]any) Verdict {
	result, err := expr.Run(e.program, env)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return Verdict{Unknown, fmt.Sprintf("%s fails: %s", e.source, inWords(first))}
	}
	evidence := e.source + " is " + pyjson.InJSON(result)
	switch result {
	case true:
		return Verdict{Accepted, evidence}
	case false:
		return Verdict{Refused, evidence + e.because(env)}
	}
	return Verdict{Unknown, evidence + ", which is neither true nor false"}
}

// because tells the plain values that made an expression false.
func (e *expression) because(env map[string]any) string {
	var values []string
	for _, path := range e.names.paths {
		switch value := at(env, path).(type) {
		case string, int, float64, bool, []string:
			if said := path + " is " + pyjson.InJSON(value); said != e.source+" is false" && !slices.Contains(values, said) {
				values = append(values, said)
			}
		}
	}
	if len(values) == 0 {
		return ""
	}
	return " (" + strings.Join(values, ", ") + ")"
}

// at is the value at a dotted path, or nil.
func at(env map[string]any, path string) (value any) {
	value = env
	for key := range strings.SplitSeq(path, ".") {
		object, _ := value.(map[string]any)
		value = object[key]
	}
	return value
}
