package recipes

import (
	"regexp"
	"strings"
)

// YAML writes the resolved recipe, every default included: a file that loads
// to the same fingerprints without parents and overrides. Paths stay as the
// recipe has them; params stay on one line each. A seed that is the default is
// not written, so that an override of seed still moves it.
func (r *Recipe) YAML() []byte {
	var out []byte
	for _, l := range r.quietSeeds(r.Seed).lines() {
		out = append(append(out, l.text...), '\n')
	}
	return out
}

// A line is one of a recipe's YAML.
type line struct {
	text string
	key  string // of the setting that it writes; empty where it begins a section
}

func (r *Recipe) lines() (out []line) {
	for _, m := range r.tree("none", "", "run") {
		begin := line{text: string(appendKey(nil, "", m.key))}
		switch v := m.value.(type) {
		case tree:
			out = append(append(out, begin), sectionLines("  ", m.key, v)...)
		case []any:
			out = append(append(out, begin), itemLines(m.key, v)...)
		default:
			out = append(out, valueLine("", m.key, m.key, v))
		}
	}
	return out
}

// itemLines writes a list of mappings: sources and evaluations, whose keys have settings
// of their own, or edits, which are one setting.
func itemLines(path string, items []any) (out []line) {
	for _, it := range items {
		t := it.(tree)
		at := path
		if namedLists[path] {
			at = dotted(path, t[0].value.(string))
		}
		section := sectionLines("    ", at, t)
		section[0].text = "  - " + strings.TrimLeft(section[0].text, " ")
		out = append(out, section...)
	}
	return out
}

// sectionLines writes the members of one struct. The members of accept that
// were not chosen are left out: exactly one may be said.
func sectionLines(indent, path string, t tree) (out []line) {
	for _, m := range t {
		v, nested := m.value.(tree)
		switch key := dotted(path, m.key); {
		case m.key == "params" && len(v) > 0:
			out = append(out, line{text: string(appendKey(nil, indent, m.key))})
			for _, p := range v {
				out = append(out, valueLine(indent+"  ", p.key, dotted(key, p.key), p.value))
			}
		case nested && m.key == "accept":
			out = append(out, valueLine(indent, m.key, key, chosen(v)))
		case path == "edits":
			out = append(out, valueLine(indent, m.key, path, m.value))
		default:
			out = append(out, valueLine(indent, m.key, key, m.value))
		}
	}
	return out
}

func valueLine(indent, word, key string, v any) line {
	text := append(appendKey(nil, indent, word), ' ')
	if s, ok := v.(string); ok {
		text = appendText(text, s)
	} else {
		text = appendJSON(text, v)
	}
	return line{string(text), key}
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
