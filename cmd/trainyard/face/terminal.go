package face

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// A Terminal is where a command talks: out for answers, err for conversation.
type Terminal struct {
	Out, Err io.Writer
	outTTY   bool
	ErrTTY   bool
	width    int
}

func NewTerminal() *Terminal {
	t := &Terminal{Out: os.Stdout, Err: os.Stderr, width: 80}
	t.outTTY = term.IsTerminal(int(os.Stdout.Fd()))
	t.ErrTTY = term.IsTerminal(int(os.Stderr.Fd()))
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w > 0 {
		t.width = w
	}
	return t
}

// Say writes a line of conversation.
func (t *Terminal) Say(format string, args ...any) { fmt.Fprintf(t.Err, format+"\n", args...) }

// Print writes to the answer.
func (t *Terminal) Print(format string, args ...any) { fmt.Fprintf(t.Out, format, args...) }

// PrintJSON writes v as one JSON document.
func (t *Terminal) PrintJSON(v any) error {
	enc := json.NewEncoder(t.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// Fail prints an error the way a reader scans it: one line per fault, then
// the hints. What is indented goes on with the line above it.
func (t *Terminal) Fail(err error) {
	var hints []string
	for line := range strings.SplitSeq(strings.TrimRight(err.Error(), "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "hint: "):
			hints = append(hints, line)
		case strings.HasPrefix(line, " "):
			t.Say("  %s", line)
		default:
			t.Say("error: %s", line)
		}
	}
	for _, hint := range hints {
		t.Say("%s", hint)
	}
}

// Color says whether the answer is painted.
func (t *Terminal) Color(setting string) bool {
	switch setting {
	case "always":
		return true
	case "never":
		return false
	}
	return t.outTTY && os.Getenv("NO_COLOR") == ""
}
