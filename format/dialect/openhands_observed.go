package dialect

import (
	"strings"
	"unicode/utf8"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// observed is an observation as V0 shows it to the model. What a tool
// printed is recorded; the lines the scaffold puts around it are not, but
// follow from what is (openhands/events/observation).
func (r *replay) observed(event pyjson.Value, called bool) (string, error) {
	content, extras := event.Get("content").Text(), event.Get("extras")
	switch kind := event.Get("observation").Text(); kind {
	case "run":
		text := content
		if extras.Get("metadata").Present() {
			text = withMetadata(content, extras.Get("metadata"))
		}
		if !called && event.Get("source").Text() == "user" {
			text = "\nObserved result of command executed by user:\n" + text
		}
		return r.cut(text), nil
	case "run_ipython":
		return r.cut(withoutPictures(content)), nil
	case "read", "browse":
		return content, nil
	case "edit":
		return r.edited(content, extras)
	case "error":
		return r.cut(content) + "\n[Error occurred in processing last action]", nil
	case "user_rejected":
		return "OBSERVATION:\n" + r.cut(content) + "\n[Last action has been rejected by the user]", nil
	case "delegate":
		if text := extras.Get("outputs", "content"); text.Kind() == pyjson.KindText {
			content = text.Text()
		}
		return r.cut(content), nil
	case "write", "think", "mcp", "task_tracking", "condense", "download", "chat", "success", "loop_detection":
		return r.cut(content), nil
	default:
		return "", format.Rejectf(format.LostContext, "an observation of kind %q: how it was shown to the model is not known", pyjson.Clip(kind))
	}
}

// withMetadata puts a command's output between what its shell reported.
func withMetadata(content string, metadata pyjson.Value) string {
	text := metadata.Get("prefix").Text() + content + metadata.Get("suffix").Text()
	if dir := metadata.Get("working_dir").Text(); dir != "" {
		text += "\n[Current working directory: " + dir + "]"
	}
	if python := metadata.Get("py_interpreter_path").Text(); python != "" {
		text += "\n[Python interpreter: " + python + "]"
	}
	if code := metadata.Get("exit_code").Scalar(); code != "-1" && code != "" {
		text += "\n[Command finished with exit code " + code + "]"
	}
	return text
}

// edited is the result of an edit. The editor's own message is recorded; the
// diff that other ways of editing show is made when it is shown.
func (r *replay) edited(content string, extras pyjson.Value) (string, error) {
	if output := extras.Get("formatted_output_and_error"); output.Kind() == pyjson.KindText {
		return r.cut(output.Text()), nil
	}
	if source := extras.Get("impl_source").Text(); source != "" && source != "oh_aci" {
		return "", format.Rejectf(format.LostContext, "an edit by %q shows the model a diff that is not recorded", pyjson.Clip(source))
	}
	return r.cut(content), nil
}

// withoutPictures replaces the lines of a notebook's output that are images.
func withoutPictures(text string) string {
	const picture = "![image](data:image/png;base64,"
	if !strings.Contains(text, picture) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.Contains(line, picture) {
			lines[i] = picture + " ...) already displayed to user"
		}
	}
	return strings.Join(lines, "\n")
}

// cut shortens a text of more than the scaffold's limit: half of it from
// either end, in characters.
func (r *replay) cut(text string) string {
	if len(text) <= r.maxChars || utf8.RuneCountInString(text) <= r.maxChars {
		return text
	}
	half := r.maxChars / 2
	head, tail := 0, len(text)
	for range half {
		_, n := utf8.DecodeRuneInString(text[head:])
		head += n
		_, n = utf8.DecodeLastRuneInString(text[:tail])
		tail -= n
	}
	return text[:head] + "\n[... Observation truncated due to length ...]\n" + text[tail:]
}
