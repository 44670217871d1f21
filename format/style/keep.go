package style

import "trainyard/format"

func keepTools(p *chatWriter, t *format.Trajectory) (string, error) {
	if t.Tools != nil {
		p.note(format.NoteDroppedTools)
	}
	return "", nil
}

func keepMessages(p *chatWriter, messages []format.Message) error {
	for _, m := range messages {
		if len(m.Calls) > 0 || m.Role == format.ToolRole {
			return format.Rejectf(format.Structured, "the record has structured calls: choose a tool style that writes them as text")
		}
		p.writeText(m)
	}
	return nil
}
