package mix

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"trainyard/mix/sample"
)

// A MixLine is one source's part of the mix: what was asked of it, what it
// had and what was got, on the train side.
type MixLine struct {
	Source string  `json:"source"`
	Share  float64 `json:"share,omitempty"`
	Amount string  `json:"amount,omitempty"` // what the source says of itself in place of a share, such as "take 500"
	Asked  int64   `json:"asked"`            // in the mix's unit
	// Target is what was to be taken once a source was found to be short.
	Target int64 `json:"target"`
	Had    Size  `json:"had"` // once each, of what could be taken
	Got    Size  `json:"got"` // with what is repeated
	// Repeats are the rows of Got that are there for another time.
	Repeats Size `json:"repeats,omitzero"`
	// Reference is what others were matched to; none of it is in the mix.
	Reference Size   `json:"reference,omitzero"`
	Match     *Match `json:"match,omitempty"` // of a source that is matched to another
	// Unknown counts, of what could be selected from, the records of which a
	// feature that a selection goes by is not known.
	Unknown map[string]int64 `json:"unknown,omitempty"`
	// Before are the records that it was selected from.
	Before int64 `json:"before_selection,omitempty"`
	// Shortest is the length of the shortest trajectory it had, in the mix's unit.
	Shortest int64 `json:"shortest,omitempty"`
	// Validation is the source's part of the other side.
	Validation Size `json:"validation"`
}

// Whole is the mix of all sources.
func (m *Manifest) Whole() (whole MixLine) {
	for _, line := range m.Mix {
		whole.Asked += line.Asked
		whole.Target += line.Target
		whole.Had.sum(line.Had)
		whole.Got.sum(line.Got)
		whole.Repeats.sum(line.Repeats)
		whole.Validation.sum(line.Validation)
	}
	return whole
}

// said is the amount that a source says of itself.
func (p *planner) said(k int) string {
	switch a := p.cfg.Sources[k].Amount; a.By {
	case "":
		return ""
	case sample.ByRest:
		return string(a.By)
	default:
		return string(a.By) + " " + strconv.FormatFloat(a.N, 'f', -1, 64)
	}
}

// tellShort says of sources that may not be short by how much they are, and what
// would do.
func (p *planner) tellShort(err error, members [][]int32) error {
	var short *sample.ShortError
	if !errors.As(err, &short) {
		return fmt.Errorf("mix: %w", err)
	}
	asked := int64(0)
	var lines []string
	for _, l := range short.Lacks {
		asked = l.Asked
		s := &p.cfg.Sources[l.Pool]
		lines = append(lines, fmt.Sprintf("mix.short=fail: %s has %s of the %s %s asked: %s are missing (%s would do)", s.Name,
			humanize.Comma(l.Limit), humanize.Comma(asked), p.cfg.Unit.words(), humanize.Comma(asked-l.Limit), p.cfg.wayOut(s, asked, l.Limit)))
	}
	return errors.New(strings.Join(lines, "\n"))
}

// wayOut names the keys that would end a source's shortage.
func (c *Config) wayOut(s *Source, asked, had int64) string {
	out := []string{"mix.short=fill or shrink"}
	switch {
	case s.Amount.By == sample.ByTake:
		out = append([]string{fmt.Sprintf("sources.%s.take=%d", s.Name, had)}, out...)
	case s.Amount.By == "" && c.Budget > 0:
		fit := int64(float64(c.Budget) * float64(had) / float64(asked))
		out = append([]string{fmt.Sprintf("mix.budget=%d", fit)}, out...)
	}
	if had > 0 && c.Amounts.Short != sample.Repeat {
		times := int(math.Ceil(float64(asked) / float64(had)))
		again := "mix.short=repeat"
		if times > cmp.Or(c.Amounts.Repeat, sample.DefaultRepeat) {
			again += fmt.Sprintf(" with mix.repeat.max=%d", times)
		}
		out = append(out, again)
	}
	return strings.Join(out, ", or ")
}
