package shard

// A TurnRow is a Row that also says of each message whether it is learned from,
// under the name by which ms-swift knows it; to axolotl the name is told
// (message_field_training: loss, roles_to_train: []). Trainers that do not look for
// it learn from every assistant turn.
type TurnRow struct {
	Messages       []TurnMessage `parquet:"messages,list"`
	TrajID         string        `parquet:"traj_id"`
	InstanceID     string        `parquet:"instance_id"`
	Task           string        `parquet:"task"`
	Repo           string        `parquet:"repo"`
	Source         string        `parquet:"source"`
	Teacher        string        `parquet:"teacher"`
	NTokens        int32         `parquet:"n_tokens"`
	NTrainedTokens int32         `parquet:"n_trained_tokens"`
	NSteps         int32         `parquet:"n_steps"`
}

// A TurnMessage is one turn of such a row. Loss is false for every speaker but the
// assistant.
type TurnMessage struct {
	Role    string `parquet:"role"`
	Content string `parquet:"content"`
	Loss    bool   `parquet:"loss"`
}

// packTurns appends the columns of a row of conversations, and behind the texts
// of the messages what is learned from.
func (p *RowCodec) packTurns(row *Row) {
	p.packMessages(row)
	p.plain = p.plain[:0]
	for i, m := range row.Messages {
		if i%8 == 0 {
			p.plain = append(p.plain, 0) // booleans take a bit each, the lowest first
		}
		if m.learned() {
			p.plain[i/8] |= 1 << (i % 8)
		}
	}
	p.list(len(row.Messages))
	p.packSide(row)
}

func (m Message) learned() bool { return m.Role == "assistant" && !m.Untrained }

// row is what such a row says, in the form of others.
func (r *TurnRow) row(into *Row) {
	into.Messages = into.Messages[:0]
	for _, m := range r.Messages {
		into.Messages = append(into.Messages, Message{Role: m.Role, Content: m.Content, Untrained: m.Role == "assistant" && !m.Loss})
	}
	into.TrajID, into.InstanceID, into.Task, into.Repo, into.Source, into.Teacher = r.TrajID, r.InstanceID, r.Task, r.Repo, r.Source, r.Teacher
	into.NTokens, into.NTrainedTokens, into.NSteps = r.NTokens, r.NTrainedTokens, r.NSteps
}
