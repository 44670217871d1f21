package format

import (
	"bytes"
	"encoding/json"
)

// A textEdit rewrites one text and says how often it did something.
type textEdit func(role Role, text string) (string, int)

// editTexts rewrites every text of a trajectory's messages: contents,
// reasoning, and the strings inside call arguments.
func editTexts(t *Trajectory, f textEdit) (int, error) {
	total := 0
	edit := func(text *string, role Role) {
		if *text != "" {
			var n int
			*text, n = f(role, *text)
			total += n
		}
	}
	for i := range t.Messages {
		m := &t.Messages[i]
		edit(&m.Content, m.Role)
		edit(&m.Reasoning, m.Role)
		for c := range m.Calls {
			arguments, n, err := editStrings(m.Calls[c].Arguments, m.Role, f)
			if err != nil {
				return total, reject(BadArguments, "call %q: %v", clip(m.Calls[c].Name), err)
			}
			m.Calls[c].Arguments = arguments
			total += n
		}
	}
	return total, nil
}

// editStrings rewrites the strings inside JSON, names of members included;
// what f leaves alone keeps its spelling, byte for byte.
func editStrings(raw json.RawMessage, role Role, f textEdit) (json.RawMessage, int, error) {
	if len(raw) == 0 {
		return raw, 0, nil
	}
	var out []byte
	total, from := 0, 0
	err := withIndex(raw, func(root value) error {
		for _, n := range root.ix.nodes {
			if n.kind != kindText {
				continue
			}
			text := unescape(raw[n.start+1 : n.end-1])
			changed, times := f(role, text)
			if times == 0 {
				continue
			}
			out = quoteJSON(append(out, raw[from:n.start]...), changed)
			from, total = int(n.end), total+times
		}
		return nil
	})
	if total == 0 || err != nil {
		return raw, 0, err
	}
	return bytes.Clone(append(out, raw[from:]...)), total, nil
}
