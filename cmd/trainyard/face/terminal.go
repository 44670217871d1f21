package face

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"trainyard/launch/redact"
)

// A Terminal is where a command talks: Out for answers, Err for conversation.
// Both take content by Write, see [Stream]. Print and Say clean their
// arguments, so that no id, name or text of a record is obeyed by a terminal.
type Terminal struct {
	Out, Err io.Writer
	ErrTTY   bool
	out, err *Stream
}

// NewTerminal takes standard output and standard error as they are.
func NewTerminal() *Terminal {
	t := &Terminal{out: newStream(os.Stdout), err: newStream(os.Stderr)}
	t.Out, t.Err, t.ErrTTY = t.out, t.err, t.err.tty
	t.UseColor("auto")
	return t
}

// NewPipes is a terminal that nothing is shown on: both ends go to writers.
func NewPipes(out, err io.Writer) *Terminal {
	t := &Terminal{out: &Stream{to: out}, err: &Stream{to: err}}
	t.Out, t.Err = t.out, t.err
	return t
}

// OutTTY says whether the answer is shown on a terminal, and not kept or piped on.
func (t *Terminal) OutTTY() bool { return t.out != nil && t.out.tty }

func newStream(f *os.File) *Stream {
	fd := int(f.Fd())
	return &Stream{to: f, tty: term.IsTerminal(fd), width: columns(fd)}
}

// columns is how wide lines may be: what COLUMNS says, else what the terminal
// says; a pipe has no end.
func columns(fd int) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	switch w, _, err := term.GetSize(fd); {
	case err == nil && w > 0:
		return w
	case term.IsTerminal(fd):
		return 80
	}
	return 0
}

// UseColor says when to paint: "always", "never", or else where a terminal
// reads and NO_COLOR (https://no-color.org) is not set.
func (t *Terminal) UseColor(setting string) {
	for _, s := range []*Stream{t.out, t.err} {
		s.paints = setting == "always" ||
			setting != "never" && s.tty && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
}

// Paints says whether the answer is painted.
func (t *Terminal) Paints() bool { return t.out.paints }

// Say writes a line of conversation. What it is told may be the words of any program, so
// secrets are taken out.
func (t *Terminal) Say(format string, args ...any) {
	_, _ = io.WriteString(raw(t.Err), redact.Here(fmt.Sprintf(format+"\n", cleaned(args)...)))
}

// Print writes to the answer.
func (t *Terminal) Print(format string, args ...any) {
	fmt.Fprintf(raw(t.Out), format, cleaned(args)...)
}

// PrintJSON writes v as one JSON document. What JSON lets stand in a string
// and a terminal obeys is escaped, in a pipe too: the value is the same.
func (t *Terminal) PrintJSON(v any) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(raw(t.Out), Clean(b.String()))
	return err
}

// Fail prints an error the way a reader scans it: one line per fault, then
// the hints. What is indented goes on with the line above it.
func (t *Terminal) Fail(err error) {
	var hints []string
	mark := Bad.paint("error:", t.err.paints)
	for line := range strings.SplitSeq(strings.TrimRight(err.Error(), "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "hint: "):
			hints = append(hints, line)
		case strings.HasPrefix(line, " "):
			t.Say("  %s", line)
		default:
			t.Say("%s %s", mark, line)
		}
	}
	for _, hint := range hints {
		t.Say("%s", hint)
	}
}
