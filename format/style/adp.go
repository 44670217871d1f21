package style

import "trainyard/format"

// adpStyle is the text that the Agent Data Protocol trains OpenHands on
// (agents/openhands/std_to_sft.py): OpenHands' protocol, but every value on
// lines of its own. The protocol's data sets take their system text, tools
// included, from the target agent, so one that is supplied makes up for tools.
var adpStyle = Rendering{
	Summary: "Agent Data Protocol's <function=NAME> tags, one call a turn, every value on lines of its own",
	Limits: "tools and arguments keep their names: rename_tool and rename_argument make a code action (python, bash) the target agent's " +
		"call; a <finish> in a text stays text, for the call that the protocol makes of it says more than was recorded",
	Worded: true,
	values: "python",
	tools: func(p *chatWriter, t *format.Trajectory) (string, error) {
		return p.tagTools(t, "<function=NAME>\n<parameter=FIRST>\nvalue\n</parameter>\n<parameter=SECOND>\nvalue\n</parameter>\n</function>")
	},
	write: func(p *chatWriter, messages []format.Message) error {
		return p.singleTagMessages(messages, func(name, text string) string { return plainTag(name, "\n"+text+"\n") })
	},
	prompted: true,
}
