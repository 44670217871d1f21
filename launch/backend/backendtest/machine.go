package backendtest

import (
	"sync"

	"trainyard/launch"
)

// A Machine is what the suite must know of a machine that is not this one.
type Machine struct {
	// Living reports whether a process of that machine, by its pid there, runs and is no
	// zombie.
	Living func(pid int) bool
	// Where is what this disk has of the attempt of a directory: all that lies there is
	// searched for secrets.
	Where func(dir string) string
}

var machines sync.Map // launch.Backend to Machine

// On says that a backend runs attempts elsewhere.
func On(b launch.Backend, m Machine) { machines.Store(b, m) }

// machineOf is this machine where nothing else was said.
func machineOf(b launch.Backend) Machine {
	if m, ok := machines.Load(b); ok {
		return m.(Machine)
	}
	return Machine{Living: Living, Where: func(dir string) string { return dir }}
}
