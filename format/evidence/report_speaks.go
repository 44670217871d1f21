package evidence

import (
	"trainyard/format"
	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// Speaks says that a document is a report whatever its file is called: it
// holds verdicts and the ids they are about, or nothing but one verdict, and
// no conversation.
func Speaks(root pyjson.Value) bool {
	switch {
	case verdict.HasConversation(root):
		return false
	case root.Kind() == pyjson.KindArray:
		return allRows(root)
	case root.Get("results").Kind() == pyjson.KindArray:
		return allRows(root.Get("results"))
	case root.Get("verifier_result", "rewards").Kind() == pyjson.KindObject, tellsWho(root):
		return true
	case len(verdict.IDsOf(root)) > 0:
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
		if len(verdict.IDsOf(row)) == 0 || !settled(row) || verdict.HasConversation(row) {
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
