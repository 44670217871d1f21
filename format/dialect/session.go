package dialect

import (
	"bytes"
	"errors"
	"strconv"

	"trainyard/format"
	"trainyard/format/container"
	"trainyard/format/pyjson"
)

// shapeOf tells containers how the records of a format lie in files.
func shapeOf(format string, max int64) container.Shape {
	return container.Shape{
		Opens:    func(line pyjson.Value) (container.Session, bool) { return opened(format, line) },
		IsRecord: isRecord,
		Export:   export,
		Part:     conversationFile,
		Collect: func(dir, archive string) container.Collector {
			return &conversation{dir: dir, archive: archive, max: max}
		},
		Beside: beside,
	}
}

// opened finds the dialect whose sessions start as line does.
func opened(format string, line pyjson.Value) (container.Session, bool) {
	for _, name := range Names() {
		d := Dialects[name]
		if (format == Auto || format == name) && d.opens != nil && d.opens(line) {
			return d.session(), true
		}
	}
	return container.Session{}, false
}

func (d Dialect) session() container.Session {
	if d.remembers != nil {
		return container.Session{Resets: d.remembers()}
	}
	return container.Session{Resets: d.resets}
}

// isRecord says that some dialect takes the line for a record of its own.
func isRecord(path string, line pyjson.Value) bool {
	_, err := choose(Auto, format.Record{File: path}, line)
	return err == nil
}

// export knows a web export of Claude Code, a JSON object with loglines.
func export(raw []byte) (lines func(pyjson.Value) pyjson.Value, s container.Session, ok bool) {
	const head = 4096 // where such an object names its lines
	ok = bytes.Contains(raw[:min(len(raw), head)], []byte(`"loglines"`))
	return func(v pyjson.Value) pyjson.Value { return v.Get("loglines") }, claudeCode.session(), ok
}

// claimSession makes a claim of opens for records that are sessions.
func claimSession(v pyjson.Value, opens func(pyjson.Value) bool) claim {
	for i, line := range v.Get("lines").Elements() {
		if i == container.PeekLines {
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
func sessionID(id string, v pyjson.Value) string {
	if segments := v.Get("segments").Scalar(); id == "" || segments == "" || segments == "1" {
		return id
	}
	return id + "#" + v.Get("segment").Scalar()
}

// sessionLines returns a session's lines. A line that is no object is an
// error: scaffolds write none.
func sessionLines(list pyjson.Value) ([]pyjson.Value, error) {
	if list.Kind() != pyjson.KindArray {
		return nil, format.Rejectf(format.NoMessages, "the session is %s, not a list of lines", list.Kind())
	}
	lines := make([]pyjson.Value, 0, list.Length())
	for i, line := range list.Elements() {
		if line.Kind() != pyjson.KindObject {
			return nil, format.Rejectf(format.BadMessage, "line %d is %s where an object should stand", i+1, line.Kind())
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// inLine puts the line before what is wrong with it.
func inLine(err error, i int) error {
	var r *format.Reject
	if errors.As(err, &r) {
		return format.Within(r, "line "+strconv.Itoa(i+1))
	}
	return err
}
