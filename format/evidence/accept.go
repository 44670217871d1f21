package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/verdict"
)

// An Outcome is what a source's evidence says about one trajectory.
type Outcome int

const (
	Unknown  Outcome = iota // no evidence: never taken for success
	Accepted                // the evidence says that it succeeded
	Refused                 // the evidence says that it failed
)

func (o Outcome) String() string { return [...]string{"unknown", "accepted", "refused"}[o] }

// outcome is what a grade is worth: what could not be graded has not succeeded.
func outcome(g verdict.Grade) Outcome {
	passed, settled := g.Passed()
	switch {
	case !settled:
		return Unknown
	case passed:
		return Accepted
	}
	return Refused
}

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
