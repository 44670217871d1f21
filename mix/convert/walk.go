package convert

import (
	"context"

	"trainyard/format"
	"trainyard/format/dialect"
)

// Walk takes every record of the converter's source to a stage, on several
// goroutines, and hands what take makes of each to use, in reading order and
// one at a time. Each goroutine has a converter and a take of its own, so that
// both can keep buffers: what a record and a result hold is gone when take
// returns. The first error of the reading or of use ends everything.
func Walk[T any](ctx context.Context, c *Converter, workers int, until Stage, newTake func() func(format.Record, Result) T, use func(T) error) error {
	return dialect.Ordered(ctx, c.source, workers, func() func(format.Record) T {
		road, take := c.Worker(), newTake()
		return func(rec format.Record) T { return take(rec, road.Convert(rec, until)) }
	}, use)
}
