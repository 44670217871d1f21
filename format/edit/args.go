package edit

import (
	"fmt"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// An Arg is one argument that an edit takes.
type Arg struct {
	Name     string
	Kind     ArgKind
	Summary  string
	Required bool
}

// An ArgKind says what an argument's value looks like in a recipe.
type ArgKind string

const (
	TextArg    ArgKind = "text"
	NumberArg  ArgKind = "number"  // a whole number above zero
	SwitchArg  ArgKind = "switch"  // true or false
	TextsArg   ArgKind = "list"    // texts; one text stands for a list of one
	RenamesArg ArgKind = "renames" // a list of {from, to}
	ChoicesArg ArgKind = "choices" // a list of {from, to}, where to is a list of names
)

// A rename is one entry of a renames argument.
type rename struct{ from, to string }

// A choice is one entry of a choices argument.
type choice struct {
	from string
	to   []string
}

// editArgs are arguments of the kinds their edit declares.
type editArgs map[string]any

func (a editArgs) text(name string) string      { s, _ := a[name].(string); return s }
func (a editArgs) number(name string) int       { n, _ := a[name].(int); return n }
func (a editArgs) on(name string) bool          { on, _ := a[name].(bool); return on }
func (a editArgs) texts(name string) []string   { l, _ := a[name].([]string); return l }
func (a editArgs) renames(name string) []rename { l, _ := a[name].([]rename); return l }
func (a editArgs) choices(name string) []choice { l, _ := a[name].([]choice); return l }

// checkArgs reads what a recipe gives by what the edit declares.
func checkArgs(edit Edit, raw map[string]any) (editArgs, Faults) {
	given := editArgs{}
	var faults Faults
	fault := func(arg, detail string, args ...any) {
		faults = append(faults, Fault{Arg: arg, Detail: edit.Name + ": " + fmt.Sprintf(detail, args...)})
	}
	for _, arg := range edit.Args {
		value, ok := raw[arg.Name]
		if !ok {
			if arg.Required {
				fault(arg.Name, "%s is missing (%s)", arg.Name, arg.Summary)
			}
			continue
		}
		read, err := arg.Kind.read(value)
		if err != nil {
			fault(arg.Name, "%s: %v", arg.Name, err)
		}
		given[arg.Name] = read
	}
	for _, name := range unknownArgs(edit, raw) {
		fault(name, "unknown argument %q%s %s", name, format.DidYouMean(name, argNames(edit)), knownArgs(edit))
	}
	return given, faults
}

func argNames(edit Edit) []string {
	var names []string
	for _, arg := range edit.Args {
		names = append(names, arg.Name)
	}
	return names
}

func unknownArgs(edit Edit, raw map[string]any) []string {
	var unknown []string
	for name := range raw {
		if !slices.Contains(argNames(edit), name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

func knownArgs(edit Edit) string {
	if len(edit.Args) == 0 {
		return "(it takes none)"
	}
	return "(known: " + strings.Join(argNames(edit), ", ") + ")"
}

// read checks one value as a YAML or JSON decoder hands it over.
func (k ArgKind) read(value any) (any, error) {
	switch k {
	case TextArg:
		if text, ok := value.(string); ok && text != "" {
			return text, nil
		}
	case NumberArg:
		if n, ok := wholeNumber(value); ok && n > 0 {
			return n, nil
		}
		return nil, fmt.Errorf("want a whole number above zero, got %v", value)
	case SwitchArg:
		if on, ok := value.(bool); ok {
			return on, nil
		}
	case TextsArg:
		return readTexts(value)
	case RenamesArg:
		return readRenames(value)
	case ChoicesArg:
		return readChoices(value)
	}
	return nil, fmt.Errorf("want a %s, got %s", k, pyjson.InJSON(value))
}

// wholeNumber takes every type that decoders give whole numbers.
func wholeNumber(value any) (int, bool) {
	switch n := value.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case uint64:
		return int(n), true
	case float64:
		return int(n), n == float64(int(n))
	}
	return 0, false
}

func readTexts(value any) ([]string, error) {
	switch list := value.(type) {
	case string:
		return []string{list}, nil
	case []string:
		return list, nil
	case []any:
		var texts []string
		for _, element := range list {
			text, ok := element.(string)
			if !ok || text == "" {
				return nil, fmt.Errorf("want a list of texts, one is %s", pyjson.InJSON(element))
			}
			texts = append(texts, text)
		}
		if len(texts) > 0 {
			return texts, nil
		}
	}
	return nil, fmt.Errorf("want a list of texts, got %s", pyjson.InJSON(value))
}

func readRenames(value any) ([]rename, error) {
	list, _ := value.([]any)
	var renames []rename
	for _, element := range list {
		pair, _ := element.(map[string]any)
		from, _ := pair["from"].(string)
		to, _ := pair["to"].(string)
		if from == "" || to == "" || len(pair) != 2 {
			return nil, fmt.Errorf("want a list of {from, to}, one is %s", pyjson.InJSON(element))
		}
		if slices.ContainsFunc(renames, func(r rename) bool { return r.from == from }) {
			return nil, fmt.Errorf("%q is renamed twice", from)
		}
		renames = append(renames, rename{from, to})
	}
	if len(renames) == 0 {
		return nil, fmt.Errorf("want a list of {from, to}, got %s", pyjson.InJSON(value))
	}
	return renames, nil
}

func readChoices(value any) ([]choice, error) {
	list, _ := value.([]any)
	var choices []choice
	for _, element := range list {
		pair, _ := element.(map[string]any)
		from, _ := pair["from"].(string)
		to, err := readTexts(pair["to"])
		if from == "" || err != nil || len(pair) != 2 {
			return nil, fmt.Errorf("want a list of {from, to: [NAME, NAME]}, one is %s", pyjson.InJSON(element))
		}
		if slices.ContainsFunc(choices, func(c choice) bool { return c.from == from }) {
			return nil, fmt.Errorf("%q stands there twice", from)
		}
		choices = append(choices, choice{from, to})
	}
	if len(choices) == 0 {
		return nil, fmt.Errorf("want a list of {from, to: [NAME, NAME]}, got %s", pyjson.InJSON(value))
	}
	return choices, nil
}

// renamer finds what a name becomes, and says whether that is another one.
func renamer(renames []rename) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		for _, r := range renames {
			if r.from == name {
				return r.to, true
			}
		}
		return name, false
	}
}
