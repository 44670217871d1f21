package main

import (
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/format"
	"trainyard/format/behaviour"
)

// measures is what is worth knowing of a trajectory besides its text.
type measures struct {
	Flags    []string            `json:"flags"`
	Features *behaviour.Features `json:"features"`
}

func behaviourOf(flags []string, t *format.Trajectory) *measures {
	features := behaviour.Measure(t)
	return &measures{append([]string{}, flags...), &features}
}

// rowBehaviour reads the calls back from the text of a shard's row.
func rowBehaviour(chat format.Chat) *measures {
	t := &format.Trajectory{}
	for _, turn := range chat {
		t.Messages = append(t.Messages, format.Message{Role: turn.Role, Content: turn.Content})
	}
	return behaviourOf(behaviour.Flags(t, chat), t)
}

func (b *measures) print(t *face.Terminal) {
	flags := "none"
	if len(b.Flags) > 0 {
		flags = strings.Join(b.Flags, ", ")
	}
	t.Print("flags: %s\n", flags)
	for _, line := range featureLines(b.Features) {
		t.Print("%s\n", line)
	}
}

// featureLines tells the features; what is not there is left out.
func featureLines(f *behaviour.Features) []string {
	lines := []string{"behaviour: " + shares(
		"exploration", f.Exploration, "implementation", f.Implementation, "verification", f.Verification,
		"execution", f.Execution, "reasoning", f.Reasoning, "closing", f.Closing)}
	if looks := shares("grep", f.Grep, "find", f.Find, "cd", f.Cd, "ls", f.Ls); looks != "" {
		lines = append(lines, "of the shell lines that explore: "+looks)
	}
	if len(f.Calls) > 0 {
		counts := map[string]int64{}
		for name, n := range f.Calls {
			counts[name] = int64(n)
		}
		lines = append(lines, "calls: "+strings.Join(countWords(counts), ", "))
	}
	return append(append(lines, "edits: "+editWords(f)), recordedWords(f)...)
}

// shares writes pairs of a name and a share, without those of nothing.
func shares(pairs ...any) string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		if share := pairs[i+1].(float64); share > 0 {
			parts = append(parts, fmt.Sprintf("%s %.0f %%", pairs[i], 100*share))
		}
	}
	return strings.Join(parts, ", ")
}

func editWords(f *behaviour.Features) string {
	text := "no source file"
	if f.SourceEdit {
		text = fmt.Sprintf("the first of a source file at step %d", f.FirstEdit)
	}
	for _, fact := range []struct {
		holds bool
		words string
	}{
		{f.RunBeforeEdit, "code runs before it"},
		{f.RunAfterEdit, "code runs after the last"},
		{f.FailEditPass, "a run fails, a file is edited, a run passes"},
		{f.TestRunner, "tests are run"},
	} {
		if fact.holds {
			text += "; " + fact.words
		}
	}
	return text
}

// recordedWords tells what the record says of patch and cost.
func recordedWords(f *behaviour.Features) (lines []string) {
	if f.PatchFiles > 0 {
		lines = append(lines, fmt.Sprintf("patch: %s, %s", face.Counted(f.PatchFiles, "file"), face.Counted(f.PatchLines, "line")))
	}
	var cost []string
	if f.CostUSD > 0 {
		cost = append(cost, face.Dollars(f.CostUSD))
	}
	if f.PromptTokens+f.CompletionTokens > 0 {
		cost = append(cost, fmt.Sprintf("%s prompt and %s completion tokens", face.Thousands(f.PromptTokens), face.Thousands(f.CompletionTokens)))
	}
	if len(cost) > 0 {
		lines = append(lines, "as billed: "+strings.Join(cost, ", "))
	}
	return lines
}
