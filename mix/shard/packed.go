package shard

import (
	"slices"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/plain"

	"trainyard/tokenize/chat"
)

// A PackedRow is a row of a shard of packed sequences: a TokenRow of several of
// them, one behind the other, and where each begins. TRL knows seq_lengths by that
// name, and position_ids, which begin anew with each sequence, are what attention
// without padding goes by: a token sees its own sequence alone.
type PackedRow struct {
	InputIDs      []int32  `parquet:"input_ids,list"`
	AttentionMask []int32  `parquet:"attention_mask,list" parquet-element:",delta"` // all ones
	Labels        []int32  `parquet:"labels,list"`
	PositionIDs   []int32  `parquet:"position_ids,list" parquet-element:",delta"`
	SeqLengths    []int32  `parquet:"seq_lengths,list"` // in tokens; they sum to the others' length
	TrajIDs       []string `parquet:"traj_ids,list"`    // of each sequence
	Tasks         []string `parquet:"tasks,list"`       // likewise
}

// sequences is what the spool keeps of one sequence: ids and labels, compressed
// without a page around them, so that a row of several is made by copying. Frames
// of zstd may stand one behind the other (RFC 8878, section 3).
var sequences = Schema{columns: []column{
	{path: []string{"input_ids"}, list: true}, {path: []string{"labels"}, list: true}, {path: []string{"traj_id"}}, {path: []string{"task"}},
}}

// packSequence packs one sequence.
func packSequence(p *RowCodec, row *Row, ex *chat.Example) {
	for _, numbers := range [][]int32{ex.IDs, p.labels(ex)} {
		p.plain, _ = new(plain.Encoding).EncodeInt32(p.plain, numbers)
		p.cell = p.zstd.EncodeAll(p.plain, p.cell[:0])
		p.add(len(numbers), len(p.plain), p.cell)
	}
	p.text(row.TrajID)
	p.text(row.Task)
}

// A joiner gathers the sequences of a row.
type joiner struct {
	ids, labels         []byte // frames
	tokens              int
	positions, lengths  []int32
	trajectories, tasks []byte // texts, encoded
}

// joinSequences makes a packed row of sequences as the spool keeps them.
func joinSequences(p *RowCodec, packed [][]byte) {
	var j joiner
	for _, sequence := range packed {
		j.add(sequence)
	}
	p.Begin()
	p.frames(j.tokens, j.ids)
	p.plain, _ = new(delta.BinaryPackedEncoding).EncodeInt32(p.plain, p.mask(j.tokens))
	p.list(j.tokens)
	p.frames(j.tokens, j.labels)
	p.plain, _ = new(delta.BinaryPackedEncoding).EncodeInt32(p.plain, j.positions)
	p.list(j.tokens)
	p.plain, _ = new(plain.Encoding).EncodeInt32(p.plain, j.lengths)
	p.list(len(packed))
	for _, texts := range [][]byte{j.trajectories, j.tasks} {
		p.plain = append(p.plain[:0], texts...)
		p.list(len(packed))
	}
}

func (j *joiner) add(sequence []byte) {
	r := unpacker{sequence}
	n, _, ids := r.next()
	_, _, labels := r.next()
	j.ids, j.labels = append(j.ids, ids...), append(j.labels, labels...)
	j.tokens += int(n)
	j.lengths = append(j.lengths, int32(n))
	j.positions = slices.Grow(j.positions, int(n))
	for at := range int32(n) {
		j.positions = append(j.positions, at)
	}
	_, _, trajectory := r.next()
	_, _, task := r.next()
	j.trajectories, j.tasks = append(j.trajectories, trajectory...), append(j.tasks, task...)
}
