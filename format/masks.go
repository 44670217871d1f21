package format

import (
	"cmp"
	"slices"
	"strings"
)

// A Span is a run of bytes of a text, half-open: [Start, End).
type Span struct{ Start, End int }

// Spans are runs of one text, in order, none empty, none touching another.
type Spans []Span

// MergeSpans brings runs in any order, empty and overlapping ones among them,
// into the form of Spans; no run at all is nil.
func MergeSpans(list []Span) (merged Spans) {
	sorted := slices.SortedFunc(slices.Values(list), func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	for _, s := range sorted {
		last := len(merged) - 1
		switch {
		case s.Start >= s.End:
		case last >= 0 && s.Start <= merged[last].End:
			merged[last].End = max(merged[last].End, s.End)
		default:
			merged = append(merged, s)
		}
	}
	return merged
}

// Shift moves all spans by so many bytes, into a copy.
func (m Spans) Shift(by int) Spans {
	moved := slices.Clone(m)
	for i := range moved {
		moved[i].Start, moved[i].End = moved[i].Start+by, moved[i].End+by
	}
	return moved
}

// Carry finds the spans of a text in what it became. What both begin and end
// with keeps its spans; of what lies between, which may have changed in any way,
// all is in a span if any of it was.
func (m Spans) Carry(was, text string) Spans {
	if len(m) == 0 || was == text {
		return m
	}
	head := commonPrefix(was, text)
	tail := commonSuffix(was[head:], text[head:])
	end, moved := len(was)-tail, len(text)-len(was)
	var carried []Span
	for _, s := range m {
		carried = append(carried, Span{s.Start, min(s.End, head)}, Span{max(s.Start, end) + moved, s.End + moved})
		if s.Start < end && s.End > head || head == end && s.Start < head && s.End > head {
			carried = append(carried, Span{head, len(text) - tail})
		}
	}
	return MergeSpans(carried)
}

// CarryBy is Carry for a text that edit made: exact where editing the text piece
// by piece, cut at the borders of the spans, gives the same.
func (m Spans) CarryBy(was, text string, edit func(string) string) Spans {
	if len(m) == 0 || was == text {
		return m
	}
	var moved []Span
	var pieces strings.Builder
	from := 0
	for _, s := range m {
		pieces.WriteString(edit(was[from:s.Start]))
		start := pieces.Len()
		pieces.WriteString(edit(was[s.Start:s.End]))
		moved, from = append(moved, Span{start, pieces.Len()}), s.End
	}
	pieces.WriteString(edit(was[from:]))
	if pieces.String() != text {
		return m.Carry(was, text)
	}
	return MergeSpans(moved)
}

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func commonSuffix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[len(a)-1-i] != b[len(b)-1-i] {
			return i
		}
	}
	return n
}

// JoinLoss says what stays outside the loss of a text that joins those of
// several turns: what did before. starts are where each begins in the text, with
// what stands between two belonging to the first.
func JoinLoss(turns []Turn, starts []int, text string) (untrained bool, masked Spans) {
	var all []Span
	learned := false
	for i, t := range turns {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		switch {
		case starts[i] == end:
		case t.Untrained:
			untrained = true
			all = append(all, Span{starts[i], end})
		default:
			learned = true
			all = append(all, t.Masked.Shift(starts[i])...)
		}
	}
	if untrained && !learned {
		return true, nil
	}
	return false, MergeSpans(all)
}

// Join puts a turn's text behind another's, by what the joined text is.
func Join(a, b Turn, text string) Turn {
	joined := Turn{Role: a.Role, Content: text}
	joined.Untrained, joined.Masked = JoinLoss([]Turn{a, b}, []int{0, len(text) - len(b.Content)}, text)
	return joined
}
