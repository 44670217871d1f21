package protocol

import (
	"regexp"
	"strings"
)

// The rulers between which scaffolds put an in-context example: a title in
// capitals between dashes, alone on its line. OpenHands frames the example
// and the task behind it, SWE-agent the demonstration only.
var (
	exampleStart = regexp.MustCompile(`(?m)^-{3,} ?(?:START OF EXAMPLE|DEMONSTRATION) ?-{3,}[ \t\r]*$`)
	exampleEnd   = regexp.MustCompile(`(?m)^-{3,} ?END OF (?:EXAMPLE|DEMONSTRATION) ?-{3,}[ \t\r]*$`)
	taskStart    = regexp.MustCompile(`(?m)^-{3,} ?NEW TASK DESCRIPTION ?-{3,}[ \t\r]*$`)
	taskEnd      = regexp.MustCompile(`(?m)^-{3,} ?END OF NEW TASK DESCRIPTION ?-{3,}[ \t\r]*$`)
)

// WithoutExample returns the task that a text frames, or what stands behind
// the example where no ruler frames the task.
func WithoutExample(text string) (string, bool) {
	if !strings.Contains(text, " END OF ") {
		return text, false
	}
	start := exampleStart.FindStringIndex(text)
	if start == nil {
		return text, false
	}
	end := exampleEnd.FindStringIndex(text[start[1]:])
	if end == nil {
		return text, false
	}
	rest := text[start[1]+end[1]:]
	open := taskStart.FindStringIndex(rest)
	if open == nil {
		return strings.TrimSpace(rest), true
	}
	rest = rest[open[1]:]
	if tail := lastMatch(taskEnd, rest); tail != nil {
		rest = rest[:tail[0]]
	}
	// The rulers stand on lines of their own; more white space is the task's.
	return strings.TrimSuffix(strings.TrimPrefix(rest, "\n"), "\n"), true
}

func lastMatch(pattern *regexp.Regexp, text string) []int {
	all := pattern.FindAllStringIndex(text, -1)
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}
