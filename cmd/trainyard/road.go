package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/regular"
	"trainyard/format/style"
	"trainyard/mix/convert"
	"trainyard/recipes"
	"trainyard/tokenize/chat"
)

// treatOptions let a command line say what a recipe says of tools and edits.
type treatOptions struct {
	toolsAs   string // empty: calls stay structured
	prompt    string
	supplied  convert.Supplied
	main      convert.Supplied // for one kind of agent, in its place
	subagent  convert.Supplied
	template  string
	verbatim  bool
	reasoning string // empty: the template's own way
	values    string // empty: the style's own way
	edits     []string
	loss      string // empty: every turn
	as        string // whose spans; empty is the default
}

func (o *treatOptions) flags(cmd *cobra.Command, toolsAs string) {
	f := cmd.Flags()
	f.StringVar(&o.toolsAs, "tools-as", toolsAs, "write tools and calls as text, in this way (trainyard list tools)")
	f.StringVar(&o.prompt, "tool-prompt", "", "file with the scaffold's wording of its tools (trainyard tools learn)")
	f.StringVar(&o.supplied.System, "system", "", "file with the system text, in place of the recorded one or of none")
	f.StringVar(&o.supplied.Tools, "tools", "", "file with the JSON list of tools, where the record has none")
	for who, files := range map[string]*convert.Supplied{"main agent": &o.main, "subagent": &o.subagent} {
		kind, _, _ := strings.Cut(who, " ")
		f.StringVar(&files.System, kind+"-system", "", "file with the system text of "+who+"s alone, in place of that of --system")
		f.StringVar(&files.Tools, kind+"-tools", "", "file with the tools of "+who+"s alone, in place of those of --tools")
	}
	f.StringVar(&o.template, "template", "qwen2.5", "the student's chat template (trainyard list templates)")
	f.StringVar(&o.values, "tool-values", "", "write arguments that are no text as json or python (default: as the style does)")
	f.StringVar(&o.reasoning, "reasoning", "", "recorded thoughts: keep or drop them; default: as the student's template does")
	f.BoolVar(&o.verbatim, "verbatim", false, "keep line ends and leading empty lines when writing text")
	f.StringVar(&o.loss, "loss", "", "which turns are learned from, as a recipe says it: '{last: 3}' (trainyard list loss)")
	f.StringVar(&o.as, "convention", "", "whose spans are learned from within a turn (trainyard list conventions); default: what the student must produce")
	f.StringArrayVar(&o.edits, "edit", nil, "edit to make, in order (trainyard list edits)")
	completes(cmd, "tools-as", "tools")
	completes(cmd, "template", "templates")
	completes(cmd, "convention", "conventions")
	completes(cmd, "edit", "edits")
	must(cmd.RegisterFlagCompletionFunc("reasoning", cobra.FixedCompletions(reasonings, cobra.ShellCompDirectiveNoFileComp)))
}

var reasonings = []string{string(format.KeepReasoning), string(format.DropReasoning)}

func (o *treatOptions) check() error {
	rendering, known := style.Styles[protocol.Style(o.toolsAs)]
	if !known && o.toolsAs != "" {
		return unknownWord("--tools-as", o.toolsAs, o.toolsAs, style.StyleNames())
	}
	if _, known := chat.Templates[o.template]; !known {
		return unknownWord("--template", o.template, o.template, slices.Sorted(maps.Keys(chat.Templates)))
	}
	if _, known := chat.Conventions[o.as]; !known && o.as != "" {
		return unknownWord("--convention", o.as, o.as, slices.Sorted(maps.Keys(chat.Conventions)))
	}
	if _, known := style.Values[o.values]; !known && o.values != "" {
		return unknownWord("--tool-values", o.values, o.values, style.ValueNames())
	}
	if o.reasoning != "" && !slices.Contains(reasonings, o.reasoning) {
		return unknownWord("--reasoning", o.reasoning, o.reasoning, reasonings)
	}
	switch {
	case o.values != "" && !rendering.TakesValues():
		return fmt.Errorf("--tool-values: --tools-as %s leaves no choice of it", cmp.Or(o.toolsAs, "none"))
	case o.prompt == "" || rendering.Worded:
		return nil
	case o.toolsAs == "":
		return errors.New("--tool-prompt is about text: give --tools-as too")
	}
	return fmt.Errorf("--tool-prompt: --tools-as %s has no place for another wording", o.toolsAs)
}

// road are the options of a converter, but for what it judges by.
func (o *treatOptions) road() (convert.Options, error) {
	specs, errEdits := recipes.ParseEdits(o.edits)
	policies, errLoss := recipes.ParseLoss(o.loss)
	prompt, errPrompt := convert.ToolPrompt(o.prompt, regular.ReadFile)
	return convert.Options{
		Template: o.template, Chat: chat.Options{Convention: o.as}, Style: protocol.Style(o.toolsAs), Reasoning: format.Reasoning(o.reasoning), Verbatim: o.verbatim, Values: o.values, Edits: specs, Loss: policies,
		Supplied: o.supplied, Main: o.main, Subagent: o.subagent, ToolPrompt: prompt,
	}, errors.Join(errPrompt, errEdits, errLoss)
}

// newRoad makes the converter of a command line; For gives it a source.
func newRoad(o treatOptions, also func(*convert.Options)) (*convert.Converter, error) {
	options, err := o.road()
	also(&options)
	road, faults := convert.New(nil, options)
	return road, errors.Join(err, faults)
}
