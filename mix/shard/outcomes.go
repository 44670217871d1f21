package shard

import (
	"io"
	"iter"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// An OutcomeRow is the account of one record as a table has it. What a record
// does not have is empty, or 0.
type OutcomeRow struct {
	Source  string `parquet:"source,dict"`
	File    string `parquet:"file,dict"`
	Line    int64  `parquet:"line"`
	TrajID  string `parquet:"traj_id"`
	Outcome string `parquet:"outcome,dict"`
	Reason  string `parquet:"reason,dict"`
	Detail  string `parquet:"detail"`
	Tokens  int32  `parquet:"tokens"`
	Rows    int32  `parquet:"rows"` // of a record that was split or is repeated: how many rows it is
	// Of is the record that was kept in a duplicate's place.
	OfSource string `parquet:"of_source,dict"`
	OfFile   string `parquet:"of_file,dict"`
	OfLine   int64  `parquet:"of_line"`
	OfTrajID string `parquet:"of_traj_id"`
}

// WriteOutcomes writes the rows as one Parquet file, and ends at the first error
// among them.
func WriteOutcomes(to io.Writer, rows iter.Seq2[OutcomeRow, error]) error {
	w := parquet.NewGenericWriter[OutcomeRow](to, parquet.CreatedBy("trainyard", "2", ""), parquet.Compression(&zstd.Codec{}))
	for row, err := range rows {
		if err != nil {
			return err
		}
		if _, err := w.Write([]OutcomeRow{row}); err != nil {
			return err
		}
	}
	return w.Close()
}
