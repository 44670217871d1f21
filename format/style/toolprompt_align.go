package style

import (
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// A toolPlace is where one tool stands in a system text.
type toolPlace struct {
	name, nameEnd  int
	text, textEnd  int // its description
	params         []paramPlace
	bodyEnd        int // after its last parameter; textEnd where it has none
	withParameters bool
	emptyList      bool // it has parameters, none of them
}

// learnTools finds the tools in a wording and cuts it into sections. It
// returns where the wording starts: at 0 if it is whole, else with the line
// before the first tool.
func (p *ToolPrompt) learnTools(wording string, tools pyjson.Value, whole bool) (start int, err error) {
	if start, found := p.learnJSON(wording, tools, whole); found {
		return start, nil
	}
	places, err := locate(wording, tools)
	if err != nil {
		return 0, err
	}
	if err := p.learnParameters(wording, places); err != nil {
		return 0, err
	}
	heads, tails := around(wording, places)
	prefix := blockStart(heads)
	if err := p.cutEmptyLists(places, tails); err != nil {
		return 0, err
	}
	suffix, err := p.learnEnd(places, tails)
	if err != nil {
		return 0, err
	}
	first, last := places[0], len(places)-1
	p.sections["tool"] = slotted(prefix) + "{{name}}" + literal(wording[first.nameEnd:first.text]) + "{{description}}{{parameters}}" + slotted(suffix)
	if last > 0 {
		between := unnumbered(strings.TrimPrefix(tails[0], suffix), 1)
		p.sections["between tools"] = literal(strings.TrimSuffix(between, unnumbered(prefix, 2)))
	}
	head := unnumbered(strings.TrimSuffix(heads[0], prefix), 1)
	if !whole {
		start = lineBefore(head)
	}
	tail := unnumbered(strings.TrimPrefix(tails[last], suffix), last+1)
	p.sections["system"] = "{{system}}" + literal(head[start:]) + "{{tools}}" + literal(tail)
	return start, nil
}

// learnJSON does so where each tool stands as its JSON, as Python prints it.
func (p *ToolPrompt) learnJSON(wording string, tools pyjson.Value, whole bool) (start int, found bool) {
	end, head, between := 0, "", ""
	for i, tool := range tools.Elements() {
		text := string(pyjson.AppendJSON(nil, tool))
		gap, _, ok := strings.Cut(wording[end:], text)
		if !ok {
			return 0, false
		}
		if i == 0 {
			head = gap
		} else {
			between = gap
		}
		end += len(gap) + len(text)
	}
	if end == 0 {
		return 0, false
	}
	if !whole {
		start = lineBefore(head)
	}
	p.sections["system"] = "{{system}}" + literal(head[start:]) + "{{tools}}" + literal(wording[end:])
	p.sections["tool"], p.sections["between tools"] = "{{json}}", literal(between)
	return start, true
}

// around cuts out what stands before each tool's name and after its body, up
// to the neighbours, its own number marked.
func around(wording string, places []toolPlace) (heads, tails []string) {
	for i, at := range places {
		from, to := 0, len(wording)
		if i > 0 {
			from = places[i-1].bodyEnd
		}
		if i+1 < len(places) {
			to = places[i+1].name
		}
		heads = append(heads, numbered(wording[from:at.name], i+1))
		tails = append(tails, numbered(wording[at.bodyEnd:to], i+1))
	}
	return heads, tails
}

// cutEmptyLists takes the words that introduce parameters out of the tails of
// tools whose list of them is empty.
func (p *ToolPrompt) cutEmptyLists(places []toolPlace, tails []string) error {
	words := strings.TrimSuffix(p.sections["parameters"], "{{parameters}}")
	for i, at := range places {
		if !at.emptyList {
			continue
		}
		tail := literal(tails[i])
		if words == "" || words != literal(words) || !strings.HasPrefix(tail, words) {
			return fmt.Errorf("tool %d has an empty list of parameters, which is not worded like the others", i+1)
		}
		tails[i] = tails[i][len(words):]
	}
	return nil
}

// learnEnd finds what every block ends with, and what a tool without
// parameters has in their place; that is cut from its tail.
func (p *ToolPrompt) learnEnd(places []toolPlace, tails []string) (suffix string, err error) {
	var withParameters []string
	for i, at := range places {
		if at.withParameters && !at.emptyList {
			withParameters = append(withParameters, tails[i])
		}
	}
	if withParameters == nil {
		return "", errors.New("no tool of the list has parameters, so their wording cannot be learned")
	}
	suffix = blockEnd(withParameters)
	for i, at := range places {
		cut := strings.Index(tails[i], suffix)
		if cut < 0 {
			return "", errors.New("the tools do not all end in the same way")
		}
		if !at.withParameters {
			p.sections["no parameters"] = literal(tails[i][:cut])
			tails[i] = tails[i][cut:]
		}
	}
	return suffix, nil
}

// numberMark stands for a tool's own number in a text while it is compared.
const numberMark = "\x00"

func numbered(text string, number int) string {
	whole := regexp.MustCompile(`\b` + strconv.Itoa(number) + `\b`)
	return whole.ReplaceAllString(text, numberMark)
}

func unnumbered(text string, number int) string {
	return strings.ReplaceAll(text, numberMark, strconv.Itoa(number))
}

func slotted(text string) string {
	return strings.ReplaceAll(literal(text), numberMark, "{{number}}")
}

// blockStart is what every tool's block starts with, from the start of a
// line on: the end that all heads share.
func blockStart(heads []string) string {
	common := heads[0]
	for _, head := range heads[1:] {
		n := 0
		for n < min(len(common), len(head)) && common[len(common)-1-n] == head[len(head)-1-n] {
			n++
		}
		common = common[len(common)-n:]
	}
	if len(heads) == 1 {
		return common[strings.LastIndexByte(common, '\n')+1:]
	}
	return strings.TrimLeft(common, "\n")
}

// blockEnd is what every block ends with, to the end of a line: the start
// that all tails share.
func blockEnd(tails []string) string {
	common := tails[0]
	for _, tail := range tails[1:] {
		n := 0
		for n < min(len(common), len(tail)) && common[n] == tail[n] {
			n++
		}
		common = common[:n]
	}
	if cut := strings.Index(common, "\n\n"); cut >= 0 {
		return common[:cut+1]
	}
	return common
}

// lineBefore is where the last line of a text that says something starts,
// the line break before it included.
func lineBefore(text string) int {
	return max(0, strings.LastIndexByte(strings.TrimRight(text, "\n"), '\n'))
}

// locate finds every tool by its description, and before it the name.
func locate(wording string, tools pyjson.Value) ([]toolPlace, error) {
	var places []toolPlace
	from := 0
	for _, tool := range tools.Elements() {
		f := protocol.DescribedFunction(tool)
		name, description := f.Get("name").Text(), f.Get("description").Text()
		if name == "" || description == "" {
			return nil, fmt.Errorf("tool %q has no name or no description to find it by", pyjson.Clip(name))
		}
		at, ok := pair(wording, from, name, description)
		if !ok {
			return nil, undescribed(fmt.Sprintf("tool %q", pyjson.Clip(name)), wording[from:], name, description)
		}
		schema := f.Get("parameters")
		at.withParameters, at.bodyEnd = schema.Present(), at.textEnd
		for _, m := range schema.Get("properties").Entries() {
			described := m.Value.Get("description").Text()
			param, ok := pair(wording, at.bodyEnd, m.Name, described)
			if !ok || described == "" {
				return nil, undescribed(fmt.Sprintf("parameter %q of tool %q", pyjson.Clip(m.Name), pyjson.Clip(name)), wording[at.bodyEnd:], m.Name, described)
			}
			at.params = append(at.params, paramPlace{param.name, param.nameEnd, param.text, param.textEnd, m, isRequired(m.Name, schema.Get("required"))})
			at.bodyEnd = param.textEnd
		}
		if len(at.params) > 0 {
			at.bodyEnd = endOfParameter(wording, at.params[len(at.params)-1])
		}
		at.emptyList = at.withParameters && len(at.params) == 0
		places = append(places, at)
		from = at.bodyEnd
	}
	if places == nil {
		return nil, errors.New("an empty tool list")
	}
	return places, nil
}

// undescribed says what first differs between a description and the text
// that should hold it: at the place where the two agree for longest.
func undescribed(what, wording, name, description string) error {
	says := "the tool list has no description of it"
	switch at, agree := longestStart(wording, description); {
	case !strings.Contains(wording, name):
		says = "the rest of the text does not name it"
	case agree > 0:
		says = fmt.Sprintf("after %d bytes the list has %q, the text %q", agree, pyjson.Clip(description[agree:]), pyjson.Clip(wording[at+agree:]))
	case description != "":
		says = fmt.Sprintf("the list has %q, which the text nowhere starts to say", pyjson.Clip(description))
	}
	return fmt.Errorf("%s is not described in the text as the tool list describes it: %s", what, says)
}

// longestStart finds the longest start of a description that stands in a
// text, to a byte that ends a character, and where it does.
func longestStart(text, description string) (at, agree int) {
	agree = sort.Search(len(description), func(n int) bool { return !strings.Contains(text, description[:n+1]) })
	for agree > 0 && agree < len(description) && !utf8.RuneStart(description[agree]) {
		agree--
	}
	return strings.Index(text, description[:agree]), agree
}

// pair finds the next description that has the name before it.
func pair(wording string, from int, name, description string) (at toolPlace, ok bool) {
	for search := from; ; {
		i := strings.Index(wording[search:], description)
		if i < 0 {
			return at, false
		}
		at.text = search + i
		at.textEnd = at.text + len(description)
		if n := strings.LastIndex(wording[from:at.text], name); n >= 0 {
			at.name = from + n
			at.nameEnd = at.name + len(name)
			return at, true
		}
		search = at.text + 1
	}
}
