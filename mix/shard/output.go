package shard

import (
	"sync"

	"trainyard/tokenize/chat"
)

// An Output is what the rows of the shards hold.
type Output struct {
	Summary string
	// Flags says that single turns can be kept out of the loss, Parts that parts of
	// them can too.
	Flags, Parts bool
	// Schema is what parquet-go makes of the rows' struct.
	Schema func() *Schema
	// spooled is what the spool keeps of a row, where that is not a row of Schema.
	spooled *Schema
	// Pack makes what the spool keeps of a row: a cell for each column.
	Pack func(*RowCodec, *Row, *chat.Example)
	// Join makes one row of several in the spool; nil where each is one.
	Join func(*RowCodec, [][]byte)
}

// Spooled is the schema of what Pack makes.
func (o Output) Spooled() *Schema {
	if o.spooled != nil {
		return o.spooled
	}
	return o.Schema()
}

// Outputs are the kinds of shards by name.
var Outputs = map[string]Output{
	"messages": {
		Summary: "conversations as text, which every trainer reads",
		Schema:  sync.OnceValue(schemaOf[Row]),
		Pack:    func(p *RowCodec, row *Row, _ *chat.Example) { p.PackRow(row) },
	},
	"tokens": {
		Summary: "input_ids, attention_mask and labels, traj_id and task beside them, for axolotl, TRL and Together",
		Flags:   true,
		Parts:   true,
		Schema:  sync.OnceValue(schemaOf[TokenRow]),
		Pack:    func(p *RowCodec, row *Row, ex *chat.Example) { p.packTokens(row, ex) },
	},
	"packed": {
		Summary: "windows full of token ids, with labels and where each trajectory begins, for TRL and axolotl",
		Flags:   true,
		Parts:   true,
		Schema:  sync.OnceValue(schemaOf[PackedRow]),
		spooled: &sequences,
		Pack:    packSequence,
		Join:    joinSequences,
	},
	"turns": {
		Summary: "conversations as text with loss, true or false, beside every message: for ms-swift, which trains the end of a last turn all the same, and axolotl with message_field_training: loss and roles_to_train: []; other trainers learn from every turn",
		Flags:   true,
		Schema:  sync.OnceValue(schemaOf[TurnRow]),
		Pack:    func(p *RowCodec, row *Row, _ *chat.Example) { p.packTurns(row) },
	},
}
