package dialect

import (
	"context"
	"errors"
	"hash/maphash"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// qwenLogName is how Qwen-Code names the log of one model call: the time, half
// a UUID's first part, and behind it who asked if it was not the session itself
// (packages/core/src/utils/openaiLogger.ts).
var qwenLogName = regexp.MustCompile(`^openai-\d{4}-\d\d-\d\dT[\d.-]+Z-[0-9a-f]{8}(?:-[\w.-]+)?\.json(?:\.gz|\.zst)?$`)

func isQwenLogName(path string) bool { return qwenLogName.MatchString(filepath.Base(path)) }

// internalPrompts are the ids of calls that Qwen-Code makes for itself beside
// the session (packages/core/src/utils/internalPromptIds.ts).
var internalPrompts = []string{"prompt_suggestion", "forked_query", "speculation"}

const internalPrefix = "side-query:"

func isInternalPrompt(id string) bool {
	return slices.Contains(internalPrompts, id) || strings.HasPrefix(id, internalPrefix)
}

// qwenConversation names the conversation that a log belongs to. A prompt's id
// is SESSION########TURN, or SESSION#SUBAGENT#ROUND in a subagent's.
func qwenConversation(context pyjson.Value) string {
	id, session := context.Get("promptId").Text(), context.Get("sessionId").Text()
	if main, _, found := strings.Cut(id, "########"); found {
		return format.NameOr(session, main)
	}
	if parts := strings.Split(id, "#"); len(parts) == 3 {
		return format.NameOr(session, parts[0]) + "#" + parts[1]
	}
	return session
}

// readQwenLogs yields the folder that --openai-logging writes: of each
// conversation, a session's or a subagent's, the last log, which holds those
// before it, or where a compression changed the prompt the last before that.
// The others are rejects. Logs of calls that failed or were made beside the
// session continue nothing; their dialect refuses them. A log that names no
// conversation gives way to one that holds its response alone: two sessions may
// well begin with the same words.
func (s *Source) readQwenLogs(ctx context.Context, files []format.File, yield func(format.Record) error) error {
	var last completion // which is handed on
	r := s.feed.Reader(ctx, "", func(rec format.Record) error { return yield(last.told(rec)) })
	rejects, ends := map[string]*format.Reject{}, map[string]completion{}
	calls := map[string][]completion{}
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, conversation, err := s.readQwenLog(file)
		var fault *format.Reject
		switch {
		case errors.As(err, &fault):
			rejects[file.Path] = fault
		case err != nil:
			return err
		case c.prompt != nil:
			calls[conversation] = append(calls[conversation], c)
		}
	}
	for conversation, list := range calls {
		for _, end := range supersede(list, conversation != "", rejects) {
			ends[end.file.Path] = end
		}
	}
	for _, file := range files {
		r.Path, last = file.Path, ends[file.Path]
		var err error
		if fault := rejects[file.Path]; fault != nil {
			err = r.Reject(1, fault.Reason, "%s", fault.Detail)
		} else {
			err = s.feed.ReadAgain(r, file)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// supersede follows the calls, in order of time, and rejects each that a later
// one continues. It returns the others.
func supersede(calls []completion, named bool, rejects map[string]*format.Reject) (ends []completion) {
	for _, c := range calls {
		i, why := answered(ends, c), "a later log holds this one's prompt and response"
		if named {
			if i = continued(ends, c.prompt); i >= 0 {
				why = whyContinued(ends[i].prompt, c.prompt)
			}
			c.held = heldBy(ends, i, c)
		}
		if i >= 0 {
			rejects[ends[i].file.Path] = &format.Reject{Reason: format.Superseded, Detail: why}
			ends = slices.Delete(ends, i, i+1)
		}
		ends = append(ends, c)
	}
	return ends
}

// answered finds the latest end whose prompt and response c repeats, -1 if
// there is none.
func answered(ends []completion, c completion) int {
	for i := len(ends) - 1; i >= 0; i-- {
		old := ends[i]
		n := len(old.prompt)
		if n < len(c.said) && old.answer != 0 && c.said[n] == old.answer && slices.Equal(old.prompt, c.prompt[:n]) {
			return i
		}
	}
	return -1
}

// whyContinued says what a later prompt of the conversation makes of an
// earlier one.
func whyContinued(old, later []uint64) string {
	repeated := "the prompt of this one"
	if !slices.Equal(old, later[:len(old)]) {
		repeated = "all of this one's prompt but its last message"
	}
	if len(later) == len(old) {
		return "a later log of the same conversation asks again, with " + repeated
	}
	return "a later log of the same conversation goes on from " + repeated
}

// readQwenLog reads what a log is chosen by; one that nothing can continue has
// no prompt. The system text is none of it: it changes with what the agent is
// told to remember.
func (s *Source) readQwenLog(file format.File) (c completion, conversation string, err error) {
	c.file = file
	err = s.lookInto(file, func(v pyjson.Value) error {
		conversation = qwenConversation(v.Get("context"))
		if !isQwenLog(v) || !v.Get("response").Present() || isInternalPrompt(v.Get("context", "promptId").Text()) {
			return nil
		}
		for _, m := range v.Get("request", "messages").Elements() {
			if m.Get("role").Text() == "system" {
				continue
			}
			c.add(m)
			if conversation == "" {
				c.said = append(c.said, answerDigest(m))
			}
		}
		for _, choice := range v.Get("response", "choices").Elements() {
			c.answer = answerDigest(choice.Get("message"))
			break
		}
		return nil
	})
	return c, conversation, err
}

// answerDigest stands for what an assistant says, however it is spelled: a
// response writes a call's arguments as the model did, the next prompt as
// JSON.stringify does. It is 0 for what no assistant says.
func answerDigest(v pyjson.Value) uint64 {
	m, err := api.ReadMessage(v)
	if err != nil || m.Role != format.Assistant {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(digestSeed)
	h.WriteString(m.Content)
	for _, call := range m.Calls {
		arguments, err := pyjson.PythonJSON(nil, call.Arguments)
		if err != nil {
			arguments = call.Arguments
		}
		h.WriteByte(0)
		h.WriteString(call.Name)
		h.WriteByte(0)
		h.Write(arguments)
	}
	return h.Sum64()
}
