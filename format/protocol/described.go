package protocol

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// DescribedFunction is where the name and the parameters of a tool stand: its
// member function, or the tool itself.
func DescribedFunction(tool pyjson.Value) pyjson.Value {
	if f := tool.Get("function"); f.Present() {
		return f
	}
	return tool
}

// ToolNames lists the tools that a list describes. A tool of a provider's own
// goes by its type.
func ToolNames(tools []byte) []string {
	names := []string{}
	// A list that is no JSON was refused when it was read.
	_ = pyjson.WithIndex(tools, func(root pyjson.Value) error {
		for _, tool := range root.Elements() {
			names = append(names, format.NameOr(DescribedFunction(tool).Get("name").Text(), tool.Get("type").Text()))
		}
		return nil
	})
	return names
}
