// Package redact keeps secrets out of what is written down: it knows which names of
// variables stand for secrets, and takes values and shapes of credentials out of the
// words of a trainer, which end in records and on terminals.
//
// What it does not do: it cannot know a secret that has neither the shape of one nor a
// name that says so.
package redact
