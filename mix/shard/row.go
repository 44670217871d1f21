package shard

// A Message is one turn of a row. Role is system, user or assistant.
type Message struct {
	Role    string `parquet:"role"`
	Content string `parquet:"content"`
	// Untrained says that a turn is not learned from; rows of output turns alone
	// hold it.
	Untrained bool `parquet:"-" json:"-"`
}

// A Row is one trajectory as a shard holds it: the conversation every trainer
// reads, and side columns whose names no trainer gives a meaning to.
type Row struct {
	Messages       []Message `parquet:"messages,list"`
	TrajID         string    `parquet:"traj_id"`
	InstanceID     string    `parquet:"instance_id"`
	Task           string    `parquet:"task"`
	Repo           string    `parquet:"repo"`
	Source         string    `parquet:"source"`
	Teacher        string    `parquet:"teacher"`
	NTokens        int32     `parquet:"n_tokens"`
	NTrainedTokens int32     `parquet:"n_trained_tokens"`
	NSteps         int32     `parquet:"n_steps"`
}

func (r *Row) texts() []*string {
	return []*string{&r.TrajID, &r.InstanceID, &r.Task, &r.Repo, &r.Source, &r.Teacher}
}

func (r *Row) numbers() []*int32 { return []*int32{&r.NTokens, &r.NTrainedTokens, &r.NSteps} }

// TextBytes is the size of the row's text, the measure that shards are cut
// by.
func (r *Row) TextBytes() int {
	n := 0
	for _, m := range r.Messages {
		n += len(m.Role) + len(m.Content)
	}
	for _, s := range r.texts() {
		n += len(*s)
	}
	return n
}

// PackRow appends the columns of a row of conversations to Row, after Begin.
func (p *RowCodec) PackRow(row *Row) {
	p.packMessages(row)
	p.packSide(row)
}

func (p *RowCodec) packMessages(row *Row) {
	p.plain = p.plain[:0]
	for _, m := range row.Messages {
		p.plain = appendText(p.plain, m.Role)
	}
	p.list(len(row.Messages))
	p.plain = p.plain[:0]
	for _, m := range row.Messages {
		p.plain = appendText(p.plain, m.Content)
	}
	p.list(len(row.Messages))
}

func (p *RowCodec) packSide(row *Row) {
	for _, s := range row.texts() {
		p.text(*s)
	}
	for _, n := range row.numbers() {
		p.number(*n)
	}
}
