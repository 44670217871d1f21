package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"trainyard/format"
	"trainyard/format/edit"
	"trainyard/format/protocol"
	"trainyard/format/style"
	"trainyard/recipes"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

// treatOptions let a command line say what a recipe says of tools and edits.
type treatOptions struct {
	toolsAs  string // empty: calls stay structured
	prompt   string
	system   string
	tools    string
	verbatim bool
	edits    []string
}

func (o *treatOptions) flags(cmd *cobra.Command, toolsAs string) {
	f := cmd.Flags()
	f.StringVar(&o.toolsAs, "tools-as", toolsAs, "write tools and calls as text, in this way (trainyard list tools)")
	f.StringVar(&o.prompt, "tool-prompt", "", "file with the scaffold's wording of its tools (trainyard tools learn)")
	f.StringVar(&o.system, "system", "", "file with the system text, in place of the recorded one or of none")
	f.StringVar(&o.tools, "tools", "", "file with the JSON list of tools, where the record has none")
	f.BoolVar(&o.verbatim, "verbatim", false, "keep line ends and leading empty lines when writing text")
	f.StringArrayVar(&o.edits, "edit", nil, "edit to make, in order (trainyard list edits)")
	completes(cmd, "tools-as", "tools")
	completes(cmd, "edit", "edits")
}

func (o *treatOptions) check() error {
	switch style, known := style.Styles[protocol.Style(o.toolsAs)]; {
	case o.prompt == "" || style.Worded:
		return nil
	case o.toolsAs == "":
		return errors.New("--tool-prompt is about text: give --tools-as too")
	case known:
		return fmt.Errorf("--tool-prompt: --tools-as %s has no place for another wording", o.toolsAs)
	}
	return nil // newTreat names what is not known
}

// A treat is treatOptions, read and checked.
type treat struct {
	as     protocol.Style
	edits  *edit.Editing
	render style.RenderOptions
}

func newTreat(o treatOptions) (*treat, error) {
	template, err := chat.NewTemplate("qwen2.5", tokenize.Qwen25())
	if err != nil {
		return nil, err
	}
	t := &treat{as: protocol.Style(o.toolsAs), render: style.RenderOptions{
		DefaultSystem: template.DefaultSystem(), Specials: tokenize.Qwen25().Specials(),
		KeepCRLF: o.verbatim, KeepLead: o.verbatim,
	}}
	if _, known := style.Styles[t.as]; !known && t.as != "" {
		return nil, usageError{unknownWord("--tools-as", o.toolsAs, o.toolsAs, style.StyleNames())}
	}
	t.render.System, err = fromFile(o.system, style.ReadSystem)
	var errTools, errPrompt, errEdits error
	t.render.Tools, errTools = fromFile(o.tools, func(file []byte) (json.RawMessage, error) { return style.ReadTools(file) })
	t.render.ToolPrompt, errPrompt = fromFile(o.prompt, style.ParseToolPrompt)
	t.edits, errEdits = readEdits(o.edits)
	return t, errors.Join(err, errTools, errPrompt, errEdits)
}

// fromFile reads a file that a flag names; no name gives nothing.
func fromFile[T any](path string, read func([]byte) (T, error)) (got T, err error) {
	if path == "" {
		return got, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return got, err
	}
	if got, err = read(data); err != nil {
		return got, fmt.Errorf("%s: %w", path, err)
	}
	return got, nil
}

func readEdits(texts []string) (*edit.Editing, error) {
	specs, err := recipes.ParseEdits(texts)
	if err != nil {
		return nil, err
	}
	return edit.NewEdits(specs, edit.EditEnv{CountTokens: tokenize.Qwen25().Count, Specials: tokenize.Qwen25().Specials()})
}

// A treated is a trajectory after edits, and its text where one is asked for.
type treated struct {
	traj  *format.Trajectory
	chat  format.Chat // nil where calls stay structured
	notes []string
}

func (t *treat) apply(traj *format.Trajectory) (out treated, err error) {
	edited, err := t.edits.Apply(traj)
	if err != nil {
		return out, err
	}
	var notes []string
	if out.traj = traj; t.as == "" {
		out.traj, notes, err = style.Supply(traj, t.render)
	} else {
		out.chat, notes, err = style.Render(traj, t.as, t.render)
	}
	out.notes = append(edited, notes...)
	return out, err
}

func (t treated) messages() []chatMessage {
	if t.chat != nil {
		return textMessages(t.chat)
	}
	return structuredMessages(t.traj.Messages)
}

// tools is empty where the text describes them: described twice is a fault
// that conversions are known for.
func (t treated) tools() json.RawMessage {
	if t.chat != nil {
		return nil
	}
	return t.traj.Tools
}
