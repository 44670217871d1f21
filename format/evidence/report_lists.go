package evidence

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// summaryIn counts the lists of a summary, and says whether one of them tells
// who succeeded.
func summaryIn(root pyjson.Value) (lists int, accepts bool) {
	for name, member := range root.Members() {
		if o := outcome(verdict.Lists[name.Text()]); o != Unknown && verdict.IsIDs(member) {
			lists++
			accepts = accepts || o == Accepted
		}
	}
	return lists, accepts
}

func (r *reports) takeSummary(path string, root pyjson.Value) {
	for name, member := range root.Members() {
		o := outcome(verdict.Lists[name.Text()])
		if o == Unknown {
			continue
		}
		for _, id := range member.Elements() {
			r.add(id.Text(), Verdict{o, fmt.Sprintf("%s says %s", path, name.Text())})
		}
	}
}

// takeListed reads one id of a plain list: the file is named as evidence, so
// its ids succeeded, unless its name says that they failed.
func (r *reports) takeListed(path, id string) {
	outcome, told := listOutcome(path)
	r.anyList = r.anyList || !told
	r.add(id, Verdict{outcome, fmt.Sprintf("%s lists it", path)})
}

// failedWords are what names of lists of failures hold. They are looked for
// first: unresolved holds resolved.
var (
	failedWords  = []string{"fail", "unresolved", "not_resolved", "unsolved", "error", "empty_patch", "incorrect", "refused", "rejected"}
	successWords = []string{"resolved", "solved", "success", "pass", "accepted", "correct"}
)

// listOutcome is what a list says of its ids; told says that its name does.
func listOutcome(path string) (o Outcome, told bool) {
	name := strings.ToLower(filepath.Base(path))
	holds := func(word string) bool { return strings.Contains(name, word) }
	if slices.ContainsFunc(failedWords, holds) {
		return Refused, true
	}
	return Accepted, slices.ContainsFunc(successWords, holds)
}

// failuresSuffix is how the grader of Hybrid-Gym's issue_localize names the
// list of the failures of output.jsonl: output_failure_ids.json.
const failuresSuffix = "_failure_ids.json"

// listsFailures gives the records' file, absolute and without its extension, whose
// failures a list holds all of.
func listsFailures(path string) (records string, is bool) {
	return strings.CutSuffix(absolute(path), failuresSuffix)
}

func (r *reports) failuresOf(file string) (list string) {
	for records, path := range r.failures {
		if strings.HasPrefix(absolute(file), records+".") {
			list = path
		}
	}
	return list
}

// notAmongFailures judges a record of a file whose failures are all listed.
// The grader passes over runs without a patch, so that only one with a patch
// has passed.
func (r *reports) notAmongFailures(rec format.Record, t *format.Trajectory) (Verdict, bool) {
	if len(r.failures) == 0 || t.InstanceID == "" {
		return Verdict{}, false
	}
	list := r.failuresOf(rec.File)
	if list == "" {
		return Verdict{}, false
	}
	v := Verdict{Accepted, fmt.Sprintf("%s lists the failures, and %s is not among them", list, t.InstanceID)}
	// A member that is no JSON was refused when the record was parsed.
	_ = descend(member(t, rec, "test_result"), nil, func(result pyjson.Value) {
		switch patch := result.Get("git_patch"); {
		case !patch.Present():
			v = Verdict{Unknown, fmt.Sprintf("%s lists the failures, but %s has no patch that could have been graded", list, t.InstanceID)}
		case strings.TrimSpace(patch.Text()) == "":
			v = Verdict{Refused, fmt.Sprintf("%s left an empty patch, which %s does not list", t.InstanceID, list)}
		}
	})
	return v, true
}
