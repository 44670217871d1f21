package edit

import (
	"encoding/json"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// editMembers renames or removes members of a JSON object; untouched, it
// keeps its spelling.
func editMembers(raw json.RawMessage, rename func(string) (string, bool)) (json.RawMessage, int, error) {
	var kept []string
	n := 0
	err := pyjson.WithIndex(raw, func(root pyjson.Value) error {
		names := root.Keys()
		for key, member := range root.Members() {
			name, changed := rename(key.Text())
			n += count(changed)
			switch {
			case changed && name == "":
			case changed && slices.Contains(names, name):
				return format.Rejectf(format.BadArguments, "both %q and %q", pyjson.Clip(key.Text()), name)
			case changed:
				kept = append(kept, string(pyjson.QuoteJSON(nil, name))+": "+string(member.Raw()))
			default:
				kept = append(kept, string(key.Raw())+": "+string(member.Raw()))
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

func editList(list pyjson.Value, rename func(string) (string, bool)) (string, int) {
	var kept []string
	n := 0
	for _, element := range list.Elements() {
		name, changed := rename(element.Text())
		n += count(changed)
		switch {
		case !changed:
			kept = append(kept, string(element.Raw()))
		case name != "":
			kept = append(kept, string(pyjson.QuoteJSON(nil, name)))
		}
	}
	return "[" + strings.Join(kept, ", ") + "]", n
}
