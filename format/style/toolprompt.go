package style

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
)

// A ToolPrompt is the wording that a scaffold puts around its tools. The
// words are the scaffold's own, so they are read from a file: written by
// hand, or learned from a recording (LearnToolPrompt).
//
// What the file holds is said by PromptWords, to the user as well.
type ToolPrompt struct {
	sections map[string]string
}

// PromptWords say how a template file is written, for its reader.
func PromptWords() string {
	var b strings.Builder
	b.WriteString(promptHead)
	for _, name := range promptOrder {
		fmt.Fprintf(&b, "  %-15s %s\n", name, promptSections[name].means)
	}
	b.WriteString(promptTail)
	return b.String()
}

const promptHead = `A section starts with a line "=== NAME" and holds everything up to the line
break before the next one; lines before the first are comments. Slots stand in
double braces. The sections:

`

const promptTail = `
system and tool must be there, and parameter where tool has {{parameters}}. Of
the others, those that are not there are empty; but result and call are then the
style's own, and without first user that turn stays as it is. Only {{number}} and
{{name}} may stand more than once in a section. {{braces}} stands for two opening
braces, and {{equals}} for an equals sign, should a line of the wording start with
"=== ".
`

// A promptSection is the slots that a section may have, and what it words.
type promptSection struct {
	slots []string
	means string
}

var promptSections = map[string]promptSection{
	"system":         {[]string{"system", "tools"}, "the system text: {{system}}, the record's own, and {{tools}}; without {{system}} these words are all of it"},
	"tool":           {[]string{"number", "name", "description", "parameters", "json"}, "one tool: {{number}} {{name}} {{description}} {{parameters}}, or {{json}}, all of it"},
	"between tools":  {nil, "what stands between two tools"},
	"parameters":     {[]string{"parameters"}, "in place of {{parameters}} for a tool that has them: {{parameters}}"},
	"no parameters":  {nil, "in its place for a tool that has none"},
	"parameter":      {[]string{"number", "name", "type", "need", "description", "values"}, "one parameter: {{number}} {{name}} {{type}} {{need}} {{description}} {{values}}"},
	"required":       {nil, "{{need}} of a parameter that must be given"},
	"optional":       {nil, "{{need}} of another"},
	"no type":        {nil, "{{type}} where the schema gives none"},
	"no description": {nil, "{{description}} of a parameter that has none"},
	"values":         {[]string{"values"}, "in place of {{values}} for a parameter with an enum: {{values}}"},
	"between values": {nil, "what stands between two of them"},
	"result":         {[]string{"name", "content"}, "a tool's result, as the user's turn: {{name}} {{content}}"},
	"call":           {[]string{"name", "arguments"}, "a call of style hermes, as JSON: {{name}} {{arguments}}, which are JSON themselves"},
	"first user":     {[]string{"content"}, "the first user turn (an example around the task, say): {{content}}"},
}

// promptOrder is the order in which a learned file lists its sections.
var promptOrder = []string{
	"system", "tool", "between tools", "parameters", "no parameters", "parameter", "required", "optional",
	"no type", "no description", "values", "between values", "result", "call", "first user",
}

const sectionMark = "=== "

var slotPattern = regexp.MustCompile(`\{\{([^{}\n]*)\}\}`)

// ParseToolPrompt reads a template file. Its errors name the line.
func ParseToolPrompt(file []byte) (*ToolPrompt, error) {
	p := &ToolPrompt{sections: map[string]string{}}
	name, start := "", 0
	lines := strings.Split(string(bytes.TrimPrefix(file, []byte("\xEF\xBB\xBF"))), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, "\r")
	}
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for i := 0; i <= len(lines); i++ {
		if i < len(lines) && !strings.HasPrefix(lines[i], sectionMark) {
			continue
		}
		if name != "" {
			if err := p.section(name, lines[start:i], start+1); err != nil {
				return nil, err
			}
		}
		if i == len(lines) {
			break
		}
		name, start = strings.TrimSpace(lines[i][len(sectionMark):]), i+1
		if _, known := promptSections[name]; !known {
			return nil, fmt.Errorf("line %d: %w", i+1, format.UnknownName("section", name, promptOrder))
		}
		if _, twice := p.sections[name]; twice {
			return nil, fmt.Errorf("line %d: section %q stands twice", i+1, name)
		}
	}
	return p, p.check()
}

// repeatable are the slots that a section may have more than once. The others
// hold texts of any length, which would multiply.
var repeatable = []string{"braces", "equals", "number", "name"}

func (p *ToolPrompt) section(name string, lines []string, first int) error {
	known := append([]string{"braces", "equals"}, promptSections[name].slots...)
	var seen []string
	for i, line := range lines {
		for _, slot := range slotPattern.FindAllStringSubmatch(line, -1) {
			switch {
			case !slices.Contains(known, slot[1]):
				return fmt.Errorf("line %d: section %q: %w", first+i, name, format.UnknownName("slot", slot[1], known))
			case slices.Contains(seen, slot[1]) && !slices.Contains(repeatable, slot[1]):
				return fmt.Errorf("line %d: section %q: slot {{%s}} stands twice", first+i, name, slot[1])
			}
			seen = append(seen, slot[1])
		}
	}
	p.sections[name] = strings.Join(lines, "\n")
	return nil
}

func (p *ToolPrompt) check() error {
	needed := []string{"system", "tool"}
	if strings.Contains(p.sections["tool"], "{{parameters}}") {
		needed = append(needed, "parameter")
	}
	for _, name := range needed {
		if !p.has(name) {
			return fmt.Errorf("no section %q (a line %q starts it)", name, sectionMark+name)
		}
	}
	if !strings.Contains(p.sections["system"], "{{tools}}") {
		return fmt.Errorf("section %q must hold {{tools}}", "system")
	}
	for _, name := range []string{"result", "first user"} {
		if p.has(name) && !strings.Contains(p.sections[name], "{{content}}") {
			return fmt.Errorf("section %q must hold {{content}}", name)
		}
	}
	if p.has("call") {
		call, err := protocol.ReadHermesCall(p.fill("call", "name", `"a name"`, "arguments", `{"a": 1}`))
		if err != nil || call.Name != "a name" || string(call.Arguments) != `{"a": 1}` {
			return fmt.Errorf("section %q must be a JSON object with the members name and arguments, {{name}} and {{arguments}} their values", "call")
		}
	}
	return nil
}

// file prints the template as ParseToolPrompt reads it.
func (p *ToolPrompt) file(comment string) []byte {
	var b strings.Builder
	b.WriteString(comment)
	for _, name := range promptOrder {
		if text, ok := p.sections[name]; ok {
			b.WriteString(sectionMark + name + "\n" + text + "\n")
		}
	}
	return []byte(b.String())
}

// literal writes recorded text so that no part of it is taken for a slot or
// a section.
func literal(text string) string {
	text = strings.ReplaceAll(text, "{{", "{{braces}}")
	if strings.HasPrefix(text, sectionMark) {
		text = "{{equals}}" + text[1:]
	}
	return strings.ReplaceAll(text, "\n"+sectionMark, "\n{{equals}}"+sectionMark[1:])
}
