package dialect

import (
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// attach adds what an attachment line showed to the model: the client writes it
// on the user's side, in system-reminder tags.
func (s *claudeSession) attach(line claudeLine) error {
	a := line.Get("attachment")
	kind := a.Get("type").Text()
	if slices.Contains(unseenAttachments, kind) || kind == "hook_success" && !isShownHook(a) {
		return nil
	}
	if s.cleared[line.id] {
		s.notes = append(s.notes, format.NoteCleared)
		return nil
	}
	write, known := claudeAttachments[kind]
	if !known {
		write = recordedWords
	}
	text, err := write(a)
	switch {
	case err != nil:
		return err
	case text == "":
		s.notes = append(s.notes, format.NoteLostReminder)
	default:
		s.notes = append(s.notes, format.NoteAttachment)
		s.inject(text)
	}
	return nil
}

// unseenAttachments are for the user or for the client's own books: the model
// is shown nothing of them.
var unseenAttachments = []string{
	"already_read_file", "autocheckpointing", "background_task_status", "bagel_console", "command_permissions", "current_session_memory", "dynamic_skill",
	"edited_image_file", "hook_cancelled", "hook_error_during_execution", "hook_non_blocking_error", "hook_permission_decision", "hook_system_message",
	"max_turns_reached", "structured_output", "teammate_shutdown_batch",
}

// isShownHook says that what a hook printed goes to the model: that of these two
// events does, of others only what they say as additional context.
func isShownHook(a pyjson.Value) bool {
	event := a.Get("hookEvent").Text()
	return (event == "SessionStart" || event == "UserPromptSubmit") && strings.TrimSpace(wordsOf(a.Get("content"))) != ""
}

// claudeAttachments write the kinds whose frame is known; the others are given
// as recorded.
var claudeAttachments = map[string]func(pyjson.Value) (string, error){
	"directory": func(a pyjson.Value) (string, error) {
		return called("Bash", `{"command":"ls `+a.Get("path").Text()+`"}`, wordsOf(a.Get("content"))), nil
	},
	"file": attachedFile,
	"hook_additional_context": func(a pyjson.Value) (string, error) {
		return ofHook(a, "hook additional context: ", wordsOf(a.Get("content"))), nil
	},
	"hook_blocking_error": func(a pyjson.Value) (string, error) {
		fault := a.Get("blockingError")
		return ofHook(a, `hook blocking error from command: "`+fault.Get("command").Text()+`": `, wordsOf(fault.Get("blockingError"))), nil
	},
	"hook_stopped_continuation": func(a pyjson.Value) (string, error) {
		return ofHook(a, "hook stopped continuation: ", wordsOf(a.Get("message"))), nil
	},
	"hook_success": func(a pyjson.Value) (string, error) {
		return ofHook(a, "hook success: ", wordsOf(a.Get("content"))), nil
	},
	"nested_memory": func(a pyjson.Value) (string, error) {
		return framed("Contents of ", a.Get("path").Text()+":\n\n", wordsOf(a.Get("content", "content"))), nil
	},
}

// attachedFile is a file that the user named with an @: it is shown as a call of
// Read and its result.
func attachedFile(a pyjson.Value) (string, error) {
	content := a.Get("content")
	switch kind := content.Get("type").Text(); kind {
	case "image", "pdf", "document":
		return "", format.Rejectf(format.ImagePart, "an attached file of type %q: only text can be trained on", kind)
	}
	text := wordsOf(content.Get("file", "content"))
	if text == "" {
		text = wordsOf(content)
	}
	name := a.Get("filename")
	if text == "" || name.Kind() != pyjson.KindText {
		return reminder(text), nil
	}
	return called("Read", `{"file_path":`+string(name.Raw())+`}`, text), nil
}

// recordedWords are what an attachment of another kind says, where it keeps its
// words and not only what they are made of.
func recordedWords(a pyjson.Value) (string, error) {
	for _, key := range []string{"content", "prompt", "message", "text", "snippet", "addedLines", "stdout"} {
		if words := wordsOf(a.Get(key)); words != "" {
			return reminder(words), nil
		}
	}
	return "", nil
}

// wordsOf is a text, a list of texts, a line each, or the text of blocks.
func wordsOf(v pyjson.Value) string {
	if v.Kind() == pyjson.KindText {
		return v.Text()
	}
	if v.Kind() == pyjson.KindObject {
		return wordsOf(v.Get("content"))
	}
	var words []string
	for _, part := range v.Elements() {
		text := part.Text()
		if part.Get("type").Text() == "text" {
			text = part.Get("text").Text()
		}
		if text == "" {
			return ""
		}
		words = append(words, text)
	}
	return strings.Join(words, "\n")
}

func reminder(words string) string {
	if words == "" {
		return ""
	}
	return "<system-reminder>\n" + words + "\n</system-reminder>"
}

func framed(before, name, words string) string {
	if words == "" {
		return ""
	}
	return reminder(before + name + words)
}

func ofHook(a pyjson.Value, what, words string) string {
	return framed(a.Get("hookName").Text()+" ", what, words)
}

func called(tool, input, result string) string {
	if result == "" {
		return ""
	}
	return reminder("Called the "+tool+" tool with the following input: "+input) + "\n" + reminder("Result of calling the "+tool+" tool:\n"+result)
}
