package dialect

import (
	"path/filepath"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// cline reads the conversations of Cline, and of Roo Code and Kilo Code, which
// grew from it: tasks/ID/api_conversation_history.json, an array of Anthropic
// messages, and the messages.json of its command line. Calls are XML tags in the
// text (classic) or blocks.
var cline = Dialect{
	Name:    "cline",
	Summary: "Cline, Roo Code and Kilo Code tasks: api_conversation_history.json, and the command line's messages.json",
	Limits: "neither system prompt nor tool descriptions are on disk: supply the first, and the second where calls are no text; " +
		"what a client cut from the history before a request is not in the file, and histories that Roo Code marks as condensed or " +
		"truncated are rejected",
	opens: opensCline,
	claim: func(_ format.Record, v pyjson.Value) claim {
		if isClineList(v) {
			return byMarker
		}
		return claimSession(v, opensCline)
	},
	parse: parseCline,
}

// opensCline knows the first message of a task by the tags around it.
func opensCline(line pyjson.Value) bool {
	if line.Get("role").Text() != "user" {
		return false
	}
	content := line.Get("content")
	first, text := content.Text(), content.Text()
	for i, block := range content.Elements() {
		if i == 0 {
			first = block.Get("text").Text()
		}
		text += block.Get("text").Text()
	}
	asked := strings.HasPrefix(first, "<task>") || strings.HasPrefix(first, "<user_message>")
	return asked && (content.Kind() == pyjson.KindArray || strings.Contains(text, "<environment_details>"))
}

// isClineList knows such messages inside of an object that holds no system text:
// an export, or the command line's file, which names the session.
func isClineList(v pyjson.Value) bool {
	list := v.Get("messages")
	if v.Get("sessionId").Present() && list.Kind() == pyjson.KindArray && !v.Get("projectHash").Present() {
		for _, m := range list.Elements() {
			if m.Get("modelInfo").Present() {
				return true
			}
		}
	}
	return !v.Get("system").Present() && opensCline(pyjson.FirstOf(list))
}

func parseCline(rec format.Record, v pyjson.Value) (*format.Trajectory, error) {
	list := v.Get("messages")
	if !list.Present() {
		list = v.Get("lines")
	}
	if list.Kind() != pyjson.KindArray {
		return nil, format.Rejectf(format.NoMessages, "messages is %s, not an array", list.Kind())
	}
	t := &format.Trajectory{}
	for i, m := range list.Elements() {
		if err := addCline(t, m); err != nil {
			return nil, format.Within(err, format.Place("message", i))
		}
	}
	identify(t, v)
	t.ID = format.NameOr(t.ID, format.NameOr(v.Get("sessionId").Text(), clineTask(rec.File)))
	t.MarkUnrecordedTools()
	t.SystemUnrecorded = t.LacksSystem()
	return t, nil
}

func addCline(t *format.Trajectory, v pyjson.Value) error {
	for _, mark := range []string{"condenseParent", "truncationParent", "isTruncationMarker", "isSummary"} {
		if member := v.Get(mark); member.Present() && string(member.Raw()) != "false" {
			return format.Rejectf(format.LostContext, "%s: the history was condensed, and what the model saw before and after is one list", mark)
		}
	}
	messages, err := readAnthropic(v)
	if err != nil {
		return err
	}
	t.Messages = append(t.Messages, messages...)
	t.Teacher = format.NameOr(t.Teacher, pyjson.FirstScalar(v.Get("modelInfo", "modelId"), v.Get("modelInfo", "id")))
	metrics := v.Get("metrics")
	for _, count := range []pyjson.Value{metrics.Get("inputTokens"), metrics.Get("cacheReadTokens"), metrics.Get("cacheWriteTokens"), metrics.Get("tokens", "prompt"), metrics.Get("tokens", "cached")} {
		t.PromptTokens += pyjson.TokenCount(count)
	}
	t.CompletionTokens += pyjson.TokenCount(metrics.Get("outputTokens")) + pyjson.TokenCount(metrics.Get("tokens", "completion"))
	cost, _ := metrics.Get("cost").Float()
	t.CostUSD += cost
	return nil
}

// clineTask is the task that a file is named for, by its directory.
func clineTask(path string) string {
	if strings.HasPrefix(filepath.Base(path), "api_conversation_history.json") {
		return filepath.Base(filepath.Dir(path))
	}
	return ""
}
