package style

import (
	"errors"
	"fmt"
	"strings"

	"trainyard/format/pyjson"
)

type paramPlace struct {
	name, nameEnd int
	text, textEnd int
	member        pyjson.Member
	required      bool
}

// endOfParameter is the end of the line on which a parameter ends, its
// values included.
func endOfParameter(wording string, at paramPlace) int {
	end := at.textEnd
	for _, option := range strs(at.member.Value.Get("enum")) {
		if i := strings.Index(wording[end:], option); i >= 0 {
			end += i + len(option)
		}
	}
	if i := strings.IndexByte(wording[end:], '\n'); i >= 0 {
		return end + i + 1
	}
	return len(wording)
}

// learnParameters cuts the lines of parameters into slots.
func (p *ToolPrompt) learnParameters(wording string, places []toolPlace) error {
	needs := map[bool]string{}
	for _, tool := range places {
		if len(tool.params) == 0 {
			continue
		}
		line := strings.LastIndexByte(wording[:tool.params[0].name], '\n') + 1
		p.sections["parameters"] = literal(wording[tool.textEnd:max(line, tool.textEnd)]) + "{{parameters}}"
		for i, at := range tool.params {
			start := strings.LastIndexByte(wording[:at.name], '\n') + 1
			head := numbered(wording[start:at.name], i+1)
			kind := string(pyjson.AppendStr(nil, at.member.Value.Get("type")))
			before, need, found := strings.Cut(wording[at.nameEnd:at.text], kind)
			if !found || kind == "" {
				return fmt.Errorf("parameter %q: its type %q does not stand between name and description", pyjson.Clip(at.member.Name), pyjson.Clip(kind))
			}
			needs[at.required] = need
			p.learnValues(wording, at)
			p.sections["parameter"] = slotted(head) + "{{name}}" + literal(before) + "{{type}}"
		}
	}
	return p.learnNeed(needs[true], needs[false])
}

// learnNeed finds the words for required and optional: where the two differ.
func (p *ToolPrompt) learnNeed(required, optional string) error {
	if required == "" || optional == "" {
		return errors.New("the tools have only required or only optional parameters: the word for the others cannot be learned")
	}
	n, m := 0, 0
	for n < min(len(required), len(optional)) && required[n] == optional[n] {
		n++
	}
	for m < min(len(required), len(optional))-n && required[len(required)-1-m] == optional[len(optional)-1-m] {
		m++
	}
	p.sections["required"] = literal(required[n : len(required)-m])
	p.sections["optional"] = literal(optional[n : len(optional)-m])
	p.sections["parameter"] += literal(required[:n]) + "{{need}}" + literal(required[len(required)-m:]) + "{{description}}{{values}}\n"
	return nil
}

// learnValues cuts what follows the description of a parameter with an enum.
func (p *ToolPrompt) learnValues(wording string, at paramPlace) {
	options := strs(at.member.Value.Get("enum"))
	if len(options) < 2 {
		return
	}
	rest := wording[at.textEnd:endOfParameter(wording, at)]
	first := strings.Index(rest, options[0])
	if first < 0 {
		return
	}
	second := strings.Index(rest[first+len(options[0]):], options[1])
	if second < 0 {
		return
	}
	between := rest[first+len(options[0]):][:second]
	list := strings.Join(options, between)
	if before, after, found := strings.Cut(rest, list); found {
		p.sections["values"] = literal(before) + "{{values}}" + literal(strings.TrimSuffix(after, "\n"))
		p.sections["between values"] = literal(between)
	}
}
