package behaviour

import (
	"regexp"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// Features measure how an agent behaved. Shares are of all steps, 0 to 1;
// the six activities add up to 1. They follow from rules (see Activity), not
// from a model's judgement, so they compare mixes with one another rather
// than with labels from elsewhere.
type Features struct {
	Steps int `json:"steps" expr:"steps"`

	Exploration    float64 `json:"exploration" expr:"exploration"`
	Implementation float64 `json:"implementation" expr:"implementation"`
	Verification   float64 `json:"verification" expr:"verification"`
	Execution      float64 `json:"execution" expr:"execution"`
	Reasoning      float64 `json:"reasoning" expr:"reasoning"`
	Closing        float64 `json:"closing" expr:"closing"`

	// Shares of the shell steps that explore, by the first word of the
	// command line.
	Grep float64 `json:"grep" expr:"grep"`
	Find float64 `json:"find" expr:"find"`
	Cd   float64 `json:"cd" expr:"cd"`
	Ls   float64 `json:"ls" expr:"ls"`

	Calls map[string]int `json:"calls" expr:"calls"` // by tool; an editor's commands apart, as TOOL.COMMAND

	RunsCode         float64 `json:"runs_code" expr:"runs_code"`                 // share of steps that run code
	TestRunner       bool    `json:"test_runner" expr:"test_runner"`             // some step runs tests
	RunBeforeEdit    bool    `json:"run_before_edit" expr:"run_before_edit"`     // code runs before the first source edit
	RunAfterEdit     bool    `json:"run_after_edit" expr:"run_after_edit"`       // code runs after the last source edit
	FailEditPass     bool    `json:"fail_edit_pass" expr:"fail_edit_pass"`       // a run fails, a file is edited, a run passes
	Verified         string  `json:"verified" expr:"verified"`                   // clean or recovery: how the final test run came to pass; empty where none does
	RuleScore        float64 `json:"rule_score" expr:"rule_score"`               // 0 to 1
	SourceEdit       bool    `json:"source_edit" expr:"source_edit"`             // a file that is neither test nor scratch is written
	FirstEdit        int     `json:"first_edit" expr:"first_edit"`               // 1-based step of the first source edit; 0 for none
	PatchFiles       int     `json:"patch_files" expr:"patch_files"`             // files in the recorded patch
	PatchLines       int     `json:"patch_lines" expr:"patch_lines"`             // lines it adds or removes
	CostUSD          float64 `json:"cost_usd" expr:"cost_usd"`                   // as recorded; 0 is unknown
	PromptTokens     int64   `json:"prompt_tokens" expr:"prompt_tokens"`         // as recorded; 0 is unknown
	CompletionTokens int64   `json:"completion_tokens" expr:"completion_tokens"` // as recorded; 0 is unknown
}

// Measure computes the features of a trajectory as it is now, edits included.
func Measure(t *format.Trajectory) Features {
	steps := Steps(t)
	f := Features{Steps: len(steps), Calls: callsByTool(steps)}
	f.share(steps)
	f.shareLookups(steps)
	f.edits(steps)
	f.Verified, f.RuleScore = verified(steps), ruleScore(t, steps)
	f.PatchFiles, f.PatchLines = patchSize(t.Patch)
	f.CostUSD, f.PromptTokens, f.CompletionTokens = t.CostUSD, t.PromptTokens, t.CompletionTokens
	return f
}

// callsByTool tells an editor's view from its str_replace.
func callsByTool(steps []Step) map[string]int {
	calls := map[string]int{}
	for _, s := range steps {
		for _, a := range s.Actions {
			name := a.Tool
			if command := a.Arg("command"); slices.Contains(editorTools, strings.ToLower(name)) && command != "" {
				name += "." + pyjson.Clip(command)
			}
			calls[name]++
		}
	}
	return calls
}

func (f *Features) share(steps []Step) {
	counts := map[Activity]int{}
	for _, activity := range activities(steps) {
		counts[activity]++
	}
	share := func(activity Activity) float64 { return ratio(counts[activity], len(steps)) }
	f.Exploration, f.Implementation, f.Verification = share(Exploration), share(Implementation), share(Verification)
	f.Execution, f.Reasoning, f.Closing = share(Execution), share(Reasoning), share(Closing)
	f.RunsCode = ratio(len(stepsThat(steps, func(a Action) bool { return a.Effect.runs })), len(steps))
}

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// shareLookups counts a command line by its first word, as the Hybrid-Gym
// paper seems to: a line "cd x && grep y" counts for cd, without which its
// 22 to 32 % of cd could not be.
func (f *Features) shareLookups(steps []Step) {
	counts := map[string]int{}
	total := 0
	for i, activity := range activities(steps) {
		for _, a := range steps[i].Actions {
			if activity == Exploration && len(a.Effect.commands) > 0 {
				counts[a.Effect.commands[0].name()]++
				total++
			}
		}
	}
	f.Grep, f.Find = ratio(counts["grep"], total), ratio(counts["find"], total)
	f.Cd, f.Ls = ratio(counts["cd"], total), ratio(counts["ls"], total)
}

// stepsThat lists the steps with an action that does something.
func stepsThat(steps []Step, does func(Action) bool) []int {
	var list []int
	for i, s := range steps {
		if slices.ContainsFunc(s.Actions, does) {
			list = append(list, i)
		}
	}
	return list
}

func (f *Features) edits(steps []Step) {
	runs := stepsThat(steps, func(a Action) bool { return a.Effect.runs })
	edits := stepsThat(steps, func(a Action) bool { return a.Effect.source })
	f.TestRunner = len(stepsThat(steps, func(a Action) bool { return a.Effect.tests })) > 0
	f.FailEditPass = failEditPass(steps)
	if len(edits) == 0 {
		return
	}
	f.SourceEdit, f.FirstEdit = true, edits[0]+1
	f.RunBeforeEdit = len(runs) > 0 && runs[0] < edits[0]
	f.RunAfterEdit = len(runs) > 0 && runs[len(runs)-1] > edits[len(edits)-1]
}

// failEditPass looks for a run that fails, then a source edit, then a run
// that passes, in this order.
func failEditPass(steps []Step) bool {
	failed, edited := false, false
	for _, s := range steps {
		for _, a := range s.Actions {
			switch {
			case a.Effect.source:
				edited = edited || failed
			case !a.Effect.runs, !a.answered, failed && !edited:
			case hasFailed(a.result):
				failed = true
			case edited:
				return true
			}
		}
	}
	return false
}

// How scaffolds write an exit code into a result: OpenHands, mini-SWE-agent
// and Codex. The last one counts.
var exitCode = regexp.MustCompile(`(?:[Ee]xit[ _]code["']?:? ?|<returncode>)(-?\d+)`)

// failedText are what test runners and interpreters print when they fail.
var failedText = regexp.MustCompile(`(?m)\b[1-9]\d* (?:failed|failures?|errors?)\b|^FAILED\b|^Traceback \(most recent call last\)|^FAIL\b|^[A-Za-z.]*(?:Error|Exception): `)

// failedParts are literal parts, one of which every match of failedText
// holds: most results hold none, and looking for them costs a tenth.
var failedParts = []string{" failed", " failure", " error", "FAIL", "Traceback (", "Error: ", "Exception: "}

// hasFailed judges a run by its exit code and, because "python x | head"
// exits with 0, by what it printed. Exit code -1 says that none is known.
func hasFailed(result string) bool {
	if containsAny(result, "xit code", "xit_code", "<returncode>") {
		all := exitCode.FindAllStringSubmatch(result, -1)
		if n := len(all); n > 0 && all[n-1][1] != "0" && all[n-1][1] != "-1" {
			return true
		}
	}
	return containsAny(result, failedParts...) && failedText.MatchString(result)
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// patchSize counts the files and changed lines of a unified diff.
func patchSize(patch string) (files, lines int) {
	for line := range strings.Lines(patch) {
		switch {
		case strings.HasPrefix(line, "+++ "):
			files++
		case strings.HasPrefix(line, "--- "):
		case strings.HasPrefix(line, "+"), strings.HasPrefix(line, "-"):
			lines++
		}
	}
	return files, lines
}
