// Package style writes a trajectory as a chat: tools, calls and results become
// text in the way of one scaffold. [Styles] names them all. The chat has one
// system turn, then user and assistant in turns, ending on assistant.
//
// A [ToolPrompt] holds a scaffold's own wording; [LearnToolPrompt] takes it from
// records that hold a conversation twice, as structure and as text. What a
// rendering changes is a note; what it cannot write is a [format.Reject].
package style
