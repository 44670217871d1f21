package api

import (
	"strings"
	"unicode/utf8"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// A detail says of the characters begin to end of a content, end included,
// whether they are learned: axolotl's way, which counts as Python does.
type detail struct {
	begin, end int
	train      bool
}

func readDetails(list pyjson.Value) ([]detail, error) {
	var details []detail
	for i, v := range list.Elements() {
		begin, okBegin := v.Get("begin_offset").Float()
		end, okEnd := v.Get("end_offset").Float()
		train := string(v.Get("train").Raw())
		d := detail{int(begin), int(end), train == "true"}
		if !okBegin || !okEnd || float64(d.begin) != begin || float64(d.end) != end || train != "true" && train != "false" {
			return nil, format.Rejectf(format.LossMark, "span %d is %s, want begin_offset, end_offset and train", i+1, pyjson.Clip(string(v.Raw())))
		}
		details = append(details, d)
	}
	return details, nil
}

// maskParts keeps out of the loss what the details exclude, and what none of
// them names, as axolotl does: but for the space in front of a part that is
// learned, which tokenizers put into one token with its first word.
func maskParts(m *format.Message, details []detail) error {
	at := runeOffsets(m.Content)
	last := len(at) - 2
	var named, excluded []format.Span
	starts := map[int]bool{} // of parts that are learned
	for _, d := range details {
		if d.begin < 0 || d.begin > last || d.end < d.begin {
			return format.Rejectf(format.LossMark, "a span from %d to %d in a text of %d characters", d.begin, d.end, last+1)
		}
		span := format.Span{Start: at[d.begin], End: at[min(d.end, last)+1]}
		named = append(named, span)
		if starts[span.Start] = starts[span.Start] || d.train; !d.train {
			excluded = append(excluded, span)
		}
	}
	from := 0
	for _, s := range append(format.MergeSpans(named), format.Span{Start: len(m.Content), End: len(m.Content)}) {
		gap := m.Content[from:s.Start]
		end := s.Start
		if starts[end] && (strings.HasSuffix(gap, " ") || strings.HasSuffix(gap, "\t")) {
			end--
		}
		excluded = append(excluded, format.Span{Start: from, End: end})
		from = s.End
	}
	setMasked(m, excluded)
	return nil
}

// setMasked masks parts of a content; one of which nothing is left to learn is
// out of the loss as a whole.
func setMasked(m *format.Message, parts []format.Span) {
	m.Masked = format.MergeSpans(parts)
	from, learned := 0, false
	for _, s := range m.Masked {
		learned = learned || strings.TrimSpace(m.Content[from:s.Start]) != ""
		from = s.End
	}
	if !learned && strings.TrimSpace(m.Content[from:]) == "" && len(m.Masked) > 0 {
		m.Untrained, m.Masked = true, nil
	}
}

// runeOffsets are the bytes at which the characters of a text begin, and its end.
func runeOffsets(text string) []int {
	at := make([]int, 0, utf8.RuneCountInString(text)+1)
	for i := range text {
		at = append(at, i)
	}
	return append(at, len(text))
}

// hasMarkedParts says that parts of a content say themselves whether they are
// learned, as axolotl's do.
func hasMarkedParts(content pyjson.Value) bool {
	for _, part := range content.Elements() {
		if part.Get("train").Present() || part.Get("weight").Present() {
			return true
		}
	}
	return false
}

// fillMarked reads such parts; axolotl joins them by nothing.
func fillMarked(m *format.Message, content pyjson.Value) error {
	j := partJoiner{m: m, untyped: true}
	var excluded []format.Span
	for i, part := range content.Elements() {
		var l Loss
		l.Read("weight", part.Get("weight"))
		if part.Get("train").Present() {
			l = Loss{}
			l.Read("train", part.Get("train"))
		}
		probe := format.Message{Role: m.Role}
		if err := l.Apply(&probe); err != nil {
			return format.Within(err, format.Place("part", i))
		}
		from := j.size
		if err := j.read(part); err != nil {
			return err
		}
		if probe.Untrained {
			excluded = append(excluded, format.Span{Start: from, End: j.size})
			m.UntrainedThought = m.UntrainedThought || from == j.size && m.Reasoning != ""
		}
	}
	m.Content = j.text()
	if m.Role == format.Assistant {
		setMasked(m, excluded)
	}
	return nil
}

// A TurnMarks is a list beside the messages that says of each whether it is
// learned: LLaMA-Factory's loss_mask (PR 9630). Its entries for others than the
// assistant say nothing.
type TurnMarks []bool

// ReadTurnMarks reads a record's list for so many messages, of which a system
// message in front may have no entry. A record without one has no marks.
func ReadTurnMarks(record pyjson.Value, messages int, systemFirst bool) (TurnMarks, error) {
	list := record.Get("loss_mask")
	if !list.Present() {
		return nil, nil
	}
	marks := TurnMarks{}
	err := Decoded(list, func(list pyjson.Value) error {
		if list.Kind() != pyjson.KindArray {
			return format.Rejectf(format.LossMark, "loss_mask is %s, not a list of one entry for each message", list.Kind())
		}
		if n := list.Length(); systemFirst && n == messages-1 {
			marks = append(marks, true)
		} else if n != messages {
			return format.Rejectf(format.LossMark, "loss_mask has %d entries for %d messages", n, messages)
		}
		for i, v := range list.Elements() {
			var l Loss
			if !v.Present() {
				l.wrong = "an entry is null"
			}
			l.Read("loss_mask", v)
			probe := format.Message{Role: format.Assistant}
			if err := l.Apply(&probe); err != nil {
				return format.Within(err, format.Place("loss_mask", i))
			}
			marks = append(marks, !probe.Untrained)
		}
		return nil
	})
	return marks, err
}

// Apply marks the message at a place of the list that was read.
func (t TurnMarks) Apply(m *format.Message, i int) {
	if i < len(t) && !t[i] && m.Role == format.Assistant {
		m.Untrained, m.Masked = true, nil
	}
}
