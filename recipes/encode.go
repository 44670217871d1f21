package recipes

import (
	"bytes"
	"regexp"
	"strings"
)

// YAML writes the resolved recipe, every default included: a file that loads
// to the same fingerprints without parents and overrides. Paths stay as the
// recipe has them; params stay on one line each. A seed that is the default is
// not written, so that an override of seed still moves it.
func (r *Recipe) YAML() []byte {
	var out []byte
	for _, m := range r.quietSeeds(r.Seed).tree("none", "", "run") {
		out = appendKey(out, "", m.key)
		switch v := m.value.(type) {
		case tree:
			out = appendSection(append(out, '\n'), "  ", v)
		case []any:
			out = appendItems(append(out, '\n'), v)
		default:
			out = appendValue(out, v)
		}
	}
	return out
}

func appendItems(dst []byte, items []any) []byte {
	for _, it := range items {
		section := appendSection(nil, "    ", it.(tree))
		dst = append(dst, "  - "...)
		dst = append(dst, bytes.TrimLeft(section, " ")...)
	}
	return dst
}

// appendSection writes the members of one struct. The members of accept that
// were not chosen are left out: exactly one may be said.
func appendSection(dst []byte, indent string, t tree) []byte {
	for _, m := range t {
		dst = appendKey(dst, indent, m.key)
		v, nested := m.value.(tree)
		switch {
		case m.key == "params" && len(v) > 0:
			dst = append(dst, '\n')
			for _, p := range v {
				dst = appendValue(appendKey(dst, indent+"  ", p.key), p.value)
			}
		case nested && m.key == "accept":
			dst = appendValue(dst, chosen(v))
		default:
			dst = appendValue(dst, m.value)
		}
	}
	return dst
}

func chosen(accept tree) tree {
	for _, m := range accept {
		if m.value != "" && m.value != false {
			return tree{m}
		}
	}
	return tree{}
}

func appendKey(dst []byte, indent, key string) []byte {
	return append(appendText(append(dst, indent...), key), ':')
}

func appendValue(dst []byte, v any) []byte {
	dst = append(dst, ' ')
	if s, ok := v.(string); ok {
		return append(appendText(dst, s), '\n')
	}
	return append(appendJSON(dst, v), '\n')
}

// plainForm is text that every YAML reader takes for itself: it begins with a
// letter and holds nothing that means something to one.
var plainForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

func appendText(dst []byte, s string) []byte {
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return quote(dst, s)
	}
	if plainForm.MatchString(s) {
		return append(dst, s...)
	}
	return quote(dst, s)
}
