package style

import (
	"slices"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// noteUndescribed tells the calls of tools that the list of tools, recorded or
// given, does not describe.
func (p *chatWriter) noteUndescribed(t *format.Trajectory) {
	var described []string
	for _, m := range t.Messages {
		if len(m.Calls) == 0 || t.Tools == nil {
			continue
		}
		if described == nil {
			described = protocol.ToolNames(t.Tools)
		}
		for _, call := range m.Calls {
			if !slices.Contains(described, call.Name) {
				p.note(format.NoteUndescribed)
				if p.opt.Undescribed != nil {
					p.opt.Undescribed(pyjson.Clip(call.Name))
				}
			}
		}
	}
}
