package export

var axolotl = Target{
	Summary: "axolotl's chat_template: messages, each with train true or false, or with the parts that are trained",
	Limits:  "its datasets entry needs message_field_training: train, message_field_training_detail: train_detail and roles_to_train: []",
	Read:    "axolotl 0.19.0, prompt_strategies/chat_template.py",
	says:    eachPart,
	lines: func(c *conversation) []any {
		return messagesLine(c, func(m *message, t turn) {
			train := t.trained || t.partly
			m.Train, m.Detail = &train, t.parts
		})
	},
}
