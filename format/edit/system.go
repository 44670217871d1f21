package edit

import (
	"errors"
	"fmt"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
	"trainyard/format/regular"
)

// dropDuplicateTools repairs rows that were converted twice: a rollout that
// had its tools in the text already, and whose converter described them (or
// an empty list) once more.
var dropDuplicateTools = Edit{
	Name:    "drop_duplicate_tools",
	Summary: "remove a second tool block from the system text",
	Limits:  "blocks in the layout of OpenHands only; blocks that describe different tools stay",
	prepare: counts(func(t *format.Trajectory) int {
		n := 0
		for i := range t.Messages {
			m := &t.Messages[i]
			if m.Role == format.System {
				n += withoutDuplicates(m)
			}
		}
		return n
	}),
}

func withoutDuplicates(m *format.Message) int {
	duplicates := protocol.DuplicateBlocks(m.Content)
	for i := len(duplicates) - 1; i >= 0; i-- {
		b := duplicates[i]
		// The newline above a heading belongs to the block it opens.
		m.Content = strings.TrimSuffix(m.Content[:b.Start], "\n") + m.Content[b.End:]
	}
	return len(duplicates)
}

var systemText = Edit{
	Name:    "system",
	Summary: "keep, replace or drop the system text",
	Limits:  "tools that a text dialect describes there go with it, unless keep_tools is set",
	Args: []Arg{
		{Name: "policy", Kind: TextArg, Summary: "keep, replace or drop", Required: true},
		{Name: "file", Kind: TextArg, Summary: "for replace: the file with the new text"},
		{Name: "text", Kind: TextArg, Summary: "for replace: the new text itself"},
		{Name: "keep_tools", Kind: SwitchArg, Summary: "keep the tool block of the old text below the new one"},
	},
	prepare: prepareSystem,
}

func prepareSystem(given editArgs, env Env) (change, error) {
	text, err := systemArg(given, env)
	if err != nil {
		return nil, err
	}
	if given.text("policy") == "keep" {
		return func(*format.Trajectory) (int, error) { return 0, nil }, nil
	}
	return func(t *format.Trajectory) (int, error) { return replaceSystem(t, text, given.on("keep_tools")), nil }, nil
}

// systemArg finds the text that policy asks for: "" for keep and drop.
func systemArg(given editArgs, env Env) (string, error) {
	policy, file, text := given.text("policy"), given.text("file"), given.text("text")
	switch {
	case policy != "keep" && policy != "replace" && policy != "drop":
		return "", format.UnknownName("policy", policy, []string{"keep", "replace", "drop"})
	case policy != "replace" && (file != "" || text != ""):
		return "", fmt.Errorf("policy %s takes no file and no text", policy)
	case policy != "replace":
		return "", nil
	case (file == "") == (text == ""):
		return "", errors.New("policy replace needs file or text, one of them")
	case text != "":
		return text, nil
	}
	read := env.ReadFile
	if read == nil {
		read = regular.ReadFile
	}
	raw, err := read(file)
	if err != nil {
		return "", err
	}
	if text = pyjson.ValidText(string(raw)); strings.TrimSpace(text) == "" {
		return "", fmt.Errorf("%s is empty", file)
	}
	return text, nil
}

// replaceSystem puts text in place of the system messages at the start.
func replaceSystem(t *format.Trajectory, text string, keepTools bool) int {
	old, rest := "", t.Messages
	for len(rest) > 0 && rest[0].Role == format.System {
		old = format.JoinTexts(old, rest[0].Content)
		rest = rest[1:]
	}
	if blocks := protocol.ToolBlocks(old); keepTools && len(blocks) > 0 {
		text = format.JoinTexts(text, old[blocks[0].Start:])
	}
	if text == old {
		return 0
	}
	t.Messages = rest
	if text != "" {
		t.Messages = append([]format.Message{{Role: format.System, Content: text}}, rest...)
		t.SystemUnrecorded = false
	}
	return 1
}
