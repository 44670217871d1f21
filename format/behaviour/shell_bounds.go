package behaviour

import (
	"regexp"
	"strings"
)

// The shell parser calls itself for whatever a command can hold another in,
// without a bound: 150,000 opening parentheses, pipes or keywords overflow the
// stack, which ends the program. What it would have to hold at once is bounded
// before it sees a line.
const (
	// safeLine is the length up to which no line can nest too deeply.
	safeLine = 4 << 10
	// mostNesting bounds what may open in longer ones. At 7 KB of stack each that
	// is 28 MB. Of the commands in public rollouts, here-documents apart, none
	// comes near it.
	mostNesting = 4 << 10
)

// nesting bounds from above how deep a parser could have to go: it counts the
// characters and keywords behind which a command or an expression can start,
// whether they do so or not. Short lines need no count.
func nesting(line string) (n int) {
	if len(line) <= safeLine {
		return 0
	}
	for i := range len(line) {
		if strings.IndexByte("({[|&!?=+-~*<>$`;", line[i]) >= 0 {
			n++
		}
	}
	for _, keyword := range []string{"if", "then", "else", "while", "until", "do", "for", "case", "in", "time", "coproc", "function", "select"} {
		n += strings.Count(line, keyword+" ") + strings.Count(line, keyword+"\n")
	}
	return n
}

var hereDocument = regexp.MustCompile(`<<-?[ \t]*(\\?[\w.]+|'[^'\n]+'|"[^"\n]+")`)

// withoutHereDocuments leaves out here-documents, the longest part of long
// commands, with what announces them. One without an end is left as it is.
func withoutHereDocuments(line string) string {
	const mostMissing = 16 // ends that are looked for in vain: each look reads the rest
	var b strings.Builder
	missing := 0
	for more := true; more; {
		var head string
		head, line, more = strings.Cut(line, "\n")
		at := 0
		for _, m := range hereDocument.FindAllStringSubmatchIndex(head, -1) {
			if missing == mostMissing || m[0] > 0 && head[m[0]-1] == '<' { // <<< is a here-string
				continue
			}
			missing++
			if after, found := behindLine(line, strings.Trim(head[m[2]:m[3]], `\'"`)); found {
				b.WriteString(head[at:m[0]])
				at, line = m[1], after
				missing--
			}
		}
		b.WriteString(head[at:])
		if more {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// behindLine is the text behind the first line that is end, tabs in front of it
// aside.
func behindLine(text, end string) (after string, found bool) {
	for more := true; more; {
		var line string
		line, text, more = strings.Cut(text, "\n")
		if strings.TrimLeft(line, "\t") == end {
			return text, true
		}
	}
	return "", false
}

// roughCommands cuts a line where a command can end, quotes or not, and at white
// space. It sees no redirections.
func roughCommands(line string) (list []shellCommand) {
	for part := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(";|&\n(){}`", r) }) {
		if words := strings.Fields(part); len(words) > 0 {
			list = append(list, shellCommand{words: unwrapped(words)})
		}
	}
	return list
}
