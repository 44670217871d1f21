package style

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"trainyard/format/pyjson"
)

// ReadTools reads a file with a JSON list of tool descriptions, or an object
// that holds it as tools, in the shapes in use: OpenAI's chat and Responses
// interfaces, Anthropic's (input_schema), the Model Context Protocol's
// (inputSchema) and Google's (functionDeclarations). Its error tells everything
// that is wrong, tool by tool, counted from 1.
func ReadTools(file []byte) (json.RawMessage, error) {
	r := toolsReader{tools: []byte{'['}, seen: map[string]int{}}
	err := pyjson.WithIndex(file, func(root pyjson.Value) error {
		if list := root.Get("tools"); root.Kind() == pyjson.KindObject && list.Present() {
			root = list
		}
		if root.Kind() != pyjson.KindArray {
			return fmt.Errorf("the file holds %s, not a list of tools", root.Kind())
		}
		for i, tool := range root.Elements() {
			r.read(fmt.Sprintf("tool %d", i+1), tool)
		}
		return errors.Join(r.faults...)
	})
	if err == nil && len(r.seen) == 0 {
		err = errors.New("the list of tools is empty")
	}
	if err != nil {
		return nil, err
	}
	return append(r.tools, ']'), nil
}

type toolsReader struct {
	tools  []byte
	seen   map[string]int // the names so far
	faults []error
}

func (r *toolsReader) fault(place, what string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf("%s %s", place, fmt.Sprintf(what, args...)))
}

// read takes one tool; Google puts a list of functions in one.
func (r *toolsReader) read(place string, tool pyjson.Value) {
	for _, key := range []string{"functionDeclarations", "function_declarations"} {
		if list := tool.Get(key); list.Kind() == pyjson.KindArray {
			for i, declared := range list.Elements() {
				r.read(fmt.Sprintf("%s, function %d", place, i+1), declared)
			}
			return
		}
	}
	if tool.Kind() != pyjson.KindObject {
		r.fault(place, "is %s, not an object", tool.Kind())
		return
	}
	f := tool
	if inner := tool.Get("function"); inner.Present() {
		f = inner
	}
	name := f.Get("name").Text()
	switch {
	case name == "":
		r.fault(place, "has no name: %s", pyjson.Clip(string(tool.Raw())))
		return
	case r.seen[name] > 0:
		r.fault(place, "%q stands in the list already", pyjson.Clip(name))
		return
	}
	r.seen[name]++
	r.add(fmt.Sprintf("%s, %q,", place, pyjson.Clip(name)), tool, f)
}

// schemaKeys are where the shapes keep the schema of the arguments.
var schemaKeys = []string{"parameters", "input_schema", "inputSchema", "parametersJsonSchema"}

// add appends the tool: as it is where it has OpenAI's shape, else in that
// shape.
func (r *toolsReader) add(place string, tool, f pyjson.Value) {
	key := ""
	for _, k := range schemaKeys {
		if f.Get(k).Present() {
			key = k
			break
		}
	}
	if kind := tool.Get("type").Text(); key == "" && kind != "" && kind != "function" {
		r.fault(place, "is the provider's own (%s): its description is not in the file", pyjson.Clip(kind))
		return
	}
	if key != "" && !isSchema(f.Get(key)) {
		r.fault(place, "has a %s that is no schema of an object: %s", key, pyjson.Clip(string(f.Get(key).Raw())))
		return
	}
	if len(r.tools) > 1 {
		r.tools = append(r.tools, ',')
	}
	flat := key != "" && key != "parameters" || tool.Get("type").Text() == "function" && !tool.Get("function").Present()
	if !flat {
		r.tools = pyjson.Compact(r.tools, tool)
		return
	}
	members := []string{`"name":` + string(f.Get("name").Raw())}
	if text := f.Get("description"); text.Present() {
		members = append(members, `"description":`+string(text.Raw()))
	}
	if key != "" {
		members = append(members, `"parameters":`+string(pyjson.Compact(nil, f.Get(key))))
	}
	r.tools = append(r.tools, `{"type":"function","function":{`+strings.Join(members, ",")+"}}"...)
}

// isSchema says that a schema describes an object. One that says nothing takes
// everything; one whose members are arguments is what a list is often written
// as by mistake.
func isSchema(v pyjson.Value) bool {
	if v.Kind() != pyjson.KindObject {
		return false
	}
	kind, properties := v.Get("type"), v.Get("properties")
	if properties.Present() {
		return properties.Kind() == pyjson.KindObject
	}
	return v.Length() == 0 || strings.EqualFold(kind.Text(), "object") || v.Get("$ref").Present() || v.Get("$schema").Present() || v.Get("additionalProperties").Present()
}
