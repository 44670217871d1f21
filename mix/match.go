package mix

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"trainyard/mix/sample"
)

// A Match says how near a source that is matched to another came to it.
type Match struct {
	With string `json:"with"`
	Arm  Size   `json:"arm"` // what it was matched to
	// Differences are standardised mean differences by feature, and Groups what
	// part of the rows is in the same repositories and so on; see sample.Balance.
	Differences map[string]float64 `json:"differences"`
	Groups      map[string]float64 `json:"groups,omitempty"`
}

// tell adds to a source's line what it is matched to, and what is matched to it.
func (s *selecting) tell(line *MixLine, k int, chosen []int) {
	src := &s.p.cfg.Sources[k]
	if src.selects() {
		line.Before = int64(len(s.all[k]))
	}
	for _, step := range src.Select {
		for _, name := range step.Features() {
			if n := s.lacking(k, name); n > 0 {
				if line.Unknown == nil {
					line.Unknown = map[string]int64{}
				}
				line.Unknown[name] = n
			}
		}
	}
	if src.Reference {
		line.Reference = s.size(k, s.arm(k))
	}
	step := src.matchedTo()
	if step == nil {
		return
	}
	arm := s.p.source(step.With[0])
	rows := make([]int, len(chosen))
	for n, i := range chosen {
		rows[n] = s.rows[k][i]
	}
	b := sample.BalanceOf(s.view(arm), s.view(k), s.arm(arm), rows, step.On)
	line.Match = &Match{With: step.With[0], Arm: s.size(arm, s.arm(arm)), Differences: rounded(b.Differences), Groups: rounded(b.Groups)}
}

// lacking counts the items of a source of which a feature is not known.
func (s *selecting) lacking(k int, feature string) (n int64) {
	for _, x := range s.view(k).Columns[feature] {
		if math.IsNaN(x) {
			n++
		}
	}
	return n
}

// rounded keeps four digits: sums of numbers in another order differ behind.
func rounded(m map[string]float64) map[string]float64 {
	for name, x := range m {
		m[name] = math.Round(x*1e4) / 1e4
	}
	return m
}

func (s *selecting) size(k int, rows []int) (size Size) {
	for _, i := range rows {
		size.add(&s.p.items[s.all[k][i]])
	}
	return size
}

// Bounds of what passes for matched: standardised differences under 0.1 (Austin,
// Statistics in Medicine 2009, 28:3083), and a tenth of the rows elsewhere.
const (
	unbalanced = 0.1
	elsewhere  = 0.1
)

// matches tells how near each control came, and where it did not.
func (r *remarker) matches(cfg *Config) {
	for k := range r.m.Mix {
		line := &r.m.Mix[k]
		if line.Match == nil {
			continue
		}
		if got, want := line.Got.Records, line.Match.Arm.Records; got < want {
			r.say(Short, "%s gives %s for the %d of %s that it is matched to: it has no more", line.Source, rowCount(got), want, line.Match.With)
		}
		if off := line.Match.off(cfg.Sources[k].matchedTo().On); len(off) > 0 {
			r.say(Far, "%s is not like %s in %s (in standard deviations; a larger pool, or fewer words in on, would do)", line.Source, line.Match.With, strings.Join(off, ", "))
		}
	}
}

// off are the words of on in which a control is not like its arm.
func (m *Match) off(on []string) (words []string) {
	if len(on) == 0 {
		on = sample.DefaultOn
	}
	for _, word := range slices.Sorted(maps.Keys(m.Differences)) {
		if x := m.Differences[word]; slices.Contains(on, word) && math.Abs(x) > unbalanced {
			words = append(words, fmt.Sprintf("%s by %+.2f", word, x))
		}
	}
	for _, word := range slices.Sorted(maps.Keys(m.Groups)) {
		if x := m.Groups[word]; slices.Contains(on, word) && 1-x > elsewhere {
			words = append(words, fmt.Sprintf("%s, %s of the rows elsewhere", word, percent(1-x, 1)))
		}
	}
	return words
}
