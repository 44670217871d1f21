package format

func keepTools(p *page, t *Trajectory) (string, error) {
	if t.Tools != nil {
		p.note(NoteDroppedTools)
	}
	return "", nil
}

func keepMessages(p *page, messages []Message) error {
	for _, m := range messages {
		if len(m.Calls) > 0 || m.Role == ToolRole {
			return reject(Structured, "the record has structured calls: choose a tool style that writes them as text")
		}
		p.writeText(m)
	}
	return nil
}
