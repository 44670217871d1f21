package style

import (
	"maps"
	"slices"

	"trainyard/format/pyjson"
)

// A Value is a way of writing an argument that is no text between function
// tags, where a style leaves a choice.
type Value struct {
	Summary string
	append  func([]byte, pyjson.Value) []byte
}

// Values holds every such way by name. OpenHands wrote json from 0.43 (June
// 2025) on, in the SDK (V1) from the start, and its parsers want JSON back;
// versions before, and the forks and datasets made with them (SWE-Gym,
// nemotron), wrote python, as the other scaffolds with function tags do.
var Values = map[string]Value{
	"json":   {"lists and objects as json.dumps prints them, other values as str() does", pyjson.AppendDumps},
	"python": {"every value as Python's str() prints it", pyjson.AppendStr},
}

// ValueNames lists the ways in alphabetical order.
func ValueNames() []string { return slices.Sorted(maps.Keys(Values)) }

// TakesValues says that a style leaves a choice of Values.
func (r Rendering) TakesValues() bool { return r.values != "" }
