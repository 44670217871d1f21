package export

// A Target is one way of writing rows.
type Target struct {
	Summary string
	Limits  string // what its lines leave out, and what the reader must be told
	Read    string // where the format was read
	says    loss
	// apart gives each row a file of its own.
	apart bool
	// lines are what JSON lines a row becomes.
	lines func(*conversation) []any
	// refuse, where it is set, says what of a row the target would change.
	refuse func(*conversation) error
}

// Targets are the known ones by name.
var Targets = map[string]Target{
	"axolotl":   axolotl,
	"fireworks": fireworks,
	"nemo-rl":   nemoRL,
	"openai":    openAI,
	"sts":       sts,
	"swift":     swift,
	"tinker":    tinker,
	"together":  together,
}

// loss is how finely a target's lines tell what is trained.
type loss int

const (
	allTurns  loss = iota // every assistant turn is trained
	eachTurn              // a turn is trained or not
	eachPart              // so is a part of its text
	eachToken             // so is a token
	noLoss                // nothing is trained from it
)
