// Package backend knows the machines that attempts run on.
//
// In comes a launch.Task, out goes a launch.Handle that finds the attempt again
// from any later process. [Kinds] is the registry: a kind is a room of its own
// below this package, such as launch/backend/local, and a line here. A [Place] is
// a backend of some kind that the settings name, with its hosts, partition or
// account. The conformance suite in launch/backend/backendtest demands the whole
// contract of every kind.
//
// What runs an attempt on a machine, whatever brought it there, is one protocol:
// launch/backend/attempt.
//
// What it does not do: it does not know what a trainer is, nor keep a ledger.
package backend
