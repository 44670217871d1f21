package protocol

import "trainyard/format"

// ResultRun counts the results that messages begin with.
func ResultRun(messages []format.Message) int {
	n := 0
	for n < len(messages) && messages[n].Role == format.ToolRole {
		n++
	}
	return n
}
