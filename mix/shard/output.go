package shard

import (
	"sync"

	"trainyard/tokenize/chat"
)

// An Output is what the rows of the shards hold.
type Output struct {
	Summary string
	// flags says that single turns can be kept out of the loss.
	Flags bool
	// schema is what parquet-go makes of the rows' struct.
	Schema func() *Schema
	// pack makes what the spool keeps of a row: a cell for each column.
	Pack func(*RowCodec, *Row, *chat.Example)
}

// Outputs are the kinds of shards by name.
var Outputs = map[string]Output{
	"messages": {
		Summary: "conversations as text, which every trainer reads",
		Schema:  sync.OnceValue(schemaOf[Row]),
		Pack:    func(p *RowCodec, row *Row, _ *chat.Example) { p.PackRow(row) },
	},
	"tokens": {
		Summary: "input_ids, attention_mask and labels, for axolotl, TRL and Together",
		Flags:   true,
		Schema:  sync.OnceValue(schemaOf[TokenRow]),
		Pack:    func(p *RowCodec, _ *Row, ex *chat.Example) { p.packTokens(ex) },
	},
}
