package export

import "trainyard/format"

var sts = Target{
	Summary: "the Session Trace Simple Format of the Hugging Face Hub's trace viewer, a file for each row",
	Limits:  "calls and results are shown as the text they are; keep it in a repository of its own, never beside shards",
	Read:    "huggingface/hub-docs, docs/hub/session-traces-format.md",
	says:    noLoss,
	apart:   true,
	lines:   session,
}

type stsHeader struct {
	Type    string `json:"type"`
	Harness string `json:"harness"`
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
}

type stsLine struct {
	Type    string     `json:"type"`
	Message stsMessage `json:"message"`
}

type stsMessage struct {
	Role    format.Role `json:"role"`
	Content string      `json:"content"`
	Model   string      `json:"model,omitempty"`
}

// session is the header and a line for each message.
func session(c *conversation) []any {
	lines := []any{stsHeader{"session", "trainyard", c.id, c.task}}
	for _, turn := range c.turns {
		m := stsMessage{Role: turn.role, Content: turn.content}
		if turn.role == format.Assistant {
			m.Model = c.teacher
		}
		lines = append(lines, stsLine{"message", m})
	}
	return lines
}
