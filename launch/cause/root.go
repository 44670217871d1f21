package cause

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A rootCause is torchrun's block about the rank that failed first
// (torch/distributed/elastic/multiprocessing/errors, ChildFailedError).
type rootCause struct {
	line            int
	time, host      string
	rank, localRank int
	code            int    // exit code; below 0 a signal
	raised          string // the exception, where the program was told to record it
	inTraceback     bool
}

const rootStart = "Root Cause (first observed failure):"

// rootField is one line of the block: a name, a colon, a value.
var rootField = regexp.MustCompile(`^(time|host|rank|exitcode|error_file|traceback)\s*: (.*)$`)

// leadingNumber is the number at the start of a field.
var leadingNumber = regexp.MustCompile(`^-?\d+`)

// localRankField is the second number of the field rank.
var localRankField = regexp.MustCompile(`local_rank: (\d+)`)

// readRoot reports whether the line belongs to such a block.
func (f *causeFinder) readRoot(line string) bool {
	text := strings.TrimSpace(line)
	switch {
	case strings.HasSuffix(text, rootStart):
		f.closeRoot()
		f.root = &rootCause{line: f.line, rank: -1, localRank: -1}
		return true
	case f.root == nil:
		return false
	case strings.HasPrefix(text, "====="):
		f.closeRoot()
		return true
	}
	f.root.line = f.line
	if m := rootField.FindStringSubmatch(text); m != nil {
		f.root.field(m[1], m[2])
	} else if f.root.inTraceback {
		f.root.raised = text
	}
	return true
}

func (r *rootCause) field(name, value string) {
	number, _ := strconv.Atoi(leadingNumber.FindString(value))
	switch name {
	case "time":
		r.time = value
	case "host":
		r.host = value
	case "rank":
		r.rank = number
		if m := localRankField.FindStringSubmatch(value); m != nil {
			r.localRank, _ = strconv.Atoi(m[1])
		}
	case "exitcode":
		r.code = number
	case "traceback":
		r.inTraceback = strings.HasPrefix(value, "Traceback")
	}
}

func (f *causeFinder) closeRoot() {
	if f.root != nil && f.root.rank >= 0 {
		f.roots = append(f.roots, *f.root)
		f.after, f.loose = 0, false
	}
	f.root = nil
}

// firstRoot is the earliest failure of several machines. A rank that was asked to
// end did not fail first.
func (f *causeFinder) firstRoot() *rootCause {
	if len(f.roots) == 0 {
		return nil
	}
	first := slices.MinFunc(f.roots, func(a, b rootCause) int {
		return cmp.Or(asked(a)-asked(b), strings.Compare(a.time, b.time), a.line-b.line)
	})
	return &first
}

func asked(r rootCause) int {
	if r.code == -15 {
		return 1
	}
	return 0
}

// own is the exception of the rank that failed first: what it recorded, what
// bears its number, or, where lines bear none, the one that no launcher raised. A
// rank that a signal or its own exit ended raised none.
func (f *causeFinder) own(root rootCause) *raised {
	if root.raised != "" {
		return &raised{rank: fmt.Sprint("rank", root.rank), text: root.raised, line: root.line}
	}
	for _, name := range []string{fmt.Sprint("rank", root.rank), fmt.Sprint("default", root.localRank)} {
		if of := filter(f.raised, func(r raised) bool { return r.rank == name && r.kind != aside && notOfLauncher(r) }); len(of) > 0 {
			return &of[len(of)-1]
		}
	}
	if root.code != 1 {
		return nil
	}
	if of := filter(f.raised, func(r raised) bool { return r.rank == "" && r.line < root.line && r.kind == uncaught && own(r) }); len(of) > 0 {
		return &of[len(of)-1]
	}
	return nil
}

func (r rootCause) words() string {
	who := fmt.Sprintf("rank %d", r.rank)
	if r.host != "" {
		who += " on " + r.host
	}
	if r.code < 0 {
		return fmt.Sprintf("%s was killed by signal %d%s", who, -r.code, SignalHint(-r.code))
	}
	return fmt.Sprintf("%s exited with code %d", who, r.code)
}
