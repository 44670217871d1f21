package export

var axolotl = Target{
	Summary: "axolotl's chat_template: messages, each with train true or false",
	Limits:  "its datasets entry needs message_field_training: train and roles_to_train: []",
	Read:    "axolotl 0.19.0, prompt_strategies/chat_template.py",
	says:    eachTurn,
	lines: func(c *conversation) []any {
		return messagesLine(c, func(m *message, t turn) { m.Train = &t.trained })
	},
}
