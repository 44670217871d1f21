package shard

import (
	"slices"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/plain"

	"trainyard/tokenize/chat"
)

// A TokenRow is a row of a shard of tokens: the three columns by which trainers
// know pre-tokenised data, of one length, and beside them whose row it is. TRL and
// axolotl drop columns of other names before they make batches. LLaMA-Factory makes
// tensors of every column; it reads no Parquet of ids, and what is saved for it must
// be the three alone (.ci/readers runs all of them).
type TokenRow struct {
	InputIDs []int32 `parquet:"input_ids,list"`
	// AttentionMask is all ones; as differences of neighbours it takes no room
	// and a tenth of the time of plain values.
	AttentionMask []int32 `parquet:"attention_mask,list" parquet-element:",delta"`
	Labels        []int32 `parquet:"labels,list"`
	TrajID        string  `parquet:"traj_id"`
	Task          string  `parquet:"task"`
}

// Ignored is the label of a token outside the loss (PyTorch's ignore_index).
const Ignored = -100

// AppendSpans adds the runs of labels that are in the loss.
func AppendSpans(spans []chat.Span, labels []int32) []chat.Span {
	for i, label := range labels {
		switch {
		case label == Ignored:
		case i > 0 && labels[i-1] != Ignored:
			spans[len(spans)-1].End = i + 1
		default:
			spans = append(spans, chat.Span{Start: i, End: i + 1})
		}
	}
	return spans
}

func (p *RowCodec) packTokens(row *Row, ex *chat.Example) {
	p.plain, _ = new(plain.Encoding).EncodeInt32(p.plain, ex.IDs)
	p.list(len(ex.IDs))
	p.plain, _ = new(delta.BinaryPackedEncoding).EncodeInt32(p.plain, p.mask(len(ex.IDs)))
	p.list(len(ex.IDs))
	p.plain, _ = new(plain.Encoding).EncodeInt32(p.plain, p.labels(ex))
	p.list(len(ex.IDs))
	p.text(row.TrajID)
	p.text(row.Task)
}

// mask is n ones.
func (p *RowCodec) mask(n int) []int32 {
	for len(p.ones) < n {
		p.ones = append(p.ones, 1)
	}
	return p.ones[:n]
}

// labels are the ids inside the loss; the slice is the packer's.
func (p *RowCodec) labels(ex *chat.Example) []int32 {
	p.tags = slices.Grow(p.tags[:0], len(ex.IDs))[:len(ex.IDs)]
	for i := range p.tags {
		p.tags[i] = Ignored
	}
	for _, s := range ex.Spans {
		copy(p.tags[s.Start:s.End], ex.IDs[s.Start:s.End])
	}
	return p.tags
}
