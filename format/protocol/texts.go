package protocol

import (
	"bytes"
	"encoding/json"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// A TextEdit rewrites one text and says how often it did something.
type TextEdit func(role format.Role, text string) (string, int)

// EditTexts rewrites every text of a trajectory's messages: contents,
// reasoning, and the strings inside call arguments.
func EditTexts(t *format.Trajectory, f TextEdit) (int, error) {
	total := 0
	edit := func(text *string, role format.Role) {
		if *text != "" {
			var n int
			*text, n = f(role, *text)
			total += n
		}
	}
	for i := range t.Messages {
		m := &t.Messages[i]
		was := m.Content
		edit(&m.Content, m.Role)
		m.Masked = m.Masked.CarryBy(was, m.Content, func(piece string) string { edited, _ := f(m.Role, piece); return edited })
		edit(&m.Reasoning, m.Role)
		for c := range m.Calls {
			arguments, n, err := EditStrings(m.Calls[c].Arguments, m.Role, f)
			if err != nil {
				return total, format.Rejectf(format.BadArguments, "call %q: %v", pyjson.Clip(m.Calls[c].Name), err)
			}
			m.Calls[c].Arguments = arguments
			total += n
		}
	}
	return total, nil
}

// EditStrings rewrites the strings inside JSON, names of members included;
// what f leaves alone keeps its spelling, byte for byte.
func EditStrings(raw json.RawMessage, role format.Role, f TextEdit) (json.RawMessage, int, error) {
	if len(raw) == 0 {
		return raw, 0, nil
	}
	var out []byte
	total, from := 0, 0
	err := pyjson.WithIndex(raw, func(root pyjson.Value) error {
		for _, n := range root.Ix.Nodes {
			if n.Kind != pyjson.KindText {
				continue
			}
			text := pyjson.Unescape(raw[n.Start+1 : n.End-1])
			changed, times := f(role, text)
			if times == 0 {
				continue
			}
			out = pyjson.QuoteJSON(append(out, raw[from:n.Start]...), changed)
			from, total = int(n.End), total+times
		}
		return nil
	})
	if total == 0 || err != nil {
		return raw, 0, err
	}
	return bytes.Clone(append(out, raw[from:]...)), total, nil
}
