package tokenize

// writeChatML writes every message as it stands.
func writeChatML(p *page, c conversation) {
	for i := range c.messages {
		m := &c.messages[i]
		p.say(m.Role, m.Content, m.Untrained, c.last(i))
	}
}
