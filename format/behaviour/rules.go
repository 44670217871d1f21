package behaviour

// FeatureRules say for each of the Features, by its name in JSON and in
// expressions, what is counted and by which rule.
var FeatureRules = map[string]string{
	"steps":             "number of assistant messages",
	"exploration":       "share of steps, 0 to 1, that read, list or search files, and do nothing of the next three",
	"implementation":    "share of steps, 0 to 1, that write a file which is neither test nor scratch",
	"verification":      "share of steps, 0 to 1, that write a test or scratch file, or run code (or git diff) once a file has been written",
	"execution":         "share of steps, 0 to 1, that run code before any file has been written, or a command that neither tells something nor writes a file (mkdir, git stash, pip install)",
	"reasoning":         "share of steps, 0 to 1, that think or plan with a tool, or are text without an action",
	"closing":           "share of steps, 0 to 1, that finish, or are the last text without an action",
	"grep":              "share of the shell lines that explore, 0 to 1, whose first word is grep",
	"find":              "share of the shell lines that explore, 0 to 1, whose first word is find",
	"cd":                "share of the shell lines that explore, 0 to 1, whose first word is cd",
	"ls":                "share of the shell lines that explore, 0 to 1, whose first word is ls",
	"calls":             `number of calls by tool, an editor's by TOOL.COMMAND: features.calls["execute_bash"]`,
	"runs_code":         "share of steps, 0 to 1, that run code",
	"test_runner":       "true where some step runs tests",
	"run_before_edit":   "true where code runs before the first edit of a source file",
	"run_after_edit":    "true where code runs after the last edit of a source file",
	"fail_edit_pass":    "true where a run fails, then a source file is edited, then a run passes",
	"verified":          `how the final run of tests, behind the last edit of a source file, passes: "clean" where none failed before it and a source file was edited, "recovery" where one did; empty where none passes (SWE-Next's two kinds of success)`,
	"rule_score":        "SWE-Lego-Live's score of a trajectory, 0 to 1: 0.20 efficiency, 0.15 style, 0.25 calls that work, 0.25 completion and tests, 0.15 focus of edits; without their number of steps, which is relative to a dataset, and their stop words",
	"source_edit":       "true where a file is written that is neither test nor scratch; output kept in a file (grep … > x), a stash or another branch is none",
	"first_edit":        "step, from 1, of the first edit of a source file; 0 for none",
	"patch_files":       "files in the recorded patch",
	"patch_lines":       "lines that the recorded patch adds or removes",
	"cost_usd":          "US dollars for all model calls, as recorded; 0 is unknown",
	"prompt_tokens":     "tokens billed for prompts, as recorded; 0 is unknown",
	"completion_tokens": "tokens billed for completions, as recorded; 0 is unknown",
}
