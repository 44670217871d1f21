package evidence

import (
	"fmt"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// judgeField reads one member. Success is true, 1, "true" and "resolved";
// failure false, 0, "false" and "unresolved", in any case. Everything else
// is unknown: a reward of 0.5 needs where:.
func judgeField(path string) *Judge {
	return &Judge{judge: func(rec format.Record, t *format.Trajectory) (Verdict, error) {
		v, present := verdictAt(path, rec, t)
		if !present && v.Evidence == "" {
			v.Evidence = fmt.Sprintf("%s is not in the record%s", path, otherFields(path, rec, t))
		}
		return v, nil
	}}
}

// verdictAt reads the verdict at a dotted path. Where the path cannot be
// followed, the evidence says why.
func verdictAt(path string, rec format.Record, t *format.Trajectory) (v Verdict, present bool) {
	keys := strings.Split(path, ".")
	err := descend(member(t, rec, keys[0]), keys[1:], func(at pyjson.Value) {
		present = true
		v = Verdict{outcome(verdict.OfValue(at)), fmt.Sprintf("%s is %s", path, pyjson.Clip(string(at.Raw())))}
		if v.Outcome == Unknown {
			v.Evidence += ", which is neither yes nor no"
		}
	})
	if err != nil {
		v.Evidence = fmt.Sprintf("%s cannot be reached: %v", path, err)
	}
	return v, present
}

// otherFields offers what the record has in place of a field that it has not:
// its own verdicts, or else a member of much the same name.
func otherFields(path string, rec format.Record, t *format.Trajectory) string {
	var verdicts, names []string
	for _, c := range Clues(rec, t) {
		verdicts = append(verdicts, c.Accept.Field)
	}
	if len(verdicts) > 0 {
		return fmt.Sprintf(", did you mean %q?", nearest(path, verdicts))
	}
	for _, p := range t.Places {
		names = append(names, pyjson.Unescape(rec.Raw[p.Name[0]:p.Name[1]]))
	}
	return format.DidYouMean(path, names)
}

// isVerdictKey says that a path ends as those of verdicts do, so that a record
// without it may have another.
func isVerdictKey(path string) bool {
	last := path[strings.LastIndexByte(path, '.')+1:]
	return slices.ContainsFunc(verdict.Fields, func(field string) bool { return field[strings.LastIndexByte(field, '.')+1:] == last })
}

// nearest is the name with the fewest letters to change, the first of equals.
func nearest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int {
		return format.EditDistance(name, a) - format.EditDistance(name, b)
	})
}

// descend follows keys from a member of a record and hands over what lies
// there, if anything does. A string on the way that holds JSON is entered:
// Parquet files keep whole objects in string columns.
func descend(member []byte, keys []string, use func(pyjson.Value)) error {
	if member == nil {
		return nil
	}
	return pyjson.WithIndex(member, func(v pyjson.Value) error { return follow(v, keys, use) })
}

func follow(v pyjson.Value, keys []string, use func(pyjson.Value)) error {
	switch {
	case len(keys) == 0:
		if v.Present() {
			use(v)
		}
		return nil
	case v.Kind() == pyjson.KindText:
		return pyjson.WithIndex([]byte(v.Text()), func(v pyjson.Value) error { return follow(v, keys, use) })
	}
	return follow(v.Get(keys[0]), keys[1:], use)
}
