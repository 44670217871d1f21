package evidence

import (
	"fmt"
	"path/filepath"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// Take reads a report of any shape:
//
//	{"resolved": true, …}                 one instance, its id the name of the directory or the file
//	{"ID": {"resolved": true, …}, …}      instances by id; also {"ID": true} and {"ID": 1.0}
//	{"resolved_ids": […], "unresolved_ids": […], …}    a run's summary; see summaryLists for the names
//	{"instance_id": …, "resolved": …}     a row with an id and a verdict, alone, a line, or in an array; see rowIDs and verdictFields
//	{"results": [rows] or {"ID": …}, …}                as Hybrid-Gym's graders and Terminal-Bench write them
//	["ID", …]                             ids that succeeded, or failed where the file's name says so
//	{"instance_id": …, "model_patch": …}, alone, in an array or by id    predictions: an empty patch fails
//	{"verifier_result": {"rewards": {"reward": 1}}, …}    a Harbor trial
//	{"reward": 1}    Harbor's reward.json
//
// Anything else has no say.
func (r *reports) Take(path string, root pyjson.Value) {
	switch {
	case root.Get("verifier_result").Kind() != pyjson.KindMissing:
		r.takeTrial(path, root)
	case filepath.Base(path) == "reward.json":
		r.takeReward(path, root.Get("reward"))
	case root.Kind() == pyjson.KindArray:
		r.takeArray(path, root)
	case root.Kind() == pyjson.KindText:
		r.takeListed(path, root.Text())
	case root.Get("results").Kind() == pyjson.KindArray:
		r.takeArray(path, root.Get("results"))
	case root.Get("results").Kind() == pyjson.KindObject:
		r.takeByID(path, root.Get("results"))
	case len(rowIDsOf(root)) > 0:
		r.takeRow(path, root)
		if v := rowVerdict(path, root); v.Evidence != "" && root.Get("trial_name").Present() {
			r.addTrial(filepath.Dir(path), v) // Terminal-Bench keeps a trial in a directory, as Harbor does
		}
	case isSummary(root):
		r.takeSummary(path, root)
	case rowVerdict(path, root).Outcome != Unknown:
		r.takeAlone(path, root)
	default:
		r.takeByID(path, root)
	}
}

// Speaks says that a document is a report whatever its file is called: it
// holds verdicts and the ids they are about, or nothing but one verdict, and
// no conversation.
func Speaks(root pyjson.Value) bool {
	switch {
	case hasConversation(root):
		return false
	case root.Kind() == pyjson.KindArray:
		return allRows(root)
	case root.Get("results").Kind() == pyjson.KindArray:
		return allRows(root.Get("results"))
	case root.Get("verifier_result", "rewards").Kind() == pyjson.KindObject, tellsWho(root):
		return true
	case len(rowIDsOf(root)) > 0:
		return settled(root)
	}
	return strictly(root) || byIDSpeaks(root)
}

// tellsWho knows a summary by a list of who succeeded, or two of who failed:
// one alone may be a list of anything.
func tellsWho(root pyjson.Value) bool {
	lists, accepts := summaryIn(root)
	return accepts || lists > 1
}

func isSummary(root pyjson.Value) bool {
	lists, _ := summaryIn(root)
	return lists > 0
}

// strictly says that a document without an id speaks of resolving, as nothing
// but evaluations do.
func strictly(root pyjson.Value) bool {
	return root.Get("resolved").Kind() == pyjson.KindBool || root.Get("is_resolved").Kind() == pyjson.KindBool
}

// allRows says that an array holds rows with ids and verdicts, and nothing else.
func allRows(array pyjson.Value) bool {
	for _, row := range array.Elements() {
		if len(rowIDsOf(row)) == 0 || !settled(row) || hasConversation(row) {
			return false
		}
	}
	return array.Length() > 0
}

func settled(row pyjson.Value) bool { return fieldsVerdict("", row).Outcome != Unknown }

// byIDSpeaks knows {"ID": {"resolved": …}, …}, and {"ID": true, …} where the
// ids are such as benchmarks give.
func byIDSpeaks(root pyjson.Value) bool {
	objects, plain := true, true
	for name, member := range root.Members() {
		objects = objects && strictly(member)
		plain = plain && isShare(member) && format.RepoOfInstance(name.Text()) != ""
	}
	return root.Length() > 0 && (objects || plain)
}

// conversationMembers are what a record has and a report has not.
var conversationMembers = []string{
	"messages", "history", "trajectory", "trajectory_steps", "conversations", "steps", "raw_completions", "fncall_messages", "role",
	"prompt", "completion", "response", "chosen", "turns", "events",
}

func hasConversation(root pyjson.Value) bool {
	for _, name := range conversationMembers {
		if kind := root.Get(name).Kind(); kind == pyjson.KindArray || kind == pyjson.KindText {
			return true
		}
	}
	return false
}

// takeAlone reads a document about one instance. It bears the name of its
// directory, and where harnesses write no such file, that of the file.
func (r *reports) takeAlone(path string, root pyjson.Value) {
	v := rowVerdict(path, root)
	r.add(filepath.Base(filepath.Dir(path)), v)
	if !IsReport(filepath.Base(path)) {
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

// takeByID reads members that are each about the instance they are named
// after. Plain values are verdicts where all of them are.
func (r *reports) takeByID(path string, root pyjson.Value) {
	plain := true
	for _, member := range root.Members() {
		plain = plain && (isShare(member) || wordOutcome(member.Text()) != Unknown || member.Kind() == pyjson.KindNull)
	}
	for name, member := range root.Members() {
		switch v := rowVerdict(path, member); {
		case plain && member.Present():
			r.add(name.Text(), Verdict{reportOutcome(member), fmt.Sprintf("%s says %s", path, pyjson.Clip(string(member.Raw())))})
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
