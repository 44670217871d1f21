package shard

import (
	"encoding/binary"
	"math"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	pq "github.com/parquet-go/parquet-go/format"
)

// A pageHeader is what a data page says of its values.
type pageHeader struct {
	values, rows int
	encoding     pq.Encoding
	levels       levels
}

// levels are a page's repetition and definition levels, encoded. A column
// outside lists has none.
type levels struct{ repetition, definition []byte }

// listLevels are the levels of one row with a list of n values, n > 0, as
// runs: the first value starts the row, none is null.
func listLevels(n int) levels {
	repetition := appendRun(nil, 1, 0)
	if n > 1 {
		repetition = appendRun(repetition, n-1, 1)
	}
	return levels{repetition, appendRun(nil, n, 1)}
}

func appendRun(dst []byte, n int, level byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(n)<<1), level)
}

// A pager makes data pages (version 2 of the format). It is one goroutine's,
// for its buffer.
type pager struct {
	zstd *zstd.Encoder
	data []byte
}

// newPager compresses at zstd's fastest level, which finds what there is to
// find in chat and ids. A checksum would be the second one, beside the
// manifest's.
func newPager() pager {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		panic("shard: " + err.Error())
	}
	return pager{zstd: z}
}

// page appends header, levels and compressed values to dst, and says how
// long all of it is before compression.
func (p *pager) page(dst []byte, h pageHeader, plain []byte) (_ []byte, uncompressed int) {
	p.data = p.zstd.EncodeAll(plain, p.data[:0])
	return pageOf(dst, h, p.data, len(plain))
}

// pageOf is a page of values that are compressed already, plain bytes before.
func pageOf(dst []byte, h pageHeader, data []byte, plain int) (_ []byte, uncompressed int) {
	levels := len(h.levels.repetition) + len(h.levels.definition)
	if plain > math.MaxInt32-levels {
		panic("shard: a page over 2 GiB") // a record has 64 MiB at most
	}
	start := len(dst)
	dst = appendThrift(dst, &pq.PageHeader{
		Type:                 pq.DataPageV2,
		UncompressedPageSize: int32(levels + plain),
		CompressedPageSize:   int32(levels + len(data)),
		DataPageHeaderV2: thrift.New(pq.DataPageHeaderV2{
			NumValues: int32(h.values), NumRows: int32(h.rows), Encoding: h.encoding,
			RepetitionLevelsByteLength: int32(len(h.levels.repetition)),
			DefinitionLevelsByteLength: int32(len(h.levels.definition)),
			IsCompressed:               thrift.New(true),
		}),
	})
	dst = append(dst, h.levels.repetition...)
	dst = append(dst, h.levels.definition...)
	return append(dst, data...), len(dst) - start + plain
}

func appendThrift(dst []byte, v any) []byte {
	data, err := thrift.Marshal(new(thrift.CompactProtocol), v)
	if err != nil {
		panic("shard: " + err.Error())
	}
	return append(dst, data...)
}
