package export

import (
	"errors"

	"trainyard/format"
)

var swift = Target{
	Summary: "ms-swift: messages, with loss true or false on each assistant message",
	Limits:  "rows whose last turn is outside the loss are refused: ms-swift trains its end of turn all the same",
	Read:    "ms-swift 4.6.0, loss_scale/base.py and dataset/preprocessor/core.py",
	says:    eachTurn,
	lines: func(c *conversation) []any {
		return messagesLine(c, func(m *message, t turn) {
			if t.role == format.Assistant {
				m.Loss = &t.trained
			}
		})
	},
	refuse: func(c *conversation) error {
		if !c.turns[len(c.turns)-1].trained {
			return errors.New("the last message is outside the loss, and ms-swift trains its <|im_end|> whatever the line says")
		}
		return nil
	},
}
