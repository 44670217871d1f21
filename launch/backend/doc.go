// Package backend knows the machines that attempts run on.
//
// In comes a launch.Task, out goes a launch.Handle that finds the attempt again
// from any later process. [Backends] is the registry. A backend is a room of its
// own below this package, such as launch/backend/local, and a line here; the
// conformance suite in launch/backend/backendtest then demands the whole contract
// of it.
//
// What it does not do: it does not know what a trainer is, nor keep a ledger.
package backend

import (
	"trainyard/launch"
	"trainyard/launch/backend/local"
)

// Backends is the registry by name.
var Backends = map[string]launch.Backend{
	"local": local.Local{},
}
