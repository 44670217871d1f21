package style

import (
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// ticksStyle is the text that SWE-smith's transform for SWE-agent's thought-action
// parser writes: the thought, an empty line, and one command of a shell between
// ticks; results are user turns, word for word. It describes no tools: prompts of
// such scaffolds say what a command is.
var ticksStyle = Rendering{
	Summary: "SWE-smith's ticks: one command of a shell a turn, between fences, results as user turns",
	Limits: "only calls of a shell can be written so: a call of another tool, or with more than a command, rejects the record; " +
		"a command with a line that starts with three ticks rejects it too, for it would be read as two",
	tools:    keepTools,
	write:    ticksMessages,
	prompted: true,
}

// shellTools are the names of a shell among the scaffolds that are read.
var shellTools = map[string]bool{"bash": true, "execute_bash": true, "shell": true, "terminal": true, "run_shell_command": true, "Bash": true}

func ticksMessages(p *chatWriter, messages []format.Message) error {
	single, notes, err := protocol.SingleCalls(messages)
	if err != nil {
		return err
	}
	p.notes = append(p.notes, notes...)
	for _, m := range single {
		switch {
		case m.Role == format.ToolRole:
			p.add(format.User, p.clean(m.Content, format.ToolRole))
		case len(m.Calls) > 0:
			command, err := tickedCommand(m.Calls[0])
			if err != nil {
				return err
			}
			thought := p.clean(m.Content, format.Assistant)
			if thought != "" || p.opt.KeepLead {
				thought += "\n\n"
			}
			p.act(m, thought+p.cleanCall("```\n"+command+"\n```"))
		default:
			p.writeText(m)
		}
	}
	return nil
}

// tickedCommand is the command of a call that has nothing else.
func tickedCommand(call format.Call) (command string, err error) {
	err = pyjson.WithIndex(call.Arguments, func(arguments pyjson.Value) error {
		v := arguments.Get("command")
		switch {
		case !shellTools[call.Name] || v.Kind() != pyjson.KindText || arguments.Length() != 1:
			return format.Rejectf(format.BadCall, "style ticks writes commands of a shell alone, this is a call of %q: drop_tool or rename_tool can mend it", pyjson.Clip(call.Name))
		case strings.Contains("\n"+v.Text(), "\n```"):
			return format.Rejectf(format.BadCall, "a command with ticks in it cannot stand between ticks: %q", pyjson.Clip(v.Text()))
		}
		command = v.Text()
		return nil
	})
	return command, err
}
