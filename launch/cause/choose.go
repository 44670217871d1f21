package cause

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"trainyard/launch/redact"
)

func (f *causeFinder) close() {
	for _, t := range f.open {
		if t.raised != nil {
			f.keep(*t.raised)
		}
	}
	f.closeRoot()
	slices.SortStableFunc(f.raised, func(a, b raised) int { return a.line - b.line })
}

func (f *causeFinder) cause(clean func(string) string) Cause {
	r := f.choose()
	text := r.words()
	c := Cause{At: r.at, Text: redact.OneLine(clean(text), maxCause), End: redact.OneLine(clean(cmp.Or(f.end, f.quiet)), maxCause)}
	c.Last = text != "" && r.kind < ended && (r.line == f.endLine || f.after <= lastLines)
	c.Own = text != "" && !follows.MatchString(text) && !launcherError(r.text)
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

// choose finds the cause; one without words where there is none.
func (f *causeFinder) choose() raised {
	if root := f.firstRoot(); root != nil {
		if own := f.own(*root); own != nil {
			return *own
		}
		return raised{text: root.words(), line: root.line}
	}
	r := pick(f.raised)
	if bareError.MatchString(f.end) && (r == nil || f.endLine > r.line) {
		return raised{text: f.end, line: f.endLine} // a program printed the exception that ended it
	}
	if r != nil {
		return *r
	}
	return raised{}
}

// bareError is an exception without its traceback.
var bareError = regexp.MustCompile(`^[A-Za-z_][\w.]*(Error|Exception|Interrupt): \S`)

// pick chooses among exceptions when no launcher names a rank. Of several ranks
// the first to fail counts; of one process the last exception, since what came
// before was caught.
func pick(all []raised) *raised {
	for _, tells := range []func(raised) bool{
		func(r raised) bool { return r.kind == uncaught && own(r) },
		func(r raised) bool { return r.kind == native && own(r) },
		func(r raised) bool { return r.kind == ended },
		own, notOfLauncher, anyOf,
	} {
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
	class, _, _ = strings.Cut(class, "(")
	class = class[strings.LastIndexByte(class, '.')+1:]
	return slices.Contains([]string{"ChildFailedError", "SignalException", "CalledProcessError", "ProcessRaisedException", "ProcessExitedException", "RayTaskError"}, class)
}

// follows matches exceptions that a rank raises because another one died.
var follows = regexp.MustCompile(`(?i)connection (closed|reset) by|broken pipe|DistNetworkError|DistBackendError|DistStoreError|RendezvousConnectionError|RendezvousClosedError|remote process exited|DataLoader worker \(pid\(s\) [\d, ]*\) exited unexpectedly|(ActorDied|RayActor|WorkerCrashed|ActorUnavailable)Error|NCCL (communicator was aborted|error)|EOFError|KeyboardInterrupt`)

func (r raised) words() string {
	text := r.text
	if r.from != "" {
		text += ", caused by " + r.from
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(r.rank, "rank")); err == nil {
		return "rank " + strconv.Itoa(n) + ": " + text
	}
	return text
}
