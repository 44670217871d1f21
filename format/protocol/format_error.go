package protocol

import (
	"regexp"
	"slices"
	"strings"

	"trainyard/format"
)

// formatErrors are how scaffolds start their answer to a reply that they
// could not read as an action.
var formatErrors = []string{
	"Please always provide EXACTLY ONE action", // mini-SWE-agent
	"Format error:",                                      // mini-SWE-agent 2
	"No tool calls found in the response",                // mini-SWE-agent 2, native tools
	"Your output was not formatted correctly",            // SWE-agent
	"Your last output did not use any tool calls",        // SWE-agent, native tools
	"Your last output included multiple tool calls",      // SWE-agent, native tools
	"Missing required parameters for function '",         // OpenHands
	"Error validating args",                              // OpenHands V1
	"You forgot to use a function call in your response", // R2E-Gym
}

// namelessCall is what R2E-Gym records of a reply without a call: the tags that
// it prints for an action, with nothing in them.
var namelessCall = regexp.MustCompile(`<function=\s*>\s*</function>\s*\z`)

// IsNamelessCall says that a reply ends on a call of nothing. Its answer can only
// be that there was none.
func IsNamelessCall(m format.Message) bool {
	return m.Role == format.Assistant && strings.Contains(m.Content, FunctionOpen) && namelessCall.MatchString(m.Content)
}

// IsFormatError judges by how a message starts, for an agent may well read
// files that hold such words.
func IsFormatError(m format.Message) bool {
	return (m.Role == format.User || m.Role == format.ToolRole) && StartsWithAny(m.Content, formatErrors)
}

// IsTask says that a message is the first that is no system text.
func IsTask(t *format.Trajectory, i int) bool {
	return !slices.ContainsFunc(t.Messages[:i], func(m format.Message) bool { return m.Role != format.System })
}

// IsFailedReply says that the assistant's message at i is one that the scaffold
// could not read: it ends on a call of nothing, or nothing but such errors
// answers it. A reply with several calls is one only if all its results are.
func IsFailedReply(t *format.Trajectory, i int) bool {
	if IsNamelessCall(t.Messages[i]) {
		return true
	}
	rest := t.Messages[i+1:]
	results := ResultRun(rest)
	if results == 0 && len(rest) > 0 && rest[0].Role == format.User {
		results = 1
	}
	good := func(m format.Message) bool { return !IsFormatError(m) }
	return results > 0 && len(t.Messages[i].Calls) <= results && !slices.ContainsFunc(rest[:results], good)
}
