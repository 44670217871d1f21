package dialect

import "trainyard/format/pyjson"

// What tests look at from outside.
var (
	Choose  = choose
	ShapeOf = shapeOf
	Digest  = digest
)

// Opens is how a dialect knows the first lines of its sessions; nil where
// every line is a record.
func Opens(name string) func(pyjson.Value) bool { return Dialects[name].opens }
