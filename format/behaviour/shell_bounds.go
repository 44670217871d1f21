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

// withoutHereDocuments leaves out the lines of here-documents, the longest part
// of long commands. One without an end is left as it is.
func withoutHereDocuments(line string) string {
	var b strings.Builder
	for line != "" {
		head, rest, more := strings.Cut(line, "\n")
		b.WriteString(head)
		if more {
			b.WriteByte('\n')
		}
		line = rest
		for _, m := range hereDocument.FindAllStringSubmatchIndex(head, -1) {
			if m[0] > 0 && head[m[0]-1] == '<' { // <<< is a here-string
				continue
			}
			if body, after, found := cutLine(line, strings.Trim(head[m[2]:m[3]], `\'"`)); found {
				_, line = body, after
				continue
			}
			b.WriteString(line)
			return b.String()
		}
	}
	return b.String()
}

// cutLine cuts text around the first line that is end, white space in front of
// it aside.
func cutLine(text, end string) (before, after string, found bool) {
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		next := min(len(text), at+len(line)+1)
		if strings.TrimLeft(line, "\t") == end {
			return text[:at], text[next:], true
		}
		at = next
	}
	return text, "", false
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
