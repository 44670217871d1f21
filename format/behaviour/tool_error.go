package behaviour

import (
	"slices"
	"strings"
)

// What the rule score takes for a failed call (SWE-Lego-Live, rule_score.py v5):
// hard signs count everywhere, soft ones not in the output of a test run, where
// they tell of the code and not of the call. They are looked for one by one: a
// single expression takes ten times as long.
var (
	hardErrors = []string{"command not found", "Permission denied", "returned non-zero exit status", "<tool_use_error>", "The arguments provided to the tool are invalid"}
	softErrors = []string{"Traceback (most recent call last)", "No such file or directory"}
	errorWords = namesIn("SyntaxError TypeError ValueError KeyError IndexError AttributeError ImportError ModuleNotFoundError FileNotFoundError NameError RuntimeError OSError IOError PermissionError ZeroDivisionError NotImplementedError RecursionError AssertionError UnicodeDecodeError")
	otherWords = namesIn("FAILED StopIteration")
)

// errorScan is how far into a result is looked, in characters.
const errorScan = 3000

// callFailed judges the call by what answered it.
func callFailed(a Action) bool {
	text := headOf(a.result, errorScan)
	if containsAny(text, hardErrors...) || namesExitCode(text) {
		return true
	}
	holds := func(word string) bool { return containsWord(text, word) }
	return !a.Effect.tests &&
		(containsAny(text, softErrors...) || slices.ContainsFunc(otherWords, holds) || strings.Contains(text, "Error") && slices.ContainsFunc(errorWords, holds))
}

// namesExitCode looks for "exit code" in small or capital letters, white space or
// colons, and a digit that is not 0.
func namesExitCode(text string) bool {
	return slices.ContainsFunc([]string{"xit code", "xit Code", "XIT CODE"}, func(words string) bool {
		for rest := text; ; {
			at := strings.Index(rest, words)
			if at < 0 {
				return false
			}
			exits := at > 0 && (rest[at-1] == 'e' || rest[at-1] == 'E')
			after := rest[at+len(words):]
			rest = rest[at+len(words)-1:] // its e may begin the next
			number := strings.TrimLeft(after, ": \t\r\n\f")
			if exits && len(number) < len(after) && number != "" && number[0] >= '1' && number[0] <= '9' {
				return true
			}
		}
	})
}

// containsWord looks for a word that is no part of a longer one.
func containsWord(text, word string) bool {
	inWord := func(at int) bool { return at >= 0 && at < len(text) && isWordByte(text[at]) }
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		at += from
		if from = at + len(word); !inWord(at-1) && !inWord(from) {
			return true
		}
	}
}

func isWordByte(b byte) bool {
	return b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
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
