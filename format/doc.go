// Package format holds the words that the ways from a record to chat have in
// common: [Record], [Trajectory], [Message], [Call], [Chat], [Reject], and the
// tables of what a record is rejected for and what a rendering changes.
//
//	container ─► dialect ─► evidence ─► edit ─► style
//	Record       Trajectory  verdict     edited   Chat
//
// The rooms below do the work: container reads files into records, dialect
// records into trajectories, evidence judges them, edit changes them, style
// writes them as chat. api, protocol and behaviour know the shapes, the text
// protocols and the actions that they share; pyjson reads and prints JSON as
// Python does, secret finds credentials.
//
// # Words
//
// A record is one trajectory as its file holds it. A dialect is one way of
// writing a trajectory as a record. A trajectory is a rollout as the scaffold
// recorded it: messages, calls, results, tools. A style is a way of writing
// calls, results and tools as text. A note names a change that a rendering made.
//
// # Promise
//
// Nothing is invented: what an assistant says in a chat stands in the record,
// but for the style's frame around calls. Nothing is lost silently: each record
// ends as a trajectory or as a [Reject] with file, line and a stable reason, and
// each change is a note. Text is valid UTF-8, with U+FFFD for what was not: one
// for each maximal part of a broken sequence and for each lone surrogate, as
// Python replaces them.
//
// # What it does not do
//
// It counts no tokens, repairs nothing (an unclosed function tag stays open),
// reads no images, and guesses no system prompt.
package format
