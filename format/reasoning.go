package format

// Reasoning says what becomes of the thoughts that a record holds: what its
// assistant wrote to itself, apart from what it said and did.
type Reasoning string

const (
	// StudentsOwn writes thoughts where the student's chat template has a place
	// for them, and else leaves out those that the record holds apart from the
	// text; a think block that stands in the text is text then.
	StudentsOwn Reasoning = ""
	// KeepReasoning writes every thought: in the template's place for it, or
	// else as words in front of what the turn says.
	KeepReasoning Reasoning = "keep"
	// DropReasoning leaves every thought out, those in think blocks too.
	DropReasoning Reasoning = "drop"
)
