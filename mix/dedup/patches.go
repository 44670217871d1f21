package dedup

import (
	"iter"
	"strings"

	"github.com/zeebo/xxh3"
)

// Patches are the lines that solutions add, by solution, which are known by
// numbers from 0. White space does not count.
type Patches struct {
	byLine map[uint64][]int32 // the solutions with a line
	lines  []int32            // solution -> how many lines of it are looked for
}

// NewPatches makes an index without a solution.
func NewPatches() *Patches { return &Patches{byLine: map[uint64][]int32{}} }

// Add takes the lines that a unified diff adds, each once. Solutions are added
// in the order of their numbers.
func (p *Patches) Add(diff string) {
	solution := int32(len(p.lines))
	p.lines = append(p.lines, 0)
	for line := range AddedLines(diff) {
		if h, telling := lineHash(line); telling {
			p.add(solution, h)
		}
	}
}

// add takes one line. That of many solutions is none's, and counts for none.
func (p *Patches) add(solution int32, h uint64) {
	list := p.byLine[h]
	if len(list) > 0 && list[len(list)-1] == solution {
		return
	}
	list = append(list, solution)
	p.byLine[h] = list
	switch {
	case len(list) < shared:
		p.lines[solution]++
	case len(list) == shared:
		for _, other := range list[:shared-1] {
			p.lines[other]--
		}
	}
}

// Lines is how many lines of a solution say enough to be looked for.
func (p *Patches) Lines(solution int32) int { return int(p.lines[solution]) }

// AddedLines are those of a unified diff behind a plus.
func AddedLines(diff string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(diff) {
			if added, ok := strings.CutPrefix(line, "+"); ok && !strings.HasPrefix(line, "+++ ") && !yield(added) {
				return
			}
		}
	}
}

// minBytes and minWords are what a line needs to be told from any other:
// return None and else: are in every file.
const (
	minBytes = 16 // without white space
	minWords = 3
)

// common are the beginnings of lines that say nothing of a solution.
var common = []string{"import ", "from ", "#include", "using ", "use ", "package ", "require"}

// lineHash is what a line is known by, and whether it says enough.
func lineHash(line string) (hash uint64, telling bool) {
	line = strings.TrimSpace(line)
	for _, start := range common {
		if strings.HasPrefix(line, start) {
			return 0, false
		}
	}
	var buf [256]byte
	bare := buf[:0]
	for i := range len(line) {
		if c := line[i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			bare = append(bare, c)
		}
	}
	if len(bare) < minBytes {
		return 0, false
	}
	n := 0
	for words := (wordReader{text: line}); n < minWords && words.next(); n++ {
	}
	return xxh3.Hash(bare), n == minWords
}

// A Match is how many of the lines that a solution adds a text has.
type Match struct {
	Solution   int32
	Found, All int
	First      string // of the lines that were found, as the text has it
}

// matches collects the lines of one text.
type matches struct {
	p     *Patches
	seen  map[uint64]bool
	found map[int32]*Match
}

// Find returns the solution of which a text, given in pieces, has most, counted
// in parts of the solution; Found is 0 where it has none. likely says which
// solutions count although they have no more than two lines to look for: only
// where they are in the text's own repository do so few prove anything. Of the
// others a text must have three lines and half of all.
func (p *Patches) Find(text []string, likely func(solution int32) bool) (best Match) {
	m := matches{p, map[uint64]bool{}, map[int32]*Match{}}
	for _, piece := range text {
		for line := range strings.Lines(piece) {
			m.look(line)
			if added, ok := strings.CutPrefix(line, "+"); ok { // a diff that the agent wrote
				m.look(added)
			}
		}
	}
	for _, found := range m.found {
		few := found.All < 3 && found.Found == found.All && likely(found.Solution)
		if (few || found.Found >= 3 && 2*found.Found >= found.All) && found.better(&best) {
			best = *found
		}
	}
	return best
}

func (m *matches) look(line string) {
	h, telling := lineHash(line)
	if !telling || m.seen[h] {
		return
	}
	list := m.p.byLine[h]
	if len(list) == 0 || len(list) >= shared {
		return
	}
	m.seen[h] = true
	for _, s := range list {
		if m.found[s] == nil {
			m.found[s] = &Match{Solution: s, All: int(m.p.lines[s]), First: strings.TrimSpace(line)}
		}
		m.found[s].Found++
	}
}

// better compares by the part of the solution, then by lines, then by number.
func (m *Match) better(than *Match) bool {
	a, b := m.Found*max(than.All, 1), than.Found*m.All
	switch {
	case a != b:
		return a > b
	case m.Found != than.Found:
		return m.Found > than.Found
	}
	return m.Solution < than.Solution
}
