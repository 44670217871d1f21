package dialect

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// segmentsClaude begins a segment where the context was replaced and the assistant
// said something since it was last.
func segmentsClaude() func(line pyjson.Value) bool {
	said := false
	return func(line pyjson.Value) bool {
		begins := said && resetsClaude(line)
		said = !begins && (said || line.Get("type").Text() == "assistant")
		return begins
	}
}

// resetsClaude knows where the model's context was replaced: a compaction by
// its boundary, or, in web exports, by the summary that follows one; a clearing
// of old results, or of messages, by what it names.
func resetsClaude(line pyjson.Value) bool {
	return compactsClaude(line) || clearedIDs(line).Length()+clearedAttachments(line).Length()+snippedIDs(line).Length() > 0
}

func compactsClaude(line pyjson.Value) bool {
	return line.Get("subtype").Text() == "compact_boundary" && line.Get("type").Text() == "system" ||
		pyjson.IsTrue(line.Get("isCompactSummary")) && !line.Get("parentUuid").Present()
}

func clearedIDs(line pyjson.Value) pyjson.Value {
	return line.Get("microcompactMetadata", "compactedToolIds")
}

func clearedAttachments(line pyjson.Value) pyjson.Value {
	return line.Get("microcompactMetadata", "clearedAttachmentUUIDs")
}

func snippedIDs(line pyjson.Value) pyjson.Value { return line.Get("snipMetadata", "removedUuids") }

// A claudeLine is what the choice of lines depends on.
type claudeLine struct {
	pyjson.Value
	branch
	api  string // the API message that an assistant line is a part of
	side bool   // of a subagent, in its parent's file
}

// shown says that the model sees the line if it is on the path.
func (line claudeLine) shown() bool {
	switch line.Get("type").Text() {
	case "user", "assistant", "attachment":
		return !line.side
	case "system": // what the user's own commands print
		return line.Get("subtype").Text() == "local_command"
	}
	return false
}

func claudeLines(values []pyjson.Value) ([]claudeLine, error) {
	lines := make([]claudeLine, len(values))
	main := false
	for i, v := range values {
		kind := v.Get("type").Text()
		if kind == "system" && v.Get("session_id").Present() {
			return nil, format.Rejectf(format.EventStream, "the output of claude -p --output-format stream-json: the prompt it answers is not in it; read the session file")
		}
		lines[i] = claudeLine{Value: v, branch: branch{id: v.Get("uuid").Text(), parent: v.Get("parentUuid").Text()}}
		lines[i].spoken, lines[i].side = kind == "user" || kind == "assistant", pyjson.IsTrue(v.Get("isSidechain"))
		if kind == "assistant" {
			lines[i].api = v.Get("message", "id").Text()
		}
		main = main || lines[i].spoken && !lines[i].side
	}
	for i := range lines { // a file of side chain lines only is a subagent's own
		lines[i].side = lines[i].side && main
		lines[i].spoken = lines[i].spoken && !lines[i].side
	}
	return lines, nil
}

func (line claudeLine) blocks(kind, key string, use func(string)) {
	for _, block := range line.Get("message", "content").Elements() {
		if block.Get("type").Text() == kind {
			use(block.Get(key).Text())
		}
	}
}
