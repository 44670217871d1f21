package listed

import (
	"bytes"
	_ "embed"
	"encoding/base64"
)

// Fenced is the script, for sh, that a job runs: sh -c Fenced sh DIR PROGRAM
// ARGUMENT… It lets one start of an attempt train, and prints the record at its end.
// The script of the supervisor and the packed files come in its environment, see
// [Order.Load].
//
//go:embed fenced.sh
var Fenced string

// Load are the variables that Fenced unpacks, in base64, which no shell and no YAML
// takes for more than text.
func (o Order) Load() (names []string, values []string) {
	names, values = []string{"TY_RUN"}, []string{base64.StdEncoding.EncodeToString([]byte(run))}
	if len(o.Packed) > 0 {
		names, values = append(names, "TY_FILES"), append(values, base64.StdEncoding.EncodeToString(o.Packed))
	}
	return names, values
}

// recordMark begins the line of a log with the record.
const recordMark = "trainyard: record "

// splitLog takes the records out of a log, of which the last counts: it may be that of
// a second start.
func splitLog(text []byte) (log []byte, r record, ok bool) {
	for line := range bytes.Lines(text) {
		if record, found := bytes.CutPrefix(line, []byte(recordMark)); found {
			if read, is := readRecord(string(bytes.TrimSpace(record))); is {
				r, ok = read, true
				continue
			}
		}
		log = append(log, line...)
	}
	return log, r, ok
}

// readerAt reads a text that is in memory.
func readerAt(text string) *bytes.Reader { return bytes.NewReader([]byte(text)) }
