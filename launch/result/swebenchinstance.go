package result

import (
	"path/filepath"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// sweBenchInstance is the report.json of one instance: by its id, or by itself in a
// directory named after it, as sb-cli and SWE-smith have it.
var sweBenchInstance = Format{
	Looks:   `{"ID": {"resolved": true, "patch_exists": true, …}}, or the inner object in ID/report.json`,
	Summary: "the report of one instance: SWE-bench, SWE-smith, sb-cli; several below one directory are one result",
	is: func(d *document) bool {
		return d.object() && (isInstance(d.root) || keyed(d.root, func(v pyjson.Value) bool { return isInstance(v) && !isSWTInstance(v) }))
	},
	read: func(d *document) ([]Result, error) {
		if !isInstance(d.root) {
			return readKeyed(d, Result{})
		}
		c := collect(d)
		c.add(filepath.Base(filepath.Dir(absolute(d.path))), instanceGrade(d.root), nil)
		return c.into(Result{})
	},
	partOf: partOfLogs,
}

func isInstance(v pyjson.Value) bool {
	return has(v, "patch_exists", "patch_is_None", "patch_successfully_applied") && v.Get("resolved").Kind() == pyjson.KindBool
}

// keyed says that all members of an object are such reports, and that there are some.
func keyed(v pyjson.Value, is func(pyjson.Value) bool) bool {
	n := 0
	for _, member := range v.Members() {
		if !is(member) {
			return false
		}
		n++
	}
	return n > 0
}

func readKeyed(d *document, r Result) ([]Result, error) {
	c := collect(d)
	for id, member := range d.root.Members() {
		c.add(id.Text(), instanceGrade(member), nil)
	}
	return c.into(r)
}

// instanceGrade does not ask whether the patch was applied: SWE-smith writes false
// beside instances that it calls resolved.
func instanceGrade(v pyjson.Value) verdict.Grade {
	exists := v.Get("patch_exists")
	switch {
	case pyjson.IsTrue(v.Get("resolved")):
		return verdict.Resolved
	case pyjson.IsTrue(v.Get("patch_is_None")), exists.Kind() == pyjson.KindBool && !pyjson.IsTrue(exists):
		return verdict.Empty
	}
	return verdict.Unresolved
}

// partOfLogs: a report about one instance lies in a directory of its own.
func partOfLogs(d *document) (dir string, part bool) {
	if isSummary(d) || !isInstance(d.root) && d.root.Length() != 1 {
		return "", false
	}
	return filepath.Dir(filepath.Dir(absolute(d.path))), true
}
