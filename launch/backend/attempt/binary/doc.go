// Package binary has the agent as a file that can be put on a box.
//
// In comes an operating system and an architecture as Go names them, out goes the path
// of an agent on this machine, and its digest. A release has agents inside (a build with the tag agents)
// or beside the program, as agent-linux-amd64.gz; where there is none, `go build` makes
// one of the module's source. What was unpacked or built is kept in the user's cache
// directory under its digest.
//
// What it does not do: it does not copy anything to a box, nor does it ask which
// architecture the box has.
package binary
