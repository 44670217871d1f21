package chat

// writeChatML writes every message as it stands.
func writeChatML(p *chatWriter, c conversation) {
	for i := range c.messages {
		p.say(&c.messages[i], c.last(i))
	}
}
