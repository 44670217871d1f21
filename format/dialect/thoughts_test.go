package dialect_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// thoughtMember finds the text of a thought by the names that scaffolds and
// servers give it, in JSON as it stands in a file.
var thoughtMember = regexp.MustCompile(`"(reasoning_content|reasoning|thinking|thought|summary_text)": ?"((?:[^"\\]|\\.)+)"`)

// Whatever a dialect calls it, a thought that a record holds is a thought, a
// text or an argument of the trajectory; a second copy of one is not read twice.
func TestEveryRecordedThoughtIsRead(t *testing.T) {
	read := 0
	for _, name := range dialect.Names() {
		inputs, _ := filepath.Glob(filepath.Join("testdata", name, "*"))
		for _, input := range inputs {
			raw, err := os.ReadFile(input)
			if err != nil || strings.HasSuffix(input, ".golden") || !bytes.Contains(raw, []byte(`"`)) {
				continue
			}
			for _, at := range thoughtMember.FindAllSubmatchIndex(raw, -1) {
				if text := raw[at[4]:at[5]]; bytes.Count(raw, text) > 1 {
					continue
				}
				if got := wordsOf(t, name, input, raw[:at[4]], raw[at[4]:]); !strings.Contains(got, "zqzq") {
					t.Errorf("%s: %q is not in the trajectory", input, raw[at[0]:at[1]])
				}
				read++
			}
		}
	}
	if read < 10 {
		t.Errorf("only %d thoughts in all golden files", read)
	}
}

// wordsOf reads a file with a word put between its two halves.
func wordsOf(t *testing.T, name, input string, head, tail []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), filepath.Base(input))
	if err := os.WriteFile(path, bytes.Join([][]byte{head, tail}, []byte("zqzq ")), 0o644); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: path, Format: name}) {
		if o.Err != nil {
			all.Write(o.Record.Raw) // what is rejected is counted
			continue
		}
		for _, m := range o.T.Messages {
			if m.Role != format.Assistant {
				continue
			}
			all.WriteString(m.Content + " " + m.Reasoning)
			for _, call := range m.Calls {
				all.Write(call.Arguments)
			}
		}
	}
	return all.String()
}
