package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// An Outcome is what a source's evidence says about one trajectory.
type Outcome int

const (
	Unknown  Outcome = iota // no evidence: never taken for success
	Accepted                // the evidence says that it succeeded
	Refused                 // the evidence says that it failed
)

func (o Outcome) String() string { return [...]string{"unknown", "accepted", "refused"}[o] }

// A Verdict is an outcome and the evidence for it, in words for people.
type Verdict struct {
	Outcome  Outcome
	Evidence string
}

// Accept says where a source's evidence of success lies. At most one of its
// fields is set; the zero value means that there is none.
type Accept struct {
	Field  string // a dotted path into the record, such as resolved or report.resolved
	Where  string // an expression over the record's members
	Report string // a report file, or a directory of them
	Any    bool   // take everything: the user vouches for the source
}

// A Judge applies one Accept. It is safe for concurrent use.
type Judge struct {
	judge func(format.Record, *format.Trajectory) (Verdict, error)
	files []format.File
}

// Files lists the reports that the judge has read, in reading order.
func (j *Judge) Files() []format.File { return j.files }

// NewJudge compiles the expression and reads the reports.
func NewJudge(a Accept) (*Judge, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	switch {
	case a.Any:
		return constant(Accepted, "accept: any"), nil
	case a.Field != "":
		return judgeField(a.Field), nil
	case a.Where != "":
		return judgeWhere(a.Where)
	case a.Report != "":
		return judgeReport(a.Report)
	}
	return constant(Unknown, "the source names no evidence (accept: field, where, report or any)"), nil
}

func (a Accept) check() error {
	kinds := 0
	for _, given := range []bool{a.Field != "", a.Where != "", a.Report != "", a.Any} {
		if given {
			kinds++
		}
	}
	if kinds > 1 {
		return errors.New("accept names several kinds of evidence: choose one of field, where, report, any")
	}
	if a.Field != "" && slices.Contains(strings.Split(a.Field, "."), "") {
		return fmt.Errorf("accept field %q: a dotted path has no empty part", a.Field)
	}
	return nil
}

// statusIsNoEvidence says why a run that ended well is not a success: of 500
// runs that all ended as Submitted, 371 had solved their task.
const statusIsNoEvidence = "how a run ended does not say that it succeeded; name a verdict beside it (resolved, reward, a report)"

func endsOnStatus(path string) bool {
	key := path[strings.LastIndexByte(path, '.')+1:]
	return key == "exit_status" || key == "exit_reason"
}

func constant(o Outcome, evidence string) *Judge {
	return &Judge{judge: func(format.Record, *format.Trajectory) (Verdict, error) { return Verdict{o, evidence}, nil }}
}

// Judge says what the evidence is worth for one record and the trajectory
// parsed from it. Missing evidence is Unknown, not an error.
func (j *Judge) Judge(rec format.Record, t *format.Trajectory) (Verdict, error) {
	if rec.Err != nil || t == nil {
		return Verdict{}, errors.New("judge: the record was not parsed")
	}
	return j.judge(rec, t)
}

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
		v = Verdict{outcomeOf(at), fmt.Sprintf("%s is %s", path, pyjson.Clip(string(at.Raw())))}
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
	return slices.ContainsFunc(verdictFields, func(field string) bool { return field[strings.LastIndexByte(field, '.')+1:] == last })
}

// nearest is the name with the fewest letters to change, the first of equals.
func nearest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int {
		return format.EditDistance(name, a) - format.EditDistance(name, b)
	})
}

func outcomeOf(v pyjson.Value) Outcome {
	if f, ok := v.Float(); ok {
		switch f {
		case 0:
			return Refused
		case 1:
			return Accepted
		}
		return Unknown
	}
	switch strings.ToLower(v.Scalar()) {
	case "true", "resolved":
		return Accepted
	case "false", "unresolved":
		return Refused
	}
	return Unknown
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
