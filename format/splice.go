package format

import (
	"encoding/json"
	"slices"
	"strings"
)

// A cut replaces [start, end) of a text.
type cut struct {
	start, end int
	by         string
}

func cutOf(v value, by string) cut {
	start, end := v.span()
	return cut{start, end, by}
}

// splice makes cuts, which are in order and do not overlap.
func splice(text string, cuts []cut) string {
	if len(cuts) == 0 {
		return text
	}
	var b strings.Builder
	from := 0
	for _, c := range cuts {
		b.WriteString(text[from:c.start])
		b.WriteString(c.by)
		from = c.end
	}
	b.WriteString(text[from:])
	return b.String()
}

// editMembers renames or removes members of a JSON object; untouched, it
// keeps its spelling.
func editMembers(raw json.RawMessage, rename func(string) (string, bool)) (json.RawMessage, int, error) {
	var kept []string
	n := 0
	err := withIndex(raw, func(root value) error {
		names := root.keys()
		for key, member := range root.members() {
			name, changed := rename(key.text())
			n += count(changed)
			switch {
			case changed && name == "":
			case changed && slices.Contains(names, name):
				return reject(BadArguments, "both %q and %q", clip(key.text()), name)
			case changed:
				kept = append(kept, string(quoteJSON(nil, name))+": "+string(member.raw()))
			default:
				kept = append(kept, string(key.raw())+": "+string(member.raw()))
			}
		}
		return nil
	})
	if len(raw) == 0 || n == 0 || err != nil {
		if len(raw) == 0 {
			err = nil
		}
		return raw, 0, err
	}
	return json.RawMessage("{" + strings.Join(kept, ", ") + "}"), n, nil
}

func editList(list value, rename func(string) (string, bool)) (string, int) {
	var kept []string
	n := 0
	for _, element := range list.elements() {
		name, changed := rename(element.text())
		n += count(changed)
		switch {
		case !changed:
			kept = append(kept, string(element.raw()))
		case name != "":
			kept = append(kept, string(quoteJSON(nil, name)))
		}
	}
	return "[" + strings.Join(kept, ", ") + "]", n
}
