package format

import (
	"bytes"
	"errors"
	"strconv"
)

// shapeOf tells containers how the records of a format lie in files.
func shapeOf(format string, max int64) Shape {
	return Shape{
		Opens:    func(line value) (Session, bool) { return opened(format, line) },
		IsRecord: isRecord,
		Export:   export,
		Part:     conversationFile,
		Collect: func(dir, archive string) Collector {
			return &conversation{dir: dir, archive: archive, max: max}
		},
		Beside: beside,
	}
}

// opened finds the dialect whose sessions start as line does.
func opened(format string, line value) (Session, bool) {
	for _, name := range Names() {
		d := Dialects[name]
		if (format == Auto || format == name) && d.opens != nil && d.opens(line) {
			return d.session(), true
		}
	}
	return Session{}, false
}

func (d Dialect) session() Session { return Session{Resets: d.resets} }

// isRecord says that some dialect takes the line for a record of its own.
func isRecord(path string, line value) bool {
	_, err := choose(Auto, Record{File: path}, line)
	return err == nil
}

// export knows a web export of Claude Code, a JSON object with loglines.
func export(raw []byte) (lines func(value) value, s Session, ok bool) {
	const head = 4096 // where such an object names its lines
	ok = bytes.Contains(raw[:min(len(raw), head)], []byte(`"loglines"`))
	return func(v value) value { return v.get("loglines") }, claudeCode.session(), ok
}

// claimSession makes a claim of opens for records that are sessions.
func claimSession(v value, opens func(value) bool) claim {
	for i, line := range v.get("lines").elements() {
		if i == peekLines {
			break
		}
		if opens(line) {
			return byMarker
		}
	}
	return notMine
}

// sessionID names one segment of a session: the session itself where it was
// never compacted.
func sessionID(id string, v value) string {
	if segments := v.get("segments").scalar(); id == "" || segments == "" || segments == "1" {
		return id
	}
	return id + "#" + v.get("segment").scalar()
}

// sessionLines returns a session's lines. A line that is no object is an
// error: scaffolds write none.
func sessionLines(list value) ([]value, error) {
	if list.kind() != kindArray {
		return nil, reject(NoMessages, "the session is %s, not a list of lines", list.kind())
	}
	lines := make([]value, 0, list.length())
	for i, line := range list.elements() {
		if line.kind() != kindObject {
			return nil, reject(BadMessage, "line %d is %s where an object should stand", i+1, line.kind())
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// inLine puts the line before what is wrong with it.
func inLine(err error, i int) error {
	var r *Reject
	if errors.As(err, &r) {
		return within(r, "line "+strconv.Itoa(i+1))
	}
	return err
}
