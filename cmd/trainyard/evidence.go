package main

import (
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"trainyard/format/evidence"
	"trainyard/format/regular"
)

// evidenceFlags let a command line say what a recipe's accept: says. prefix
// stands before each name, for commands that are about more than evidence.
func evidenceFlags(cmd *cobra.Command, prefix string) *evidence.Accept {
	a := &evidence.Accept{}
	f := cmd.Flags()
	f.StringVar(&a.Field, prefix+"field", "", "evidence: a member of the record, such as report.resolved")
	f.StringVar(&a.Where, prefix+"where", "", `evidence: an expression, such as 'reward > 0.5 && not ("loop" in flags)'`)
	f.StringVar(&a.Report, prefix+"report", "", "evidence: a report file, or a directory of them")
	f.BoolVar(&a.Any, prefix+"any", false, "take every record: you vouch for it")
	return a
}

// newJudge is format.NewJudge for a command line, on which an expression that
// does not compile is wrong usage; a report that cannot be read is not.
func newJudge(a evidence.Accept) (*evidence.Judge, error) {
	judge, err := evidence.NewJudge(a)
	if err != nil && a != (evidence.Accept{Report: a.Report}) {
		err = usageError{err}
	}
	return judge, err
}

// keepFlag lets a command line say what a recipe's keep: says.
func keepFlag(cmd *cobra.Command, keep *string) {
	cmd.Flags().StringVar(keep, "keep", "", `filter: an expression, such as 'n_tokens < 20000 && id in file("ids.txt")' (trainyard list where)`)
}

// newFilter is evidence.NewFilter for a command line; no expression keeps all.
// A file that cannot be read is no wrong usage.
func newFilter(keep string) (*evidence.Filter, error) {
	if keep == "" {
		return nil, nil
	}
	filter, err := evidence.NewFilter(keep, regular.ReadFile)
	if _, isFile := errors.AsType[*fs.PathError](err); err != nil && !isFile {
		err = usageError{err}
	}
	return filter, err
}

// evidenceWords writes an Accept as the flags of trainyard accept.
func evidenceWords(a evidence.Accept) string {
	switch {
	case a.Field != "":
		return "--field " + a.Field
	case a.Where != "":
		return "--where '" + a.Where + "'"
	case a.Report != "":
		return "--report " + a.Report
	case a.Any:
		return "--any"
	}
	return "none"
}

// outcomes counts records by what the evidence says of them.
type outcomes struct {
	Accepted int `json:"accepted"`
	Refused  int `json:"refused"`
	Unknown  int `json:"unknown"`
}

func (o *outcomes) add(outcome evidence.Outcome) {
	switch outcome {
	case evidence.Accepted:
		o.Accepted++
	case evidence.Refused:
		o.Refused++
	default:
		o.Unknown++
	}
}
