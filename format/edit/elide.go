package edit

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"trainyard/format"
)

// leastElided is the least number of tokens an observation may be cut to:
// the marker takes about ten.
const leastElided = 32

var elideObservations = Edit{
	Name:    "elide_observations",
	Summary: `cut the middle out of long observations and say so: "[… N characters left out …]"`,
	Limits:  "in text dialects the user turns behind an assistant turn are observations",
	Args:    []Arg{{Name: "tokens", Kind: NumberArg, Summary: "the most tokens an observation may have, marker included", Required: true}},
	prepare: func(given editArgs, env Env) (change, error) {
		most := given.number("tokens")
		switch {
		case env.CountTokens == nil:
			return nil, errors.New("no tokenizer is at hand to count with")
		case most < leastElided:
			return nil, fmt.Errorf("tokens is %d, the least is %d", most, leastElided)
		}
		return func(t *format.Trajectory) (int, error) { return elide(t, most, env.CountTokens) }, nil
	},
}

func elide(t *format.Trajectory, most int, tokens func(string) int) (int, error) {
	n, acted := 0, false
	for i := range t.Messages {
		m := &t.Messages[i]
		acted = acted || m.Role == format.Assistant
		if m.Role != format.ToolRole && (m.Role != format.User || !acted) {
			continue
		}
		// No token of a byte-level vocabulary is shorter than a byte.
		if len(m.Content) <= most || tokens(m.Content) <= most {
			continue
		}
		text, ok := elided(m.Content, most, tokens)
		if !ok {
			return n, format.Rejectf(format.EditFailed, "an observation of %d bytes cannot be cut to %d tokens", len(m.Content), most)
		}
		m.Content = text
		n++
	}
	return n, nil
}

// elided keeps the head and the tail of a text, the same number of bytes of
// each. The first try follows from the text's tokens per byte; tokens are
// not spread evenly, so it may take a few more.
func elided(text string, most int, tokens func(string) int) (string, bool) {
	half := int(float64(len(text)) / 2 * float64(most-leastElided/2) / float64(tokens(text)))
	for ; ; half -= half/8 + 1 {
		half = max(half, 0)
		head, tail := text[:boundary(text, half, -1)], text[boundary(text, len(text)-half, +1):]
		left := utf8.RuneCountInString(text) - utf8.RuneCountInString(head) - utf8.RuneCountInString(tail)
		short := head + "\n" + LeftOut(left) + "\n" + tail
		if tokens(short) <= most {
			return short, true
		}
		if half == 0 {
			return "", false
		}
	}
}

// LeftOut is the mark that stands in place of so many characters.
func LeftOut(characters int) string {
	return fmt.Sprintf("[… %d characters left out …]", characters)
}

// boundary moves an offset to the nearest start of a character on one side.
func boundary(text string, at, step int) int {
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at += step
	}
	return at
}
