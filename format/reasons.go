package format

// Reasons say why a record is rejected. Each counts records.
var Reasons = map[string]string{
	TooLarge:      "a record longer than 64 MiB",
	NotJSON:       "a record whose JSON is broken or cut off",
	Truncated:     "the rest of a file, counted as one record, could not be read",
	Compressed:    "a file, counted as one record, in a compression that is not read",
	EmptyFile:     "a file without records, counted as one",
	UnknownFormat: "a record that no format recognises as its own (format: NAME names one)",
	Ambiguous:     "a record that several formats recognise (format: NAME settles it)",
	NoMessages:    "a record without messages to make a conversation of",
	NoAssistant:   "a record in which no assistant turn says or does anything",
	BadMessage:    "a record with a message that is not shaped like one",
	BadRole:       "a record with a role that its format does not have",
	BadArguments:  "a record with a call whose arguments are no JSON object",
	BadCall:       "a record with a call in its text that is not written as its style says",
	BadTools:      "a record whose tool list is no list of tools",
	ImagePart:     "a record with images, audio or files, which have no text",
	UnknownPart:   "a record with a part of a message of an unknown kind",
	Unanswered:    "a record with parallel calls of which some got no result before it goes on",
	BadOrder:      "a record with turns in an order that no chat template can hold",
	NoPrompt:      "a record without the text that the agent was asked with",
	NoSystem:      "a record whose agent had a system prompt that is not recorded (system: FILE supplies it)",
	NoTools:       "a record with calls of tools that it does not describe (tools: FILE supplies them)",
	EventStream:   "a log of events, counted as a record, that does not hold the conversation",
	LostContext:   "a record from which what the model saw cannot be told",
	ReportFile:    "a record of an evaluation, no trajectory: a report (evidence: accept: {report: …}) or a patch to be judged",
	Superseded:    "a log, counted as a record, whose conversation a later log repeats and continues",
	SideCall:      "a record of a model call beside the conversation: a suggestion, a title",
	Preference:    "a record of answers to compare, or of verdicts on them: nothing to imitate",
	EditFailed:    "a record in which an edit that was asked for could not be made",
	SecretLeft:    "a record in which redaction did not reach every secret",
	LossMark:      "a record with a mark of what is learned from that cannot be heeded",
	Structured:    "a record with calls or results as structure, which --tools-as keep cannot write",

	UntrainedTurns:  "a record that keeps some of the assistant's words out of the loss, which rows of text cannot say (mix.output=tokens can)",
	NoTrainedTokens: "a record that keeps every assistant turn out of the loss, or of which loss: takes every one out",
	LossFailed:      "a record on one of whose turns the expression of loss: {where: EXPRESSION} fails",
}

// Reasons a record is rejected for. They are stable: reports count them.
const (
	TooLarge      = "too_large"       // longer than Input.MaxRecord
	NotJSON       = "not_json"        // broken syntax, or cut off
	Truncated     = "truncated"       // the rest of a file could not be read
	Compressed    = "compressed"      // a compression that is not read
	EmptyFile     = "empty_file"      // a file without records
	UnknownFormat = "unknown_format"  // no dialect claims it
	Ambiguous     = "ambiguous"       // several dialects claim it
	NoMessages    = "no_messages"     // nothing to make a conversation of
	NoAssistant   = "no_assistant"    // nothing to learn from
	BadMessage    = "bad_message"     // a message that is not shaped like one
	BadRole       = "bad_role"        // a role no dialect knows
	BadArguments  = "bad_arguments"   // a call whose arguments are no JSON object
	BadCall       = "bad_call"        // a call in text that is not written as its style says
	BadTools      = "bad_tools"       // a tool list that is no list of tools
	ImagePart     = "image_part"      // images, audio and files have no text
	UnknownPart   = "unknown_part"    // a content part of an unknown kind
	Unanswered    = "unanswered_call" // parallel calls interrupted half way
	BadOrder      = "bad_order"       // turns that no chat template can hold
	NoPrompt      = "no_prompt"       // the text the agent was asked with is not recorded
	NoSystem      = "no_system"       // no system text, and no default given
	NoTools       = "no_tools"        // calls of tools that the record does not describe, and none are given
	EventStream   = "event_stream"    // a log of events that does not hold the conversation
	LostContext   = "lost_context"    // what the model saw cannot be told from the record
	ReportFile    = "report"          // what an evaluation reads or writes: no trajectory
	Superseded    = "superseded"      // a log whose prompt a later one of its conversation repeats
	SideCall      = "side_call"       // a model call beside the conversation: a suggestion, a title
	Preference    = "preference"      // answers to compare, or verdicts on them: nothing to imitate
	EditFailed    = "edit_failed"     // an edit of the recipe could not be made
	SecretLeft    = "secret_left"     // redaction did not reach every secret
	LossMark      = "loss_mark"       // a weight between 0 and 1, a list of another length, parts that do not lie in the text
	Structured    = "structured"      // style keep met calls or tool results

	UntrainedTurns  = "untrained_turns"   // rows of text cannot keep single turns, or parts of them, out of the loss
	NoTrainedTokens = "no_trained_tokens" // nothing of it is in the loss
	LossFailed      = "loss_failed"       // the expression of a loss policy fails on a turn
)
