package verdict

import "trainyard/format/pyjson"

// Lists are the lists of ids in a run's summary, and what they say of them. Lists
// of all that was graded, whatever came out, have no say.
var Lists = map[string]Grade{
	"resolved": Resolved, "resolved_ids": Resolved, "ids_resolved": Resolved, "success_ids": Resolved, "passed_ids": Resolved,
	"unresolved": Unresolved, "unresolved_ids": Unresolved, "ids_unresolved": Unresolved, "failure_ids": Unresolved,
	"error_ids": Error, "failed_ids": Error, "empty_patch_ids": Empty,
	"incomplete_ids": Missing, "pending_ids": Missing,
	// SWE-bench/experiments
	"no_generation": Empty, "no_apply": Error, "install_fail": Error, "reset_failed": Error, "test_errored": Error, "test_timeout": Error, "no_logs": Missing,
}

// IsIDs says that a value is an array of texts, and of nothing else.
func IsIDs(v pyjson.Value) bool {
	for _, element := range v.Elements() {
		if element.Kind() != pyjson.KindText {
			return false
		}
	}
	return v.Kind() == pyjson.KindArray
}
