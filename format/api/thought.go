package api

import (
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// isThought names the members in which servers and scaffolds log a thought:
// vLLM's and DeepSeek's reasoning_content, OpenRouter's reasoning with the same
// in parts as reasoning_details, LiteLLM's thinking_blocks, Ollama's thinking.
func isThought(name string) bool {
	switch name {
	case "reasoning_content", "reasoning", "reasoning_details", "thinking", "thinking_blocks":
		return true
	}
	return false
}

// addThought adds what such a member holds, unless another has said it already.
// Parts of it that axolotl's flags exclude keep all of it out of the loss.
func addThought(m *format.Message, v pyjson.Value) {
	text := thoughtIn(v)
	switch {
	case strings.Contains(m.Reasoning, text):
	case strings.Contains(text, m.Reasoning):
		m.Reasoning = text
	default:
		m.Reasoning = format.JoinTexts(m.Reasoning, text)
	}
	for _, part := range v.Elements() {
		var l Loss
		l.Read("train", part.Get("train"))
		l.Read("weight", part.Get("weight"))
		m.UntrainedThought = m.UntrainedThought || l.excluded || l.weight != ""
	}
}

// thoughtIn is the text of a thought: a string, or parts. Encrypted ones have
// none.
func thoughtIn(v pyjson.Value) string {
	switch v.Kind() {
	case pyjson.KindText:
		return v.Text()
	case pyjson.KindArray:
		var texts []string
		for _, part := range v.Elements() {
			if text := thoughtIn(part); text != "" {
				texts = append(texts, text)
			}
		}
		if hasMarkedParts(v) {
			return strings.Join(texts, "") // axolotl's
		}
		return strings.Join(texts, "\n")
	case pyjson.KindObject:
		for _, name := range []string{"text", "thinking", "content", "value", "summary"} {
			if text := thoughtIn(v.Get(name)); text != "" {
				return text
			}
		}
	}
	return ""
}
