package face

import "fmt"

// A Live line is news on the conversation: on a terminal each text stands over
// the last one, elsewhere below it.
type Live struct {
	t    *Terminal
	open bool // the line on the terminal is not finished
}

// NewLive begins with no line.
func NewLive(t *Terminal) *Live { return &Live{t: t} }

// Show shows text; keep leaves it standing on a terminal.
func (l *Live) Show(text string, keep bool) {
	if !l.t.ErrTTY {
		l.t.Say("%s", text)
		return
	}
	fmt.Fprintf(raw(l.t.Err), "\r\x1b[K%s", OneLine(text))
	l.open = !keep
	if keep {
		fmt.Fprintln(raw(l.t.Err))
	}
}

// ClearLine takes away what stands on the line that a terminal has not
// finished, such as a bar.
func (t *Terminal) ClearLine() {
	if t.ErrTTY {
		fmt.Fprint(raw(t.Err), "\r\x1b[K")
	}
}

// End finishes the line.
func (l *Live) End() {
	if l.open {
		fmt.Fprintln(raw(l.t.Err))
	}
	l.open = false
}
