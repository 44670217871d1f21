package verdict

import (
	"strings"

	"trainyard/format/pyjson"
)

// A Grade is how an evaluation judged one instance.
type Grade int

const (
	None       Grade = iota // nothing is said
	Resolved                // solved
	Unresolved              // graded, and not solved
	Error                   // could not be graded, or what was handed in could not be used
	Empty                   // nothing was handed in: an empty patch
	Missing                 // not attempted, or not graded yet
)

func (g Grade) String() string {
	return [...]string{"", "resolved", "unresolved", "error", "empty", "missing"}[g]
}

// Passed tells whether a grade is success or failure; settled is false for None and
// Missing.
func (g Grade) Passed() (passed, settled bool) {
	return g == Resolved, g != None && g != Missing
}

// words are how reports that people make spell verdicts.
var words = map[string]Grade{
	"true": Resolved, "1": Resolved, "1.0": Resolved, "yes": Resolved, "resolved": Resolved, "pass": Resolved, "passed": Resolved, "resolved_full": Resolved,
	"success": Resolved, "successful": Resolved, "accepted": Resolved, "correct": Resolved,
	"false": Unresolved, "0": Unresolved, "0.0": Unresolved, "no": Unresolved, "unresolved": Unresolved, "fail": Unresolved, "failed": Unresolved,
	"failure": Unresolved, "error": Error, "refused": Unresolved, "rejected": Unresolved, "incorrect": Unresolved, "resolved_no": Unresolved, "resolved_partial": Unresolved,
}

// OfWord reads a word, in letters of any size.
func OfWord(word string) Grade { return words[strings.ToLower(word)] }

// OfValue reads true, 1, "true" and "resolved" as success, and their opposites as
// failure; nothing else is a verdict, 0.5 not either.
func OfValue(v pyjson.Value) Grade {
	if f, ok := v.Float(); ok {
		switch f {
		case 0:
			return Unresolved
		case 1:
			return Resolved
		}
		return None
	}
	switch strings.ToLower(v.Scalar()) {
	case "true", "resolved":
		return Resolved
	case "false", "unresolved":
		return Unresolved
	}
	return None
}

// OfReport is OfValue, and reads the words of reports.
func OfReport(v pyjson.Value) Grade {
	if g := OfValue(v); g != None {
		return g
	}
	return OfWord(v.Text())
}
