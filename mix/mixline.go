package mix

import (
	"errors"
	"fmt"
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
// would do; and of amounts by number that are over the budget, which they are.
func (p *planner) tellShort(err error, members [][]int32) error {
	if over, ok := errors.AsType[*sample.OverError](err); ok {
		return p.tellOver(over, members)
	}
	short, ok := errors.AsType[*sample.ShortError](err)
	if !ok {
		return fmt.Errorf("mix: %w", err)
	}
	now := p.cfg.tryout(p.sizes(members))
	before, err := now.divide()
	if err != nil {
		return fmt.Errorf("mix: %w", err)
	}
	var lines []string
	for _, l := range short.Lacks {
		lines = append(lines, fmt.Sprintf("mix.short=fail: %s %s asked: %s are missing%s", p.cfg.Sources[l.Pool].Name,
			p.cfg.given(now, before, l.Pool), humanize.Comma(l.Asked-l.Limit), p.cfg.waysOut(now, before, l.Pool)))
	}
	return errors.New(strings.Join(lines, "\n"))
}

// sizes are what the members of each source come to, in the mix's unit.
func (p *planner) sizes(members [][]int32) []int64 {
	had := make([]int64, len(members))
	for k, list := range members {
		for _, i := range list {
			had[k] += p.items[i].size(p.cfg.Unit)
		}
	}
	return had
}

// tellOver names what is asked by number, and the budget it is over.
func (p *planner) tellOver(over *sample.OverError, members [][]int32) error {
	had := p.sizes(members)
	var asked []string
	for k := range p.cfg.Sources {
		s := &p.cfg.Sources[k]
		switch {
		case s.Amount.By == sample.ByTake:
			asked = append(asked, fmt.Sprintf("sources.%s.take=%v", s.Name, int64(s.Amount.N)))
		case s.Amount.By == sample.ByEpochs && s.Amount.N > 0:
			asked = append(asked, fmt.Sprintf("sources.%s.epochs=%v, which is %s", s.Name, s.Amount.N, humanize.Comma(s.Amount.Of(had[k]))))
		}
	}
	budget := p.cfg.Unit.amount(over.Budget)
	if percent := p.cfg.Amounts.Percent; percent > 0 {
		budget += fmt.Sprintf(", %v%% of what there is", percent)
	}
	return fmt.Errorf("mix.budget is %s, and more is asked by number: %s (they need mix.budget=%d or more)", budget, strings.Join(asked, "; "), over.Fixed)
}

// given says what a source has, of what.
func (c *Config) given(now tryout, d sample.Division, k int) string {
	s, had, limit := &c.Sources[k], now.pools[k].Had(), d.Limit[k]
	of := "of the " + c.Unit.amount(d.Asked[k])
	switch {
	case limit > 0 && limit == s.Most:
		return fmt.Sprintf("may give %s (sources.%s.most) %s", humanize.Comma(limit), s.Name, of)
	case limit > had:
		return fmt.Sprintf("has %s, and %s with repeats, %s", humanize.Comma(had), humanize.Comma(limit), of)
	}
	return fmt.Sprintf("has %s %s", humanize.Comma(limit), of)
}
