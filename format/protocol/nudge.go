package protocol

import (
	"slices"
	"strings"

	"trainyard/format"
)

// nudges are how scaffolds, in place of a user, answer a turn without a call.
var nudges = []string{
	"Please continue working on the task", // OpenHands V0 and V1
}

// IsNudge says that a message of role user is the scaffold's, which asks the agent
// to go on.
func IsNudge(m format.Message) bool {
	return m.Role == format.User && StartsWithAny(m.Content, nudges)
}

// StartsWithAny looks behind the white space that a text begins with.
func StartsWithAny(text string, prefixes []string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(text, p) })
}
