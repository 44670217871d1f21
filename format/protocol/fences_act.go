package protocol

import (
	"regexp"

	"trainyard/format"
)

// fencedFormats are the dialects of scaffolds that run what stands between ticks.
var fencedFormats = map[string]bool{"mini-swe-agent": true, "nebius-swe-agent": true, "swe-smith": true, "sweagent": true}

// A prompt that asks for a command between ticks says that it wants one, and
// shows a fence without a name or with that of a shell.
var (
	asksOneCommand = regexp.MustCompile(`(?i)\b(?:one|single|1)\b[^.\n]{0,60}\b(?:command|action|(?:bash|shell) (?:code )?block)\b`)
	showsFence     = regexp.MustCompile("(?m)^[ \t]*```(?:bash|sh|shell|mswea_bash_command)?[ \t]*$")
)

// FencesAct says that fenced blocks are this trajectory's calls: its scaffold is
// known for it, or the prompt asks for them. In any other conversation a fence
// shows code.
func FencesAct(t *format.Trajectory) bool {
	if fencedFormats[t.Format] {
		return true
	}
	for _, m := range t.Messages {
		if m.Role == format.Assistant {
			return false
		}
		if showsFence.MatchString(m.Content) && asksOneCommand.MatchString(m.Content) {
			return true
		}
	}
	return false
}
