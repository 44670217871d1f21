package mix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"trainyard/mix/shard"
)

// Outcomes yields the account of every record that was read as a row of a table,
// in reading order, with the record that was kept in a duplicate's place; the
// first error ends it.
func (d *Dataset) Outcomes(ctx context.Context) iter.Seq2[shard.OutcomeRow, error] {
	return func(yield func(shard.OutcomeRow, error) bool) {
		log, err := d.OpenOutcomes(ctx)
		if err != nil {
			yield(shard.OutcomeRow{}, err)
			return
		}
		defer func() { _ = log.Close() }() // it was only read
		dec := json.NewDecoder(log.file)
		for {
			var line struct {
				Entry
				Of place `json:"of"`
			}
			if err := dec.Decode(&line); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				yield(shard.OutcomeRow{}, fmt.Errorf("read %s at byte %d: %w", log.file.Name(), dec.InputOffset(), err))
				return
			}
			if !yield(outcomeRow(&line.Entry, &line.Of), nil) {
				return
			}
		}
	}
}

func outcomeRow(e *Entry, of *place) shard.OutcomeRow {
	return shard.OutcomeRow{
		Source: e.Source, File: e.File, Line: int64(e.Line), TrajID: e.ID, Outcome: string(e.Outcome), Reason: e.Reason, Detail: e.Detail, Tokens: e.Tokens,
		OfSource: of.Source, OfFile: of.File, OfLine: int64(of.Line), OfTrajID: of.ID,
	}
}
