package mix

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"trainyard/tokenize"
)

// A TokenRow is a row of a shard of tokens: exactly the three columns by
// which trainers know pre-tokenised data. All three have the same length.
type TokenRow struct {
	InputIDs []int32 `parquet:"input_ids,list"`
	// AttentionMask is all ones; as differences of neighbours it takes no room
	// and a tenth of the time of plain values.
	AttentionMask []int32 `parquet:"attention_mask,list" parquet-element:",delta"`
	Labels        []int32 `parquet:"labels,list"`
}

// ignored is the label of a token outside the loss (PyTorch's ignore_index).
const ignored = -100

var tokenColumns = []string{"input_ids.list.element", "attention_mask.list.element", "labels.list.element"}

func splitPath(column string) []string { return strings.Split(column, ".") }

// packTokens appends spans, then ids, four bytes each: varints would save a
// third of the room and take five times as long.
func packTokens(dst []byte, ex *tokenize.Example) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(ex.Spans)))
	for _, s := range ex.Spans {
		dst = binary.AppendUvarint(dst, uint64(s.Start))
		dst = binary.AppendUvarint(dst, uint64(s.End))
	}
	dst = slices.Grow(dst, 4*len(ex.IDs))
	for _, id := range ex.IDs {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(id))
	}
	return dst
}

// unpackTokens is the inverse of packTokens; it reuses the row's memory.
func unpackTokens(row *TokenRow, spans []tokenize.Span, packed []byte) []tokenize.Span {
	r := unpacker[[]byte]{packed}
	spans = spans[:0]
	for range r.uvarint() {
		start := int(r.uvarint())
		spans = append(spans, tokenize.Span{Start: start, End: int(r.uvarint())})
	}
	n := len(r.rest) / 4
	row.InputIDs = filled(row.InputIDs, n, 0)
	for i := range row.InputIDs {
		row.InputIDs[i] = int32(binary.LittleEndian.Uint32(r.rest[4*i:]))
	}
	row.AttentionMask = filled(row.AttentionMask, n, 1)
	row.Labels = filled(row.Labels, n, ignored)
	for _, s := range spans {
		copy(row.Labels[s.Start:s.End], row.InputIDs[s.Start:s.End])
	}
	return spans
}

func filled(s []int32, n int, value int32) []int32 {
	s = slices.Grow(s[:0], n)[:n]
	for i := range s {
		s[i] = value
	}
	return s
}

type tokenWriter struct {
	w     *parquet.GenericWriter[TokenRow]
	rows  [1]TokenRow
	spans []tokenize.Span
}

func (t *tokenWriter) write(packed []byte) error {
	t.spans = unpackTokens(&t.rows[0], t.spans, packed)
	_, err := t.w.Write(t.rows[:])
	return err
}

func (t *tokenWriter) flush() error { return t.w.Flush() }
func (t *tokenWriter) Close() error { return t.w.Close() }
