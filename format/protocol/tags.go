package protocol

import (
	"regexp"
	"strings"
)

// IsUnclosed says that a text opens one function tag and does not close it.
func IsUnclosed(text string) bool {
	return strings.Count(text, FunctionOpen) == 1 && !strings.Contains(text, FunctionClose)
}

// Where OpenHands' text protocol names tools outside of calls.
var (
	ResultHeader  = regexp.MustCompile(`\AEXECUTION RESULT of \[([^\]\n]+)\]:`)
	FunctionTitle = regexp.MustCompile(`(?m)^---- BEGIN FUNCTION #\d+: (.+) ----$`)
)
