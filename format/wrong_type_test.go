package format

import (
	"path/filepath"
	"testing"
)

// Each value of each of our own records gives way to one of every other type:
// what comes out is a trajectory or a Reject, never a panic.
func TestAValueOfTheWrongTypeIsNeverFatal(t *testing.T) {
	parsed, rejected := 0, 0
	for _, name := range Names() {
		for _, o := range readAll(t, Input{Path: filepath.Join("testdata", name)}) {
			if o.Record.Err != nil {
				continue
			}
			for _, raw := range wrongTypes(t, o.Record.Raw) {
				tr, err := parseRecord(name, Record{File: "a/b.json", Line: 1, Raw: raw})
				if err != nil {
					reasonOf(t, err)
					rejected++
					continue
				}
				parsed++
				for style := range Styles {
					if chat, _, err := Render(tr, style, supplied(tr)); err == nil {
						checkChat(t, chat)
					}
				}
			}
		}
	}
	t.Logf("%d parsed, %d rejected", parsed, rejected)
}

// wrongTypes returns raw with one value replaced, for every value.
func wrongTypes(t *testing.T, raw []byte) (list [][]byte) {
	var ix index
	if err := ix.scan(raw); err != nil {
		t.Fatal(err)
	}
	for i, n := range ix.nodes {
		if i > 0 && ix.isKey(uint32(i)) {
			continue
		}
		for _, other := range []string{`null`, `7`, `"x"`, `[{}]`} {
			list = append(list, append(append(append([]byte(nil), raw[:n.start]...), other...), raw[n.end:]...))
		}
	}
	return list
}

// isKey says that a node is a member's name: a colon follows it.
func (ix *index) isKey(at uint32) bool {
	end := skipSpace(ix.src, int(ix.nodes[at].end))
	return end < len(ix.src) && ix.src[end] == ':'
}
