package face

// Painted is text of this package's making: clean, and with colours that the
// terminal is to obey. [Terminal.Print] and [Terminal.Say] let it through.
type Painted string

// A Tint is a way to paint text. The zero value leaves it as it is.
type Tint string

// The tints have the meaning that people give them, and no others are used.
const (
	Plain   Tint = ""
	Bad     Tint = "31" // failed, lost, error
	Good    Tint = "32" // succeeded; trained tokens
	Wary    Tint = "33" // short, far, warned of
	Dim     Tint = "2"  // over and done with; text that is not trained
	Heading Tint = "1"
)

// paint cleans text and, where on, tints it.
func (t Tint) paint(text string, on bool) Painted {
	text = Clean(text)
	if !on || t == Plain || text == "" {
		return Painted(text)
	}
	return Painted("\x1b[" + string(t) + "m" + text + "\x1b[0m")
}

// Paint is text for the answer, tinted where the answer is painted.
func (t *Terminal) Paint(tint Tint, text string) Painted { return tint.paint(text, t.Paints()) }
