package export

import (
	"errors"
	"fmt"

	"trainyard/format"
	"trainyard/tokenize/chat"
)

// A conversation is one row, whatever its shard holds.
type conversation struct {
	id, task, teacher string

	turns []turn
	ids   []int32 // under the dataset's template, where the target asks for tokens
	spans []chat.Span
}

// A turn is one message. Trained says that the whole of an assistant's turn is in
// the loss, and partly that some of its tokens are: those of the trained parts, of
// which there are none where no characters say it.
type turn struct {
	role            format.Role
	content         string
	trained, partly bool
	parts           []part
}

// check refuses what the target cannot say.
func (t *Target) check(c *conversation) error {
	if t.says == eachToken && len(c.ids) == 0 {
		return errors.New("it holds no token")
	}
	for i, turn := range c.turns {
		switch {
		case t.says == noLoss || t.says == eachToken || turn.role != format.Assistant:
		case turn.partly && t.says == eachPart && len(turn.parts) > 0:
		case turn.partly:
			return fmt.Errorf("message %d is trained in part, which no line can say (tinker's can)", i+1)
		case !turn.trained && t.says == allTurns:
			return fmt.Errorf("message %d is outside the loss, which no line can say (those of axolotl, openai, tinker and others can)", i+1)
		}
	}
	if t.refuse == nil {
		return nil
	}
	return t.refuse(c)
}
