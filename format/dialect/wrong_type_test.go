package dialect_test

import (
	"path/filepath"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/style"
)

// Each value of each of our own records gives way to one of every other type:
// what comes out is a trajectory or a Reject, never a panic.
func TestAValueOfTheWrongTypeIsNeverFatal(t *testing.T) {
	parsed, rejected := 0, 0
	for _, name := range dialect.Names() {
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: filepath.Join("testdata", name)}) {
			if o.Record.Err != nil {
				continue
			}
			for _, raw := range wrongTypes(t, o.Record.Raw) {
				tr, err := dialect.ParseRecord(name, format.Record{File: "a/b.json", Line: 1, Raw: raw})
				if err != nil {
					formattest.ReasonOf(t, err)
					rejected++
					continue
				}
				parsed++
				for as := range style.Styles {
					if chat, _, err := style.Render(tr, as, supplied(tr)); err == nil {
						formattest.CheckChat(t, chat)
					}
				}
			}
		}
	}
	t.Logf("%d parsed, %d rejected", parsed, rejected)
}

// wrongTypes returns raw with one value replaced, for every value.
func wrongTypes(t *testing.T, raw []byte) (list [][]byte) {
	for _, n := range valuesOf(t, raw) {
		for _, other := range []string{`null`, `7`, `"x"`, `[{}]`} {
			list = append(list, spliced(raw, n, other))
		}
	}
	return list
}
