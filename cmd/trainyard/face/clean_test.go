package face

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWhatATerminalWouldObeyIsWrittenOut(t *testing.T) {
	for text, want := range map[string]string{
		"plain\ttext\n日本 é ✓":     "plain\ttext\n日本 é ✓",
		"\x1b]0;title\x07":        `\x1b]0;title\x07`,
		"over\rwritten":           `over\rwritten`,
		"back\b\x7f":              `back\x08\u007f`,
		"\u009b31m":               `\u009b31m`,
		"\x9b31m raw":             `\x9b31m raw`,
		"a\u202egnp.exe\u2066":    `a\u202egnp.exe\u2066`,
		"half \xe6\x97":           `half \xe6\x97`,
		"nul\x00 and \x0b and \f": `nul\x00 and \x0b and \x0c`,
	} {
		if got := Clean(text); got != want {
			t.Errorf("Clean(%q) = %q, want %q", text, got, want)
		}
	}
	if got := OneLine("a\nb\tc"); got != `a\nb\tc` {
		t.Errorf("OneLine gives %q", got)
	}
}

// aTerminal is one whose answer and conversation are read by tests.
func aTerminal(tty bool, width int) (t *Terminal, out, err *strings.Builder) {
	out, err = &strings.Builder{}, &strings.Builder{}
	t = &Terminal{out: &Stream{to: out, tty: tty, width: width}, err: &Stream{to: err, tty: tty, width: width}, ErrTTY: tty}
	t.Out, t.Err = t.out, t.err
	return t, out, err
}

type named string

func TestPrintCleansItsArgumentsOfEveryKind(t *testing.T) {
	term, out, conversation := aTerminal(false, 0)
	term.Print("%s %v %s %d\n", "\x1b[2J", errors.New("\x1b[2J"), named("\x1b[2J"), 7)
	term.Say("%s", []byte("\x1b[2J"))
	term.Fail(errors.New("no \x1b[2J\nhint: \x9b"))
	if got := out.String() + conversation.String(); strings.ContainsAny(got, "\x1b") || !utf8.ValidString(got) {
		t.Errorf("a terminal would obey %q", got)
	}
	if want := `\x1b[2J \x1b[2J \x1b[2J 7` + "\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestJSONKeepsItsValueAndHoldsNothingToObey(t *testing.T) {
	const id = "id\x1b[2J \u009b \x7f \u202e"
	term, out, _ := aTerminal(false, 0)
	if err := term.PrintJSON(map[string]string{"id": id}); err != nil {
		t.Fatal(err)
	}
	var back struct{ ID string }
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || back.ID != id {
		t.Errorf("it reads back as %q (%v)", back.ID, err)
	}
	if strings.ContainsAny(out.String(), "\x1b\x7f\u009b\u202e") {
		t.Errorf("a terminal would obey %q", out.String())
	}
}

func TestContentIsCleanOnATerminalAndUntouchedInAPipe(t *testing.T) {
	const content = "loss 1\rloss 2\r\nred \x1b[31m 日\xff\n"
	for _, tty := range []bool{false, true} {
		term, out, _ := aTerminal(tty, 80)
		for i := range len(content) { // a byte at a time: characters are cut
			if n, err := term.Out.Write([]byte{content[i]}); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		want := content
		if tty {
			want = "loss 1\nloss 2\nred \\x1b[31m 日\\xff\n"
		}
		if out.String() != want {
			t.Errorf("tty %v: got %q, want %q", tty, out.String(), want)
		}
	}
}

func TestNothingIsPaintedButWhereItIsAskedFor(t *testing.T) {
	term, out, _ := aTerminal(true, 80)
	term.Print("%s", term.Paint(Bad, "failed"))
	term.UseColor("always")
	term.Print(" %s %s", term.Paint(Bad, "failed"), term.Paint(Plain, "\x1b"))
	if want := "failed \x1b[31mfailed\x1b[0m \\x1b"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
