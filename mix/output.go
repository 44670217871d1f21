package mix

import (
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"trainyard/tokenize"
)

// An Output is what the rows of the shards hold.
type Output struct {
	Summary string
	// flags says that single turns can be kept out of the loss.
	flags bool
	// compress says that the spool is worth compressing. S2 takes a fifth of
	// the time of zstd on text and finds little in ids.
	compress bool
	// pack appends what the spool keeps of a row.
	pack func(dst []byte, row *Row, ex *tokenize.Example) []byte
	// writer begins a shard.
	writer func(io.Writer) shardWriter
}

// A shardWriter writes rows that pack has packed.
type shardWriter interface {
	write(packed []byte) error // packed is not kept
	flush() error              // ends the row group
	Close() error
}

// Outputs are the kinds of shards by name.
var Outputs = map[string]Output{
	"messages": {
		Summary:  "conversations as text, which every trainer reads",
		compress: true,
		pack: func(dst []byte, row *Row, _ *tokenize.Example) []byte {
			return packSides(packMessages(dst, row.Messages), row)
		},
		writer: func(w io.Writer) shardWriter { return &messageWriter{w: newParquet[Row](w, textColumns...)} },
	},
	"tokens": {
		Summary: "input_ids, attention_mask and labels, for axolotl, TRL and Together",
		flags:   true,
		pack:    func(dst []byte, _ *Row, ex *tokenize.Example) []byte { return packTokens(dst, ex) },
		writer:  func(w io.Writer) shardWriter { return &tokenWriter{w: newParquet[TokenRow](w, tokenColumns...)} },
	},
}

// newParquet sets the options every reader was tried with: PLAIN values,
// zstd, one-megabyte pages, and no page bounds for the long columns, whose
// minimum and maximum would be whole conversations.
func newParquet[T any](w io.Writer, long ...string) *parquet.GenericWriter[T] {
	options := []parquet.WriterOption{
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}),
		parquet.PageBufferSize(1 << 20),
		parquet.WriteBufferSize(1 << 20),
		parquet.DataPageStatistics(false),
		parquet.CreatedBy("trainyard", "1", ""),
	}
	for _, column := range long {
		options = append(options, parquet.SkipPageBounds(splitPath(column)...))
	}
	return parquet.NewGenericWriter[T](w, options...)
}

var textColumns = []string{"messages.list.element.role", "messages.list.element.content"}

type messageWriter struct {
	w    *parquet.GenericWriter[Row]
	rows [1]Row
}

func (m *messageWriter) write(packed []byte) error {
	unpackRow(&m.rows[0], string(packed))
	_, err := m.w.Write(m.rows[:])
	return err
}

func (m *messageWriter) flush() error { return m.w.Flush() }
func (m *messageWriter) Close() error { return m.w.Close() }
