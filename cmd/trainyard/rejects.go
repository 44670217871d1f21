package main

import (
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/format"
	"trainyard/format/dialect"
)

// A rejectLog tells records that are none, one line each with file, line and
// reason. A wrong directory holds thousands of the same kind, so that an
// explanation stands only where it differs from the reason's last one.
type rejectLog struct {
	t      *face.Terminal
	counts map[string]int64  // by reason
	last   map[string]string // the explanation told last, by reason
}

func newRejectLog(t *face.Terminal) *rejectLog {
	return &rejectLog{t, map[string]int64{}, map[string]string{}}
}

func (l *rejectLog) tell(file string, line int, err error) {
	reason, words := rejectReason(err), rejectWords(err)
	file = format.SpellPath(file)
	if l.counts[reason]++; l.last[reason] == words {
		l.t.Say("%s:%d: %s, as above", file, line, reason)
		return
	}
	l.last[reason] = words
	l.t.Say("%s:%d: %s", file, line, words)
}

// hint says what would be too long for every line.
func (l *rejectLog) hint() {
	if l.counts[format.UnknownFormat] > 0 {
		l.t.Say("hint: %s: if it is one of these, name it with --format: %s", format.UnknownFormat, strings.Join(dialect.Names(), ", "))
	}
}
