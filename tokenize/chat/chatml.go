package chat

// writeChatML writes every message as it stands.
func writeChatML(p *chatWriter, c conversation) {
	for i := range c.messages {
		m := &c.messages[i]
		p.say(m.Role, m.Content, m.Untrained, c.last(i))
	}
}
