package export

import "trainyard/format"

// A message is the shape that most targets share.
type message struct {
	Role    format.Role `json:"role"`
	Content string      `json:"content"`
	Weight  *int        `json:"weight,omitempty"`
	Train   *bool       `json:"train,omitempty"`
	Detail  []part      `json:"train_detail,omitempty"`
	Loss    *bool       `json:"loss,omitempty"`
}

// messagesLine is the one line {"messages": […]}; mark says of a turn whether it
// is trained, in the target's word.
func messagesLine(c *conversation, mark func(*message, turn)) []any {
	line := struct {
		Messages []message `json:"messages"`
	}{make([]message, len(c.turns))}
	for i, turn := range c.turns {
		line.Messages[i] = message{Role: turn.role, Content: turn.content}
		mark(&line.Messages[i], turn)
	}
	return []any{line}
}

// weighted marks assistant messages with weight 1 or 0.
func weighted(m *message, t turn) {
	if t.role == format.Assistant {
		weight := 0
		if t.trained {
			weight = 1
		}
		m.Weight = &weight
	}
}
