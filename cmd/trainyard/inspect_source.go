package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/mix/convert"
)

// inspectSource lists the records of anything format reads, or shows one of
// them as prepare would render it.
func inspectSource(ctx context.Context, t *face.Terminal, s *settings, path string, opts inspectOptions) error {
	src, err := openSource(dialect.Input{Path: path, Format: opts.format})
	if err != nil {
		return err
	}
	if opts.one() {
		return inspectRecord(ctx, t, s, src, opts)
	}
	road, err := opts.road()
	if err != nil {
		return err
	}
	list := newRowList(t, s, "record", "place")
	n := 0
	look := func() func(format.Record, convert.Result) facts {
		return func(rec format.Record, done convert.Result) facts { return recordFacts(path, rec, done) }
	}
	err = convert.Walk(ctx, road.For(src), s.goroutines(), convert.Fitted, look, func(f facts) error {
		n++
		list.add(n, f.Place, f)
		return nil
	})
	return errors.Join(err, list.print())
}

// recordFacts are what is known of a record, and why it makes no row if it
// makes none.
func recordFacts(path string, rec format.Record, done convert.Result) facts {
	var f facts
	if done.Traj != nil {
		f = trajectoryFacts(done.Traj)
	}
	f.Place = fmt.Sprintf("%s:%d", shortPath(path, rec.File), rec.Line)
	if done.Err != nil {
		f.Fault, f.reason = rejectWords(done.Err), rejectReason(done.Err)
		return f
	}
	f.Filtered = done.LeftOut.Detail
	f.fit(done)
	return f
}

// fit tells how long a record's rows are, or it itself where it makes none.
func (f *facts) fit(done convert.Result) {
	f.Tokens, f.Trained, f.Over = len(done.Example.IDs), done.Example.Trained(), done.Fit.Why
	if f.Rows = len(done.Fit.Parts); f.Rows == 0 {
		return
	}
	f.Tokens, f.Trained = 0, 0
	for _, row := range done.Fit.Parts {
		f.Tokens, f.Trained = f.Tokens+len(row.Example.IDs), f.Trained+row.Example.Trained()
	}
}

// shortPath is file as seen from the path that was asked for, or, for a glob,
// from the directory that all it can match lies in.
func shortPath(path, file string) string {
	for path != file && strings.ContainsAny(path, "*?[") {
		path = filepath.Dir(path)
	}
	rel, err := filepath.Rel(path, file)
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return format.SpellPath(filepath.Base(file))
	}
	return format.SpellPath(rel)
}

func trajectoryFacts(traj *format.Trajectory) facts {
	return facts{
		Format: traj.Format, ID: traj.ID, Instance: traj.InstanceID, Repo: traj.Repo, Teacher: traj.Teacher,
		Steps: traj.Steps(), Messages: len(traj.Messages),
	}
}

func inspectRecord(ctx context.Context, t *face.Terminal, s *settings, src *dialect.Source, opts inspectOptions) error {
	road, err := opts.road()
	if err != nil {
		return err
	}
	rec, n, done, err := findRecord(ctx, road.For(src), src, opts)
	if err != nil {
		return err
	}
	f := trajectoryFacts(done.Traj)
	f.Number, f.Place = n, fmt.Sprintf("%s:%d", format.SpellPath(rec.File), rec.Line)
	f.Filtered = done.LeftOut.Detail
	f.Notes, f.measures = done.Notes, behaviourOf(evidence.RecordFlags(rec, done.Traj, done.Chat), done.Traj)
	if done.Err != nil {
		return showWithoutChat(t, s, f, fmt.Errorf("%s: %s", f.Place, rejectWords(done.Err)))
	}
	f.fit(done)
	if f.Rows > 0 {
		return showParts(t, s, road.Template().Tokenizer(), f, done.Fit.Parts)
	}
	return showExample(t, s, road.Template().Tokenizer(), f, done.Example, done.Chat)
}

// showWithoutChat shows what is known of a record that makes no chat, and why
// it makes none.
func showWithoutChat(t *face.Terminal, s *settings, f facts, why error) error {
	if s.json() {
		f.Fault = why.Error()
		return errors.Join(t.PrintJSON(f), why)
	}
	t.Print("%s\n", newMarker(t).title(f))
	f.measures.print(t)
	return why
}

// findRecord reads on until the record asked for. Records in front of it that
// do not parse are passed over; it is not they who were asked for.
func findRecord(ctx context.Context, road *convert.Converter, src *dialect.Source, opts inspectOptions) (found format.Record, n int, done convert.Result, err error) {
	err = src.Records(ctx, func(rec format.Record) error {
		if n++; opts.row > 0 && n != opts.row {
			return nil
		}
		parsed := road.Convert(rec, convert.Parsed)
		if n == opts.row && parsed.Err != nil {
			return parsed.Err
		}
		if parsed.Err != nil || opts.id != "" && parsed.Traj.ID != opts.id && parsed.Traj.InstanceID != opts.id {
			return nil
		}
		found = rec
		found.Raw = bytes.Clone(rec.Raw)
		done = road.Convert(found, convert.Fitted)
		return errFound
	})
	switch {
	case errors.Is(err, errFound):
		return found, n, done, nil
	case err != nil:
		return found, n, done, err
	}
	return found, n, done, notFound(opts, n, "record")
}
