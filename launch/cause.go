package launch

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Cause is what a trainer's log tells about a bad end.
type Cause struct {
	Text string // the exception, or what a launcher of several ranks says, in one line; empty: none found
	Last bool   // the log ends with it
	Own  bool   // it is no mere consequence of another process's end
	End  string // the last line of the log with words in it
	Hint string // what usually helps; empty: not known
}

// FindCause reads a log to its end. Texts are redacted whole, before they are cut
// to a readable length. It is for runs that did not succeed: those that did print
// the same things, a torchrun its DistNetworkError for example.
//
// The order is that of how much a line tells: the own exception of the rank that
// torchrun names as the first to fail; else torchrun's word about that rank; else
// the last exception that nothing caught, where those that merely follow from the
// death of another rank count less, and those of launchers least.
func FindCause(log io.Reader, redact func(string) string) (Cause, error) {
	f := causeFinder{open: map[string]*traceback{}}
	lines := bufio.NewReaderSize(log, 64<<10)
	for {
		line, err := lines.ReadSlice('\n')
		for piece := range bytes.SplitSeq(line, []byte("\r")) {
			f.read(string(piece))
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			f.close()
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return f.cause(redact), err
		}
	}
}

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
	noise   int // lines after endLine that tell nothing
	recent  []string
}

// rankPrefix is what torch and torchrun put before the lines of a rank.
var rankPrefix = regexp.MustCompile(`^\[([a-z_]+)(\d+)\]:\s?`)

// taskPrefix is that of srun --label.
var taskPrefix = regexp.MustCompile(`^ *\d{1,5}: `)

// ansi is what colours a terminal.
var ansi = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// unranked takes the prefixes off a line. Of several, the innermost one, torch's
// own, tells the rank among all machines.
func unranked(line string) (rank, rest string) {
	for {
		line = taskPrefix.ReplaceAllString(line, "")
		m := rankPrefix.FindStringSubmatch(line)
		if m == nil {
			return rank, line
		}
		rank, line = m[1]+m[2], line[len(m[0]):]
	}
}

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
	if inside || quietLine.MatchString(line) {
		return
	}
	f.end, f.endLine = line, f.line
	if f.recent = append(f.recent, line); len(f.recent) > recentLines {
		f.recent = f.recent[1:]
	}
}

// recentLines are those in which a known trouble counts without an exception.
const recentLines = 10

// quietLine matches lines that stand at the end of a log and tell nothing: rules,
// warnings of torch and what a scheduler says of its own.
var quietLine = regexp.MustCompile(`^[\s=_*#~-]+$|^\[?[WI]\d{4} |^srun: |^slurmstepd|^wandb: |Warning: |^\s+warnings\.warn\(`)

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

func (f *causeFinder) close() {
	for _, t := range f.open {
		if t.raised != nil {
			f.keep(*t.raised)
		}
	}
	f.closeRoot()
	slices.SortStableFunc(f.raised, func(a, b raised) int { return a.line - b.line })
}

func (f *causeFinder) cause(redact func(string) string) Cause {
	text, line := f.choose()
	c := Cause{Text: oneLine(redact(text), maxCause), End: oneLine(redact(f.end), maxCause)}
	c.Last = text != "" && f.endLine-line <= lastLines
	c.Own = text != "" && !follows.MatchString(text) && !launcherError(text)
	c.Hint = hint(text)
	if text == "" {
		c.Hint = hint(strings.Join(f.recent, "\n"))
	}
	return c
}

const (
	// maxCause is how many characters of a cause are told.
	maxCause = 300
	// lastLines is how many lines may follow an error that ends a log: a shell
	// says that it is through.
	lastLines = 3
)

// choose finds the cause, and the line it stands on.
func (f *causeFinder) choose() (text string, line int) {
	if root := f.firstRoot(); root != nil {
		if own := f.own(*root); own != nil {
			return own.words(), own.line
		}
		return root.words(), root.line
	}
	if r := pick(f.raised); r != nil {
		return r.words(), r.line
	}
	return "", 0
}

// pick chooses among exceptions when no launcher names a rank. Of several ranks
// the first to fail counts; of one process the last exception, since what came
// before was caught.
func pick(all []raised) *raised {
	for _, tells := range []func(raised) bool{own, notOfLauncher, anyOf} {
		found := filter(all, tells)
		if len(found) == 0 {
			continue
		}
		lastOf := map[string]int{}
		for i, r := range found {
			lastOf[r.rank] = i
		}
		if _, unranked := lastOf[""]; unranked || len(lastOf) == 1 {
			return &found[len(found)-1]
		}
		first := len(found)
		for _, i := range lastOf {
			first = min(first, i)
		}
		return &found[first]
	}
	return nil
}

func filter(all []raised, tells func(raised) bool) (found []raised) {
	for _, r := range all {
		if tells(r) {
			found = append(found, r)
		}
	}
	return found
}

func own(r raised) bool           { return !launcherError(r.text) && !follows.MatchString(r.text) }
func notOfLauncher(r raised) bool { return !launcherError(r.text) }
func anyOf(raised) bool           { return true }

// launcherError reports whether an exception says only that a child failed.
func launcherError(text string) bool {
	class, _, _ := strings.Cut(text, ":")
	class = class[strings.LastIndexByte(class, '.')+1:]
	return slices.Contains([]string{"ChildFailedError", "SignalException", "CalledProcessError", "ProcessRaisedException", "ProcessExitedException"}, class)
}

// follows matches exceptions that a rank raises because another one died.
var follows = regexp.MustCompile(`(?i)connection (closed|reset) by|broken pipe|DistNetworkError|DistBackendError|DistStoreError|RendezvousConnectionError|RendezvousClosedError|remote process exited|NCCL (communicator was aborted|error)|EOFError|KeyboardInterrupt`)

func (r raised) words() string {
	if n, err := strconv.Atoi(strings.TrimPrefix(r.rank, "rank")); err == nil {
		return "rank " + strconv.Itoa(n) + ": " + r.text
	}
	return r.text
}
