package edit

import (
	"encoding/json"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
	"trainyard/format/secret"
)

// redactSecrets fails closed: whatever it cannot read, and whatever still
// looks like a secret afterwards, rejects the trajectory.
var redactSecrets = Edit{
	Name:    "redact_secrets",
	Summary: `put "[redacted: KIND]" in place of credentials, in texts, calls, tools and the patch`,
	Limits:  "kinds with a shape of their own (keys, tokens, private keys); not passwords, names or addresses",
	prepare: plain(redact),
}

func redact(t *format.Trajectory) (int, error) {
	total, err := everyText(t, withoutSecrets)
	if err != nil {
		return total, err
	}
	left, err := everyText(t, withoutSecrets)
	if err == nil && left > 0 {
		err = format.Rejectf(format.SecretLeft, "%d secrets stand there after redaction", left)
	}
	return total, err
}

func withoutSecrets(_ format.Role, text string) (string, int) {
	var cuts []pyjson.Cut
	for _, s := range secret.Find(text) {
		cuts = append(cuts, pyjson.Cut{Start: s.Start, End: s.End, By: "[redacted: " + s.Rule + "]"})
	}
	return pyjson.Splice(text, cuts), len(cuts)
}

// everyText rewrites the texts of the messages, the tools and the patch.
func everyText(t *format.Trajectory, f protocol.TextEdit) (int, error) {
	total, err := protocol.EditTexts(t, f)
	if err != nil {
		return total, err
	}
	var tools json.RawMessage
	tools, n, err := protocol.EditStrings(t.Tools, format.System, f)
	if err != nil {
		return total, format.Rejectf(format.BadTools, "tools: %v", err)
	}
	t.Tools = tools
	total += n
	t.Patch, n = f(format.Assistant, t.Patch)
	return total + n, nil
}
