// Package protocol knows calls, results and tools that stand in text: function
// tags, ticked commands, Hermes' JSON blocks, the tool list of a system prompt,
// worked examples, nudges, and the strings that a chat template would take for
// its own. It finds and reads them; writing them is the business of styles.
package protocol
