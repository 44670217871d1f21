package convert

import (
	"slices"
	"unicode/utf8"

	"trainyard/format"
	"trainyard/format/edit"
	"trainyard/format/style"
	"trainyard/mix/pack"
)

// elide puts a mark in place of the oldest observations, as scaffolds do that run
// out of context, until the conversation fits. The assistant's turns stay, and
// are all trained.
func (c *Converter) elide(r *Result) (why string, err error) {
	count := c.template.Tokenizer().Count
	at := observations(r.Traj.Messages)
	sizes := make([]int, len(at))
	for i, n := range at {
		sizes[i] = count(r.Traj.Messages[n].Content)
	}
	mark := count(edit.LeftOut(1_000_000)) // a digit is a token; no observation has more characters that is worth keeping
	for over := len(r.Example.IDs) - c.options.Window; ; over += len(r.Example.IDs) - c.options.Window {
		chosen, enough := pack.Elide(sizes, mark, over)
		if !enough {
			return "the window does not hold it without its observations either", nil
		}
		traj := *r.Traj
		traj.Messages = slices.Clone(traj.Messages)
		for _, i := range chosen {
			m := &traj.Messages[at[i]]
			m.SetContent(edit.LeftOut(utf8.RuneCountInString(m.Content)))
		}
		chat, err := c.renderAgain(&traj)
		if err != nil {
			return "", err
		}
		if c.template.Apply(r.Example, chat); len(r.Example.IDs) <= c.options.Window {
			r.Traj, r.Chat = &traj, chat
			for range chosen {
				r.Notes = append(r.Notes, format.NoteElided)
			}
			return "", nil
		}
	}
}

// observations are the results of tools, or, where a record writes them as text,
// the user turns behind an assistant turn.
func observations(messages []format.Message) (at []int) {
	as := format.User
	if slices.ContainsFunc(messages, func(m format.Message) bool { return m.Role == format.ToolRole }) {
		as = format.ToolRole
	}
	acted := false
	for i := range messages {
		if acted = acted || messages[i].Role == format.Assistant; acted && messages[i].Role == as {
			at = append(at, i)
		}
	}
	return at
}

// renderAgain renders what was rendered before: what there is to tell of that was
// told.
func (c *Converter) renderAgain(t *format.Trajectory) (format.Chat, error) {
	options := c.optionsOf(t)
	options.Undescribed = nil
	chat, _, err := style.Render(t, c.options.Style, options)
	return chat, err
}
