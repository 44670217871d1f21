package cause

import (
	"regexp"
	"strings"
)

const (
	// terminateStart is what the C++ runtime says before it aborts the process.
	terminateStart = "terminate called after throwing an instance of "
	// fatalStart is what Python's fault handler says of a signal.
	fatalStart = "Fatal Python error: "
)

// shellForm is a shell's word about a process that a signal ended, with the number of
// that process, as bash has it, or alone.
var shellForm = regexp.MustCompile(`(^|: line \d+:\s+\d+ )(Killed|Terminated|Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point exception)( +\(core dumped\))?(\s|$)`)

// maxShell is how far into a line a shell's word may stand.
const maxShell = 300

// readNative reads what tells of the end of a process below Python.
func (f *causeFinder) readNative(rank, line string) bool {
	text := strings.TrimLeft(line, " ")
	if class, found := strings.CutPrefix(text, terminateStart); found {
		f.crash(raised{rank: rank, text: strings.Trim(class, "'\""), line: f.line, at: f.at, kind: native})
		return true
	}
	if words, found := strings.CutPrefix(text, "what():"); found {
		if n := len(f.raised); n > 0 && f.raised[n-1].line == f.line-1 {
			f.raised[n-1].text += ": " + strings.TrimSpace(words)
			return true
		}
	}
	if strings.HasPrefix(text, fatalStart) {
		f.crash(raised{rank: rank, text: text, line: f.line, at: f.at, kind: native})
		return true
	}
	return f.readShell(rank, line)
}

func (f *causeFinder) readShell(rank, line string) bool {
	line = line[:min(len(line), maxShell)]
	if alone := strings.IndexByte("KTSABIF", line[0]) >= 0; !alone && !strings.Contains(line, ": line ") {
		return false
	}
	m := shellForm.FindStringSubmatch(line)
	if m == nil || m[1] == "" && strings.TrimSpace(line) != strings.TrimSpace(m[0]) {
		return false
	}
	kind := native
	if m[2] == "Killed" || m[2] == "Terminated" {
		kind = ended
	}
	f.crash(raised{rank: rank, text: strings.Join(strings.Fields(line), " "), line: f.line, at: f.at, kind: kind})
	return true
}

// crash keeps what ended a process. One right behind an exception follows from it: a
// library that ends badly after it. One that comes after other words is by itself.
func (f *causeFinder) crash(r raised) {
	if r.kind == native {
		if f.after > lastLines {
			r.kind = uncaught
		}
		f.after, f.loose = 0, false
	}
	f.keep(r)
}
