package format

// Notes say what each note counts, its unit first, and what was changed.
var Notes = map[string]string{
	NoteDefaultSystem:  "records: no system text, so the model's default is written out",
	NoteSystem:         "records: the given system text stands in place of the recorded one, or of none",
	NoteTools:          "records: no tool list, so the given one is described",
	NoteUndescribed:    "calls: of a tool that the list of tools, recorded or given, does not describe; nothing is changed",
	NoteLateSystem:     "turns: a system message after the start became a user turn",
	NoteJoinedParts:    "texts: several parts became one text, joined as the scaffold's own serialiser joins them",
	NoteToolsInText:    "records: no tool list, so it was read from the text that the model saw",
	NoteFinishCall:     "calls: a <finish> in a text became the call that the Agent Data Protocol makes of it",
	NoteMerged:         "turns: joined by an empty line to the one before, which had the same role",
	NoteSplitCalls:     "turns: held several calls, and became one turn for each",
	NoteDroppedCall:    "calls: left out, for they are the last, parallel ones and have no result",
	NoteDroppedTail:    "turns: left out, for they stand after the last assistant turn",
	NoteDroppedEmpty:   "turns: left out, the assistant's without text or call",
	NoteTrimmedLeading: "turns: the assistant's, which began with empty lines, now cut",
	NoteCRLF:           "texts: Windows line ends became plain ones",
	NoteNeutralised:    "strings: a special token's, standing in a text, was broken up so that it stays text",
	NoteDroppedTools:   "records: the tool list was left out, as --tools-as keep does",
	NoteReplaced:       "texts: held what is no character, half of a surrogate pair or bytes that are not UTF-8, which became U+FFFD",
	NoteTwoSystems:     "records: hold two system texts that differ; the one at the head of the conversation stands, the one beside it is left out",
	NotePadding:        "records: null members, with which Arrow pads tool descriptions to one shape, were left out of them",
	NoteNewer:          "records: of a newer version of their format than is known, read by what is known",
	NoteBranch:         "turns: left out, for they are of a branch that the user abandoned",
	NoteSideChain:      "turns: left out, for they are a subagent's in the file of its parent",
	NoteClientTurn:     "turns: left out, the client's own in the assistant's place, such as the report of an API error",
	NoteAborted:        "turns: left out, a model call that failed or was aborted, as its client leaves it out",
	NoteAttachment:     "texts: what the client attached or a hook said, as recorded",
	NoteLostReminder:   "texts: a reminder of the client, left out, for the file does not keep its words",
	NoteCleared:        "texts: cleared as the model saw them, the client having taken the words out of the context",
	NoteRepeated:       "turns: kept out of the loss, for another record of the source holds and trains them",
	NoteUniqueID:       "records: a digest of the content was added to the id, which another record has too",
	NoteRendered:       "records: tools and calls stand in the text already, so nothing describes them again",

	NoteLossLast:         "turns: taken out of the loss, for more stand after them than loss: {last: n} keeps",
	NoteLossFrom:         "turns: taken out of the loss, for they stand before the place that loss: {from: PLACE} names",
	NoteLossWhere:        "turns: taken out of the loss, for the expression of loss: {where: EXPRESSION} is false of them",
	NoteLossErrors:       "turns: taken out of the loss by loss: {not: errors}: the scaffold could not carry out an action of theirs",
	NoteLossFormatErrors: "turns: taken out of the loss by loss: {not: format_errors}: the scaffold could not read them as an action",
	NoteLossFailedRuns:   "turns: taken out of the loss by loss: {not: failed_runs}: code that they ran failed",

	NoteKeptReasoning:    "turns: the assistant's, whose recorded thought is written, as reasoning: keep says or the student's template has it",
	NoteDroppedReasoning: "turns: the assistant's, whose recorded thought is left out, as reasoning: drop says or the student's template has it",

	NoteCut:    "records: longer than the window, cut behind the last trained turn that fits",
	NoteSplit:  "records: longer than the window, split into rows that overlap",
	NoteElided: "texts: an observation, in whose place a mark stands, for the record is longer than the window",
}

// Notes: what reading and rendering change, besides the rendering itself, and
// what they could not mend. Each adds its note once, so counting equal notes counts
// edits.
const (
	NoteDefaultSystem  = "default_system"          // no system text: the default is written out
	NoteSystem         = "supplied_system"         // the given system text stands in place of the record's, or of none
	NoteTools          = "supplied_tools"          // the record has no tool list: the given one is described
	NoteUndescribed    = "undescribed_tool"        // a call of a tool that the list of tools, recorded or given, does not describe
	NoteLateSystem     = "late_system_as_user"     // a system message after the start becomes a user turn
	NoteJoinedParts    = "joined_parts"            // content of several text parts became one text
	NoteToolsInText    = "tools_from_text"         // the tool list was read from the system text of the record's textual twin
	NoteFinishCall     = "finish_call"             // a <finish> in a text became a call
	NoteMerged         = "merged_consecutive"      // two turns of one role joined by an empty line
	NoteSplitCalls     = "split_parallel_calls"    // a turn with several calls became one turn per call
	NoteDroppedCall    = "dropped_unanswered_call" // a parallel call without a result
	NoteDroppedTail    = "dropped_tail"            // a message after the last assistant turn
	NoteDroppedEmpty   = "dropped_empty_assistant" // an assistant turn without text or call
	NoteTrimmedLeading = "trimmed_leading_newline" // assistant text that began on a later line
	NoteCRLF           = "crlf_to_lf"              // a text with Windows line ends
	NoteNeutralised    = "neutralised_special"     // a special-token string that was broken up
	NoteDroppedTools   = "dropped_tools"           // style keep left the tool list out
	NoteReplaced       = "replaced_character"      // a text with what is no character
	NoteTwoSystems     = "second_system"           // a system text beside a conversation that has one
	NotePadding        = "stripped_padding"        // tool descriptions padded by Arrow
	NoteNewer          = "newer_version"           // a version whose news are not known
	NoteBranch         = "abandoned_branch"        // turns of a branch that the user left
	NoteSideChain      = "side_chain"              // turns of a subagent in its parent's file
	NoteClientTurn     = "client_turn"             // the client's own words in the assistant's place
	NoteAborted        = "aborted_turn"            // a model call that failed
	NoteAttachment     = "attachment"              // what the client attached, as recorded
	NoteLostReminder   = "lost_reminder"           // a reminder whose words are not on disk
	NoteCleared        = "cleared_result"          // words that the client took out of the context
	NoteRepeated       = "repeated_turn"           // trained in another record of the source
	NoteUniqueID       = "unique_id"               // a digest was added to an id that several records have
	NoteRendered       = "tools_already_in_text"   // the record's text holds its tools and calls already

	NoteLossLast         = "loss_last"          // not among the last n
	NoteLossFrom         = "loss_from"          // before a place
	NoteLossWhere        = "loss_where"         // an expression is false
	NoteLossErrors       = "loss_errors"        // an action could not be carried out
	NoteLossFormatErrors = "loss_format_errors" // not read as an action
	NoteLossFailedRuns   = "loss_failed_runs"   // code that it ran failed

	NoteKeptReasoning    = "kept_reasoning"    // a thought is written
	NoteDroppedReasoning = "dropped_reasoning" // a thought is left out

	NoteCut    = "cut_to_window"    // what follows the last trained turn that fits
	NoteSplit  = "split_to_window"  // rows that overlap
	NoteElided = "elided_to_window" // a mark in place of an observation
)

// SplitNotes parts counts of notes: those of changes, and those that only tell
// what a record is like.
func SplitNotes(notes map[string]int64) (edited, told map[string]int64) {
	edited, told = map[string]int64{}, map[string]int64{}
	for note, n := range notes {
		if note == NoteUndescribed || note == NoteNewer {
			told[note] = n
		} else {
			edited[note] = n
		}
	}
	return edited, told
}
