package evidence

import (
	"fmt"
	"path/filepath"
	"strings"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// takeAlone reads a document about one instance. It bears the name of its
// directory, and where harnesses write no such file, that of the file.
func (r *reports) takeAlone(path string, root pyjson.Value) {
	v := rowVerdict(path, root)
	r.add(filepath.Base(filepath.Dir(path)), v)
	if !isReportName(filepath.Base(path)) {
		r.add(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), v)
	}
}

func (r *reports) takeArray(path string, array pyjson.Value) {
	if list, is := listsFailures(path); is {
		r.failures[list] = path
	}
	for _, element := range array.Elements() {
		if element.Kind() == pyjson.KindText {
			r.takeListed(path, element.Text())
		} else {
			r.takeRow(path, element)
		}
	}
}

func (r *reports) takeLine(path string, root pyjson.Value) { r.takeListed(path, root.Text()) }

func (r *reports) takeResults(path string, root pyjson.Value) {
	if results := root.Get("results"); results.Kind() == pyjson.KindArray {
		r.takeArray(path, results)
	} else {
		r.takeByID(path, results)
	}
}

// takeLone reads a row that is a document of its own. Terminal-Bench keeps a
// trial in a directory, as Harbor does.
func (r *reports) takeLone(path string, root pyjson.Value) {
	r.takeRow(path, root)
	if v := rowVerdict(path, root); v.Evidence != "" && root.Get("trial_name").Present() {
		r.addTrial(filepath.Dir(path), v)
	}
}

// takeByID reads members that are each about the instance they are named
// after. Plain values are verdicts where all of them are.
func (r *reports) takeByID(path string, root pyjson.Value) {
	plain := true
	for _, member := range root.Members() {
		plain = plain && (isShare(member) || verdict.OfWord(member.Text()) != verdict.None || member.Kind() == pyjson.KindNull)
	}
	for name, member := range root.Members() {
		switch v := rowVerdict(path, member); {
		case plain && member.Present():
			r.add(name.Text(), Verdict{outcome(verdict.OfReport(member)), fmt.Sprintf("%s says %s", path, pyjson.Clip(string(member.Raw())))})
		case v.Evidence != "":
			r.add(name.Text(), v)
		default:
			r.takePrediction(path, name.Text(), member)
		}
	}
}

// isShare says that a value is true, false or a number from 0 to 1.
func isShare(v pyjson.Value) bool {
	f, number := v.Float()
	return v.Kind() == pyjson.KindBool || number && f >= 0 && f <= 1
}
