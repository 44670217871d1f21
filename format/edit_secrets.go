package format

import "encoding/json"

// redactSecrets fails closed: whatever it cannot read, and whatever still
// looks like a secret afterwards, rejects the trajectory.
var redactSecrets = Edit{
	Name:    "redact_secrets",
	Summary: `put "[redacted: KIND]" in place of credentials, in texts, calls, tools and the patch`,
	Limits:  "kinds with a shape of their own (keys, tokens, private keys); not passwords, names or addresses",
	prepare: plain(redact),
}

func redact(t *Trajectory) (int, error) {
	total, err := everyText(t, withoutSecrets)
	if err != nil {
		return total, err
	}
	left, err := everyText(t, withoutSecrets)
	if err == nil && left > 0 {
		err = reject(SecretLeft, "%d secrets stand there after redaction", left)
	}
	return total, err
}

func withoutSecrets(_ Role, text string) (string, int) {
	var cuts []cut
	for _, s := range findSecrets(text) {
		cuts = append(cuts, cut{start: s.start, end: s.end, by: "[redacted: " + s.rule + "]"})
	}
	return splice(text, cuts), len(cuts)
}

// everyText rewrites the texts of the messages, the tools and the patch.
func everyText(t *Trajectory, f textEdit) (int, error) {
	total, err := editTexts(t, f)
	if err != nil {
		return total, err
	}
	var tools json.RawMessage
	tools, n, err := editStrings(t.Tools, System, f)
	if err != nil {
		return total, reject(BadTools, "tools: %v", err)
	}
	t.Tools = tools
	total += n
	t.Patch, n = f(Assistant, t.Patch)
	return total + n, nil
}
