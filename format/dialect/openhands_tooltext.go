package dialect

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"trainyard/format/pyjson"
)

// Where function calling was mocked, OpenHands shows the model its tools as
// text (fn_call_converter.py), and older logs hold them nowhere else:
//
//	---- BEGIN FUNCTION #1: NAME ----
//	Description: any text
//	Parameters:
//	  (1) NAME (TYPE, required): any text
//	Allowed values: [`a`, `b`]
//	---- END FUNCTION #1 ----

// toolsInText reads such a list. It says no unless every line of the list has
// its place, so that what is read describes as the same text again.
func toolsInText(text string) (tools []byte, ok bool) {
	tools = []byte{'['}
	for number := 1; ; number++ {
		begin := fmt.Sprintf("---- BEGIN FUNCTION #%d: ", number)
		end := fmt.Sprintf("---- END FUNCTION #%d ----\n", number)
		if number == 1 {
			_, after, found := strings.Cut("\n"+text, "\n"+begin)
			if !found {
				return nil, false
			}
			text = begin + after
		}
		body, found := strings.CutPrefix(text, begin)
		if !found {
			return append(tools, ']'), true
		}
		body, text, found = cutLine(body, end)
		if !found {
			return nil, false
		}
		text = strings.TrimPrefix(text, "\n")
		if number > 1 {
			tools = append(tools, ", "...)
		}
		if tools, ok = appendToolInText(tools, body); !ok {
			return nil, false
		}
	}
}

// cutLine cuts a text around the first line that is line; before keeps its own
// line end.
func cutLine(text, line string) (before, after string, found bool) {
	if after, found = strings.CutPrefix(text, line); found {
		return "", after, true
	}
	before, after, found = strings.Cut(text, "\n"+line)
	return before + "\n", after, found
}

// appendToolInText reads one tool behind its ruler.
func appendToolInText(dst []byte, body string) ([]byte, bool) {
	name, body, found := strings.Cut(body, " ----\n")
	if !found || name == "" || strings.Contains(name, "\n") {
		return nil, false
	}
	dst = pyjson.QuoteJSON(append(dst, `{"type": "function", "function": {"name": `...), name)
	head, parameters, found := cutParameters(body)
	if !found {
		return nil, false
	}
	if head != "" {
		description, isText := strings.CutPrefix(head, "Description: ")
		if !isText {
			return nil, false
		}
		dst = pyjson.QuoteJSON(append(dst, `, "description": `...), strings.TrimSuffix(description, "\n"))
	}
	if parameters != nil {
		dst = append(append(dst, `, "parameters": `...), parameters...)
	}
	return append(dst, "}}"...), true
}

const noParametersInText = "No parameters are required for this function.\n"

// cutParameters finds the line on which the parameters begin: the last one that
// the rest fits, since a description may hold such a line too.
func cutParameters(body string) (head string, parameters []byte, found bool) {
	if head, isLast := strings.CutSuffix("\n"+body, "\n"+noParametersInText); isLast {
		return strings.TrimPrefix(head+"\n", "\n"), nil, true
	}
	const line = "Parameters:\n"
	for search := "\n" + body; ; {
		i := strings.LastIndex(search, "\n"+line)
		if i < 0 {
			return "", nil, false
		}
		if list, ok := parametersInText(("\n" + body)[i+1+len(line):]); ok {
			return body[:i], list, true
		}
		search = search[:i+1]
	}
}

// parameterInText is the line on which a parameter begins; a list of types
// stands as Python prints it.
var parameterInText = regexp.MustCompile(`(?m)^  \((\d+)\) (\S+) \((\w+|\[[^\]\n]*\]), (required|optional)\): `)

// parametersInText makes a schema of the lines of parameters.
func parametersInText(text string) (schema []byte, ok bool) {
	starts := numberedInText(text)
	if len(starts) == 0 && text != "" || len(starts) > 0 && starts[0][0] != 0 {
		return nil, false
	}
	var properties, required []string
	for i, at := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		name := string(pyjson.QuoteJSON(nil, text[at[4]:at[5]]))
		property, ok := propertyInText(text[at[6]:at[7]], text[at[1]:end])
		if !ok {
			return nil, false
		}
		properties = append(properties, name+": "+property)
		if text[at[8]:at[9]] == "required" {
			required = append(required, name)
		}
	}
	schema = append([]byte(`{"type": "object", "properties": {`), strings.Join(properties, ", ")...)
	schema = append(append(schema, `}, "required": [`...), strings.Join(required, ", ")...)
	return append(schema, "]}"...), true
}

// numberedInText finds the lines of parameters 1, 2, 3, …; any other such line
// belongs to a description.
func numberedInText(text string) (starts [][]int) {
	for _, at := range parameterInText.FindAllStringSubmatchIndex(text, -1) {
		if text[at[2]:at[3]] == strconv.Itoa(len(starts)+1) {
			starts = append(starts, at)
		}
	}
	return starts
}

const (
	allowedInText = "\nAllowed values: ["
	allowedEnd    = "]"
)

// propertyInText is the schema of one parameter. Lines about what is inside
// arrays and objects, which later versions (V1) add, are not understood.
func propertyInText(kind, text string) (property string, ok bool) {
	text, ok = strings.CutSuffix(text, "\n")
	if !ok || (kind == "object" || kind == "array") && strings.Contains(text, "\n      ") {
		return "", false
	}
	types := pyjson.QuoteJSON(nil, kind)
	if kind[0] == '[' {
		var err error
		if types, err = pyjson.PythonToJSON(kind); err != nil {
			return "", false
		}
	}
	values := ""
	if i := strings.LastIndex(text, allowedInText); i >= 0 {
		list, closed := strings.CutSuffix(text[i+len(allowedInText):], allowedEnd)
		if enum, ok := enumInText(list, kind); closed && ok {
			text, values = text[:i], enum
		}
	}
	return fmt.Sprintf(`{"type": %s, "description": %s%s}`, types, pyjson.QuoteJSON(nil, text), values), true
}

// enumInText reads the values between ticks; those of a number are numbers.
func enumInText(list, kind string) (enum string, ok bool) {
	var values []string
	if list != "" {
		inner, opened := strings.CutPrefix(list, "`")
		inner, closed := strings.CutSuffix(inner, "`")
		if !opened || !closed {
			return "", false
		}
		values = strings.Split(inner, "`, `")
	}
	for i, value := range values {
		values[i] = string(pyjson.QuoteJSON(nil, value))
		if kind == "integer" || kind == "number" || kind == "boolean" {
			if raw, err := pyjson.PythonToJSON(value); err == nil {
				values[i] = string(raw)
			}
		}
	}
	return `, "enum": [` + strings.Join(values, ", ") + "]", true
}
