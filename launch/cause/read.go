package cause

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// A raised is an exception that a log shows.
type raised struct {
	rank string // as the line's prefix tells it: rank3; empty without one
	text string
	line int
	at   int64 // where its traceback begins
	kind kind
	from string // the exception that it was raised from; empty: none, or not told
}

// A kind says how much of a process an exception ends.
type kind int

const (
	uncaught kind = iota // the process, as far as the log tells
	native               // the process, below Python: a C++ exception, a signal
	ended                // a process that a shell saw ending by a signal; it may have sent it itself
	aside                // a thread or a task at most: the program went on
)

// A traceback is one that is being read.
type traceback struct {
	ignored bool // Python could not raise it, as while it ends
	kind    kind
	from    string
	at      int64
	raised  *raised
}

type causeFinder struct {
	line    int
	at      int64 // where the line begins that is being read, which bars may be part of
	next    int64
	open    map[string]*traceback // by rank
	labels  []string              // what stands before each line of some process, newest last
	ignore  bool                  // the next traceback is one that Python ignored
	aside   int                   // lines in which a traceback is one of a thread or a task
	direct  string                // the exception that the next one is raised from
	after   int                   // lines that tell something behind the last trouble
	loose   bool                  // the last of them may be the head of an indented block
	raised  []raised
	roots   []rootCause
	root    *rootCause // being read
	end     string
	endLine int
	quiet   string // the last line of a scheduler
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
	if rank == "" {
		rank, line = f.unlabelled(line)
	}
	f.line++
	if strings.TrimSpace(line) == "" {
		return
	}
	inside := f.readRoot(line) || f.readTraceback(rank, line) || f.readNative(rank, line)
	f.note(line, inside)
}

// note keeps the last line that tells something, and the last few.
func (f *causeFinder) note(line string, inside bool) {
	switch {
	case inside:
		return
	case ofScheduler(line):
		f.quiet = line
	case quiet(line):
		return
	default:
		f.end, f.endLine = line, f.line
		f.count(line)
	}
	if f.recent = append(f.recent, line); len(f.recent) > recentLines {
		f.recent = f.recent[1:]
	}
}

// count counts what is told behind the last trouble. An indented line, and the one
// above it, are a message of several lines; bars are indented too and show that the
// program goes on.
func (f *causeFinder) count(line string) {
	indented := (line[0] == ' ' || line[0] == '\t') && !strings.Contains(line, "%|")
	switch {
	case !indented:
		f.after++
	case f.loose:
		f.after--
	}
	f.loose = !indented
}

// recentLines are those in which a known trouble counts without an exception.
const recentLines = 10

// quiet reports whether a line may stand at the end of a log and tells nothing: a
// rule, a warning, and what a scheduler says of its own.
func quiet(line string) bool {
	if strings.Trim(line, " \t=_*#~-") == "" || strings.Contains(line, "Warning: ") || strings.Contains(line, "warnings.warn(") || strings.HasPrefix(line, "wandb: ") {
		return true
	}
	stamp := strings.TrimPrefix(line, "[") // torch's: W1128 04:36:33
	return len(stamp) > 6 && (stamp[0] == 'W' || stamp[0] == 'I') && stamp[5] == ' ' && strings.Trim(stamp[1:5], "0123456789") == ""
}

func ofScheduler(line string) bool {
	return strings.HasPrefix(line, "srun: ") || strings.HasPrefix(line, "slurmstepd")
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
	if f.readMarker(bare) {
		return true
	}
	switch t := f.open[rank]; {
	case startsTraceback(bare):
		f.begin(rank, bare)
		return true
	case t == nil:
		return false
	case t.raised == nil && ofFrame(line):
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

// startsTraceback knows Python's own first line, whatever stands before it, and that
// of the boxes that rich draws.
func startsTraceback(line string) bool {
	return strings.HasSuffix(line, tracebackStart) ||
		(strings.HasPrefix(line, "╭") || strings.HasPrefix(line, "+-")) && strings.Contains(line, "Traceback (most recent call last)")
}

// ofFrame reports whether a line is one of a traceback before its exception: of the
// call stack, of an exception group, of a box of rich, or with the arrow of loguru.
func ofFrame(line string) bool {
	for _, start := range []string{" ", "\t", "+-", "> ", "│", "╰", "| "} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}

func (f *causeFinder) begin(rank, line string) {
	t := traceback{ignored: f.ignore, from: f.direct, at: f.at}
	if f.aside > 0 {
		t.kind = aside
	}
	f.ignore, f.aside, f.direct = false, 0, ""
	f.open[rank] = &t
	if label := strings.TrimSuffix(line, tracebackStart); rank == "" && label != line && len(label) <= maxLabel && isLabel(label) {
		own := t
		f.open[label] = &own // the lines that follow have the label, or they have not
		if !slices.Contains(f.labels, label) {
			f.labels = append(f.labels, label)
		}
		if len(f.labels) > maxLabels {
			delete(f.open, f.labels[0])
			f.labels = f.labels[1:]
		}
	}
}

// maxLabels and maxLabel bound what is kept of labels: their number and length.
const (
	maxLabels = 64
	maxLabel  = 80
)

func isLabel(text string) bool {
	return strings.Trim(strings.TrimSuffix(text, "Exception Group "), " +|") != ""
}

// unlabelled takes off what stands before each line of one process, as Ray, mpirun,
// pdsh and container tools put it there. It is known from the first line of a
// traceback, and serves as a rank.
func (f *causeFinder) unlabelled(line string) (label, rest string) {
	for _, label := range f.labels {
		if rest, found := strings.CutPrefix(line, label); found {
			if startsTraceback(rest) {
				return "", line // begin keeps the label
			}
			return label, rest
		}
		if line == strings.TrimRight(label, " ") {
			return label, ""
		}
	}
	return "", line
}

// readMarker reads what stands between tracebacks and says what the next one is.
func (f *causeFinder) readMarker(line string) bool {
	if f.aside > 0 {
		f.aside--
	}
	switch {
	case strings.HasPrefix(line, "Exception ignored in") || strings.HasPrefix(line, "Exception ignored while"):
		f.ignore = true
	case line != "" && strings.IndexByte("ETF-", line[0]) >= 0 && asideForm.MatchString(line):
		f.aside = asideLines
	case strings.HasPrefix(line, "The above exception was the direct cause of the following exception"):
		if n := len(f.raised); n > 0 {
			f.direct = cmp.Or(f.raised[n-1].from, f.raised[n-1].text)
		}
	case strings.HasPrefix(line, "During handling of the above exception, another exception occurred"):
	default:
		return false
	}
	return true
}

// asideForm matches what comes before the traceback of an exception that ends a thread
// or a task and not the program (threading, asyncio, logging, atexit).
var asideForm = regexp.MustCompile(`^(Exception in thread |(Task|Future) exception was never retrieved|Exception in callback |--- Logging error ---|Error in atexit\._run_exitfuncs|Exception in default exception handler)`)

// asideLines is how far behind such a line its traceback may begin.
const asideLines = 4

// exceptionLine is how Python names an exception: its class, a message if any. Ray puts
// the class of the exception that a task raised into brackets.
var exceptionLine = regexp.MustCompile(`^[A-Za-z_][\w.]*(\([\w.]+\))?(:|$)`)

func (f *causeFinder) raise(rank, line string, t *traceback) bool {
	if t.ignored || !exceptionLine.MatchString(line) {
		delete(f.open, rank)
		return t.ignored
	}
	r := raised{rank: rank, text: strings.TrimSpace(line), line: f.line, at: t.at, kind: t.kind, from: t.from}
	if t.kind != aside && !follows.MatchString(r.text) {
		f.after, f.loose = 0, false
	}
	if class, _, _ := strings.Cut(r.text, ":"); strings.Contains(class, "RayTaskError") {
		f.keep(r) // what the task raised stands below, with its own call stack
		return true
	}
	t.raised = &r
	if !strings.HasSuffix(r.text, ":") || launcherError(r.text) {
		f.keep(r)
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
