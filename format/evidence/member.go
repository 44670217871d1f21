package evidence

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// member returns the bytes of a member of the record that t was parsed from:
// of repeated names the last, nil where there is none. A trajectory that was
// not parsed from a record has none.
func member(t *format.Trajectory, rec format.Record, key string) (found []byte) {
	for _, p := range t.Places {
		name := rec.Raw[p.Name[0]:p.Name[1]]
		if p.Plain && string(name) == key || !p.Plain && pyjson.Unescape(name) == key {
			found = rec.Raw[p.Value[0]:p.Value[1]]
		}
	}
	return found
}
