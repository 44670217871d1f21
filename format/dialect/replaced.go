package dialect

import (
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// mend brings what is kept as JSON to the promise that texts have: U+FFFD for
// what is no character.
func mend(t *format.Trajectory) {
	t.Tools = pyjson.Mended(t.Tools)
	for _, m := range t.Messages {
		for i := range m.Calls {
			m.Calls[i].Arguments = pyjson.Mended(m.Calls[i].Arguments)
		}
	}
}

// noteReplaced counts the texts in which U+FFFD stands for what was no
// character. A record may hold U+FFFD itself, so it is read again with such
// places blanked: what is left then was recorded.
func noteReplaced(t *format.Trajectory, d Dialect, rec format.Record) {
	found := replacements(t)
	if found == nil {
		return
	}
	blanked := rec
	blanked.Raw = pyjson.Blanked(rec.Raw)
	// The record was read once: what it is without these places cannot fail in
	// another way than by holding less of them.
	_ = pyjson.WithIndex(blanked.Raw, func(root pyjson.Value) error {
		again, err := d.read(blanked, root)
		if err != nil {
			return err
		}
		recorded := replacements(again)
		for at, n := range found {
			if n > recorded[at] {
				t.Note(format.NoteReplaced)
			}
		}
		return nil
	})
}

// A textPlace is one text of a trajectory: a part of a message, or the tools.
type textPlace struct{ message, part int }

// replacements counts U+FFFD by text; nil where there is none.
func replacements(t *format.Trajectory) map[textPlace]int {
	var found map[textPlace]int
	count := func(message, part int, text string) {
		n := strings.Count(text, "\uFFFD")
		if part >= inJSON || message < 0 {
			n += strings.Count(text, `\ufffd`)
		}
		if n == 0 {
			return
		}
		if found == nil {
			found = map[textPlace]int{}
		}
		found[textPlace{message, part}] = n
	}
	count(-1, 0, string(t.Tools))
	for i, m := range t.Messages {
		count(i, 0, m.Content)
		count(i, 1, m.Reasoning)
		for j, call := range m.Calls {
			count(i, inJSON+j, string(call.Arguments))
		}
	}
	return found
}

// inJSON is the first part of a message whose text is JSON.
const inJSON = 2
