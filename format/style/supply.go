package style

import (
	"errors"
	"fmt"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// Supply puts the system text and the tools of opt in their places, as Render
// does, and leaves everything structured, thoughts included unless they are to
// be dropped. The trajectory given stays as it is.
// The error is a *Reject without a place: what the agent had is neither in the
// record nor given.
func Supply(t *format.Trajectory, opt RenderOptions) (supplied *format.Trajectory, notes []string, err error) {
	p := newChatWriter(t, opt)
	supplied = p.supplied(t)
	supplied.Messages = p.settleStructured(supplied.Messages)
	return supplied, p.notes, p.missing(supplied, Rendering{})
}

// ReadSystem reads a file with a system text, which is all of it: scaffolds send
// the line break that their prompt files end on.
func ReadSystem(file []byte) (string, error) {
	text := pyjson.ValidText(string(file))
	if strings.TrimSpace(text) == "" {
		return "", errors.New("the file is empty")
	}
	return text, nil
}

// supplyHint names both ways to give what a record lacks; key and flag are one.
func supplyHint(key string) string {
	return fmt.Sprintf("supply %s: FILE in the recipe, --%s FILE on the command line", key, key)
}
