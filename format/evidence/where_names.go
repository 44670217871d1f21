package evidence

import (
	"maps"

	"trainyard/format/behaviour"
)

// WhereNames say what an expression of accept: {where: …} or of keep: can name
// besides the record's own members, which it shadows.
var WhereNames = map[string]string{
	"features":    "features.NAME is one measure of the agent's behaviour (trainyard list features)",
	"flags":       `list of the flags raised, for "loop" in flags (trainyard list flags); those set while mixing are not among them`,
	"instance_id": "text: the instance; empty where the record names none",
	"n_steps":     "number of assistant messages",
	"repo":        "text: owner/name; empty where unknown",
	"teacher":     "text: the model that acted; empty where unknown",
}

// KeepNames say what only an expression of keep: can name.
var KeepNames = map[string]string{
	"id":               "text: the trajectory's id, as in outcomes.jsonl; id in file(…) looks for its instance as well",
	"traj_id":          "text: the trajectory's id, as in outcomes.jsonl",
	"n_tokens":         "number of tokens of the conversation under the chat template",
	"n_trained_tokens": "number of those tokens that are learned from",
	"observation_load": "number: tokens of the user turns, results among them, before the review of a submission, by half the number of turns (SERA keeps 600 and less)",
	"patch_recall":     `patch_recall("swe-bench.jsonl") is the part, 0 to 1, of the changed lines of the instance's known patch that the recorded patch has too (SERA's soft verification: 0.5); patch_recall("x.json", "COLUMN")`,
	"file":             `file("ids.txt") is a list, for id in file("ids.txt") or repo in file("repos.csv"): one a line, a JSON array, or a column of a table, file("x.csv", "NAME")`,
}

// whereNames and keepNames are the same names with zero values, which tell the
// compiler their types.
var (
	whereNames = map[string]any{
		"n_steps": 0, "instance_id": "", "repo": "", "teacher": "",
		"flags": []string{}, "features": behaviour.Features{},
	}
	keepNames = map[string]any{"id": "", "traj_id": "", "n_tokens": 0, "n_trained_tokens": 0, "observation_load": 0.0}
)

// keepEnv are all names of a filter.
func keepEnv() map[string]any {
	env := map[string]any{idsName: []string{}, patchName: ""}
	maps.Copy(env, whereNames)
	maps.Copy(env, keepNames)
	return env
}
