package cause

import (
	"regexp"
	"slices"
	"strings"
)

// A raised is an exception that a log shows.
type raised struct {
	rank string // as the line's prefix tells it: rank3; empty without one
	text string
	line int
}

// A traceback is one that is being read.
type traceback struct {
	ignored bool // Python could not raise it, as while it ends
	raised  *raised
}

type causeFinder struct {
	line    int
	open    map[string]*traceback // by rank
	ignore  bool                  // the next traceback is one that Python ignored
	raised  []raised
	roots   []rootCause
	root    *rootCause // being read
	end     string
	endLine int
	recent  []string
}

// unranked takes the prefixes off a line: those of torch and torchrun for a rank,
// [rank3]: and [default1]:, and that of srun --label. Of several, the innermost
// one, torch's own, tells the rank among all machines.
func unranked(line string) (rank, rest string) {
	for {
		line = withoutTask(line)
		m := RankForm.FindStringSubmatch(prefix(line))
		if m == nil {
			return rank, line
		}
		rank, line = m[1]+m[2], line[len(m[0]):]
	}
}

// RankForm is the prefix of a line of one rank, as torch and torchrun write it: [rank3]: and
// [default1]:.
var RankForm = regexp.MustCompile(`^\[([a-z_]+)(\d+)\]:\s?`)

// prefix is as much of a line as a prefix may take; nothing of most lines.
func prefix(line string) string {
	if !strings.HasPrefix(line, "[") {
		return ""
	}
	return line[:min(len(line), 40)]
}

// withoutTask takes off what srun --label puts before a line: a number, a colon
// and a blank.
func withoutTask(line string) string {
	rest := strings.TrimLeft(line[:min(len(line), 8)], " ")
	digits := strings.TrimLeft(rest, "0123456789")
	if len(digits) < len(rest) && strings.HasPrefix(digits, ": ") {
		return line[strings.Index(line, ": ")+2:]
	}
	return line
}

// ansi is what colours a terminal.
var ansi = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

func (f *causeFinder) read(line string) {
	if strings.Contains(line, "\x1b[") {
		line = ansi.ReplaceAllString(line, "")
	}
	rank, line := unranked(strings.TrimRight(line, " \t\n"))
	f.line++
	if strings.TrimSpace(line) == "" {
		return
	}
	inside := f.readRoot(line) || f.readTraceback(rank, line)
	f.note(line, inside)
}

// note keeps the last line that tells something, and the last few.
func (f *causeFinder) note(line string, inside bool) {
	if inside || quiet(line) {
		return
	}
	f.end, f.endLine = line, f.line
	if f.recent = append(f.recent, line); len(f.recent) > recentLines {
		f.recent = f.recent[1:]
	}
}

// recentLines are those in which a known trouble counts without an exception.
const recentLines = 10

// quiet reports whether a line may stand at the end of a log and tells nothing: a
// rule, a warning, and what a scheduler says of its own.
func quiet(line string) bool {
	if strings.Trim(line, " \t=_*#~-") == "" || strings.Contains(line, "Warning: ") || strings.Contains(line, "warnings.warn(") {
		return true
	}
	for _, of := range []string{"srun: ", "slurmstepd", "wandb: "} {
		if strings.HasPrefix(line, of) {
			return true
		}
	}
	stamp := strings.TrimPrefix(line, "[") // torch's: W1128 04:36:33
	return len(stamp) > 6 && (stamp[0] == 'W' || stamp[0] == 'I') && stamp[5] == ' ' && strings.Trim(stamp[1:5], "0123456789") == ""
}

// groupFrame is what stands left of the tracebacks of an exception group.
var groupFrame = regexp.MustCompile(`^ +[|+] ?(.*)$`)

const tracebackStart = "Traceback (most recent call last):"

// readTraceback reports whether the line belongs to a traceback.
func (f *causeFinder) readTraceback(rank, line string) bool {
	if m := groupFrame.FindStringSubmatch(line); m != nil {
		line = m[1]
	}
	bare := strings.TrimLeft(line, " ")
	switch t := f.open[rank]; {
	case strings.HasPrefix(bare, "Exception ignored in") || strings.HasPrefix(bare, "Exception ignored while"):
		f.ignore = true
		return true
	case strings.HasSuffix(bare, tracebackStart):
		f.open[rank] = &traceback{ignored: f.ignore}
		f.ignore = false
		return true
	case t == nil:
		return false
	case t.raised == nil && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "+-")):
		return true
	case t.raised == nil:
		return f.raise(rank, bare, t)
	case t.raised.text[len(t.raised.text)-1] == ':':
		t.raised.text += " " + strings.TrimSpace(line) // a message that begins on the next line
		f.keep(*t.raised)
		delete(f.open, rank)
		return true
	}
	delete(f.open, rank)
	return false
}

// exceptionLine is how Python names an exception: its class, a message if any.
var exceptionLine = regexp.MustCompile(`^[A-Za-z_][\w.]*(:|$)`)

func (f *causeFinder) raise(rank, line string, t *traceback) bool {
	if t.ignored || !exceptionLine.MatchString(line) {
		delete(f.open, rank)
		return t.ignored
	}
	t.raised = &raised{rank: rank, text: strings.TrimSpace(line), line: f.line}
	if !strings.HasSuffix(t.raised.text, ":") || launcherError(t.raised.text) {
		f.keep(*t.raised)
		delete(f.open, rank)
	}
	return true
}

// keep holds the exceptions that may be told, the newest ones of very many.
func (f *causeFinder) keep(r raised) {
	if f.raised = append(f.raised, r); len(f.raised) > maxRaised {
		f.raised = slices.Delete(f.raised, maxRaised/4, maxRaised/2)
	}
}

const maxRaised = 1024
