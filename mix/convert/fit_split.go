package convert

import (
	"slices"

	"trainyard/format"
	"trainyard/mix/pack"
	"trainyard/tokenize/chat"
)

// split makes several rows of a conversation. Each begins with the system text
// and the task, goes on with steps that an earlier one trains and are here out of
// the loss, and then with its own. What lies between is left out without a word:
// the model of a long session sees such contexts too, and no mark is invented.
func (c *Converter) split(r *Result) (why string, err error) {
	if c.hidesThoughts(r) {
		return hidden, nil
	}
	whole, acts := conversation(r.Example)
	for room := c.options.Window; ; {
		parts := whole.Split(room)
		if len(parts) == 0 {
			return "a turn and the step before it do not fit into the window together", nil
		}
		rows := c.parts(r.Chat, acts, parts)
		over := 0
		for _, row := range rows {
			over = max(over, len(row.Example.IDs)-c.options.Window)
		}
		if over == 0 {
			r.Fit.Parts, r.Notes = rows, append(r.Notes, format.NoteSplit)
			return "", nil
		}
		room -= over // as in cut
	}
}

// parts are the rows of a plan, in memory that the next record's take over.
func (c *Converter) parts(whole format.Chat, acts []int, parts []pack.Part) []Row {
	for len(c.examples) < len(parts) {
		c.examples = append(c.examples, new(chat.Example))
	}
	rows := make([]Row, len(parts))
	for i, p := range parts {
		rows[i] = Row{Chat: partOf(whole, acts, p), Example: c.examples[i]}
		c.template.Apply(rows[i].Example, rows[i].Chat)
	}
	return rows
}

// partOf is the head of a chat and the steps of a part, of which those to be read
// alone are out of the loss.
func partOf(whole format.Chat, acts []int, p pack.Part) format.Chat {
	part := slices.Concat(whole[:acts[0]], whole[acts[p.Context]:acts[p.To-1]+1])
	for n := p.Context; n < p.From; n++ {
		part[acts[0]+acts[n]-acts[p.Context]].Untrained = true
	}
	return part
}
