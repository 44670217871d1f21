package redact

import (
	"os"
	"slices"
	"sync"
)

// process is what this process knows of secrets.
var process struct {
	sync.Mutex
	names   []string // of variables that are secrets, whatever they are called
	pairs   []string // NAME=value of those that are not in the environment
	environ []string // built for
	built   *Redactor
}

// Know tells this process that a variable is a secret, whatever it is called. Its value
// is looked up in the environment each time, and is known beside where it is given.
func Know(name, value string) {
	process.Lock()
	defer process.Unlock()
	pair := name + "=" + value
	if !slices.Contains(process.names, name) {
		process.names, process.built = append(process.names, name), nil
	}
	if value != "" && os.Getenv(name) != value && !slices.Contains(process.pairs, pair) {
		process.pairs, process.built = append(process.pairs, pair), nil
	}
}

// Process is the redactor of this process: it knows the values of its environment, as it
// is now, and what [Know] was told.
func Process() *Redactor {
	environ := os.Environ()
	process.Lock()
	defer process.Unlock()
	if process.built == nil || !slices.Equal(environ, process.environ) {
		process.built, process.environ = New(slices.Concat(environ, process.pairs), process.names...), environ
	}
	return process.built
}

// Here takes out of a text what this process knows.
func Here(text string) string { return Process().Text(text) }

// HoldsSecret reports whether something in text is shaped like a credential.
func HoldsSecret(text string) bool { return shapesOnly().Text(text) != text }

var shapesOnly = sync.OnceValue(func() *Redactor { return New(nil) })
