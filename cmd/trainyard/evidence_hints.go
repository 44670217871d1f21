package main

import (
	"fmt"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/mix"
)

// evidenceHints are those of the sources whose evidence does not settle every
// record.
func evidenceHints(done *yard.Prepared) (hints []string) {
	for k := range done.Manifest.Sources {
		hints = append(hints, evidenceHint(done, &done.Manifest.Sources[k])...)
	}
	return hints
}

// evidenceHint names the command that shows what evidence there is, and what the
// first record that it does not settle lacks.
func evidenceHint(done *yard.Prepared, s *mix.SourceReport) []string {
	n := s.Reasons[mix.UnknownReason]
	if n == 0 || done.Paths[s.Name] == "" {
		return nil
	}
	return []string{fmt.Sprintf("hint: %s: nothing says whether %s succeeded (%s): trainyard accept %s shows what evidence there is",
		s.Name, face.Counted(n, "record"), s.Examples[mix.UnknownReason], done.Paths[s.Name])}
}

// emptyHints are those of an empty dataset. Evidence is the way out for a source
// of which no record is accepted, and its keep for one of which it wants none.
func emptyHints(done *yard.Prepared) (hints []string) {
	for k := range done.Manifest.Sources {
		switch s := &done.Manifest.Sources[k]; {
		case s.Funnel.Accepted.Records == 0:
			hints = append(hints, evidenceHint(done, s)...)
		case s.Keep != "" && s.Funnel.Wanted.Records == 0:
			hints = append(hints, fmt.Sprintf("hint: %s: of %s, keep wants none: %s (trainyard list where has its words)",
				s.Name, face.Counted(s.Funnel.Accepted.Records, "accepted record"), s.Keep))
		}
	}
	return hints
}
