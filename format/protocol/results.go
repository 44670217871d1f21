package protocol

import "trainyard/format"

func ResultRun(messages []format.Message) int {
	n := 0
	for n < len(messages) && messages[n].Role == format.ToolRole {
		n++
	}
	return n
}
