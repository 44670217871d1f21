package behaviour

import "regexp"

// What the rule score takes for a failed call (SWE-Lego-Live, rule_score.py v5):
// hard signs count everywhere, soft ones not in the output of a test run, where
// they tell of the code and not of the call.
var (
	hardError = regexp.MustCompile(`command not found|Permission denied|(?i:exit code[:\s]+[1-9])|returned non-zero exit status|<tool_use_error>|The arguments provided to the tool are invalid`)
	softError = regexp.MustCompile(`Traceback \(most recent call last\)|No such file or directory|\bFAILED\b|` +
		`\b(?:(?:Syntax|Type|Value|Key|Index|Attribute|Import|ModuleNotFound|FileNotFound|Name|Runtime|OS|IO|Permission|ZeroDivision|NotImplemented|Recursion|Assertion|UnicodeDecode)Error|StopIteration)\b`)
	hardParts = []string{"command not found", "Permission denied", "xit code", "xit Code", "XIT CODE", "non-zero exit status", "<tool_use_error>", "arguments provided to the tool"}
	softParts = []string{"Traceback (", "No such file", "FAILED", "Error", "StopIteration"}
)

// errorScan is how far into a result is looked, in characters.
const errorScan = 3000

// callFailed judges the call by what answered it. The literal parts, one of which
// every match holds, spare most results the expressions.
func callFailed(a Action) bool {
	text := headOf(a.result, errorScan)
	if containsAny(text, hardParts...) && hardError.MatchString(text) {
		return true
	}
	return !a.Effect.tests && containsAny(text, softParts...) && softError.MatchString(text)
}

// headOf is the first n characters of a text.
func headOf(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}
