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
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
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
	list := newRowList(t, s, "record", "place")
	rendering, err := newRendering(opts.treat)
	if err != nil {
		return err
	}
	n := 0
	work := func() func(format.Record) facts {
		var ex chat.Example // each worker's own
		return func(rec format.Record) facts { return rendering.facts(path, src, rec, &ex) }
	}
	err = dialect.Ordered(ctx, src, s.goroutines(), work, func(f facts) error {
		n++
		list.add(n, f.Place, f)
		return nil
	})
	return errors.Join(err, list.print())
}

// A rendering makes text and tokens of a record as prepare would.
type rendering struct {
	treat    *treat
	template *chat.Template
}

func newRendering(opts treatOptions) (*rendering, error) {
	template, err := chat.NewTemplate("qwen2.5", tokenize.Qwen25())
	if err != nil {
		return nil, err
	}
	treat, err := newTreat(opts)
	return &rendering{treat, template}, err
}

// facts are what is known of a record, and why it makes no chat if it makes
// none. ex is memory to use.
func (r *rendering) facts(path string, src *dialect.Source, rec format.Record, ex *chat.Example) facts {
	place := fmt.Sprintf("%s:%d", shortPath(path, rec.File), rec.Line)
	traj, err := src.Parse(rec)
	if err != nil {
		return facts{Place: place, Fault: rejectWords(err), reason: rejectReason(err)}
	}
	f := trajectoryFacts(traj)
	f.Place = place
	treated, err := r.treat.apply(traj)
	if err != nil {
		f.Fault, f.reason = rejectWords(err), rejectReason(err)
		return f
	}
	r.template.Apply(ex, treated.chat)
	f.Tokens, f.Trained = len(ex.IDs), ex.Trained()
	return f
}

// shortPath is file as seen from the path that was asked for, or, for a glob,
// from the directory that all it can match lies in.
func shortPath(path, file string) string {
	for path != file && strings.ContainsAny(path, "*?[") {
		path = filepath.Dir(path)
	}
	rel, err := filepath.Rel(path, file)
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return filepath.Base(file)
	}
	return rel
}

func trajectoryFacts(traj *format.Trajectory) facts {
	return facts{
		Format: traj.Format, ID: traj.ID, Instance: traj.InstanceID, Repo: traj.Repo, Teacher: traj.Teacher,
		Steps: traj.Steps(), Messages: len(traj.Messages),
	}
}

func inspectRecord(ctx context.Context, t *face.Terminal, s *settings, src *dialect.Source, opts inspectOptions) error {
	rec, n, traj, err := findRecord(ctx, src, opts)
	if err != nil {
		return err
	}
	rendering, err := newRendering(opts.treat)
	if err != nil {
		return err
	}
	f := trajectoryFacts(traj)
	f.Number, f.Place = n, fmt.Sprintf("%s:%d", rec.File, rec.Line)
	treated, err := rendering.treat.apply(traj)
	if err != nil {
		return showWithoutChat(t, s, f, behaviourOf(evidence.RecordFlags(rec, traj, nil), traj), fmt.Errorf("%s: %s", f.Place, rejectWords(err)))
	}
	f.Notes, f.measures = treated.notes, behaviourOf(evidence.RecordFlags(rec, treated.traj, treated.chat), treated.traj)
	return showChat(t, s, rendering.template, f, treated.chat)
}

// showWithoutChat shows what is known of a record that makes no chat, and why
// it makes none.
func showWithoutChat(t *face.Terminal, s *settings, f facts, b *measures, why error) error {
	if f.measures = b; s.json() {
		f.Fault = why.Error()
		return errors.Join(t.PrintJSON(f), why)
	}
	t.Print("%s\n", newMarker(t.Color(s.color())).title(f))
	b.print(t)
	return why
}

// findRecord reads on until the record asked for. Records in front of it that
// do not parse are passed over; it is not they who were asked for.
func findRecord(ctx context.Context, src *dialect.Source, opts inspectOptions) (found format.Record, n int, traj *format.Trajectory, err error) {
	err = src.Records(ctx, func(rec format.Record) error {
		n++
		if opts.row > 0 && n != opts.row {
			return nil
		}
		parsed, err := src.Parse(rec)
		if n == opts.row && err != nil {
			return err
		}
		if err != nil || (opts.id != "" && parsed.ID != opts.id && parsed.InstanceID != opts.id) {
			return nil
		}
		found, traj = rec, parsed
		found.Raw = bytes.Clone(rec.Raw)
		return errFound
	})
	switch {
	case errors.Is(err, errFound):
		return found, n, traj, nil
	case err != nil:
		return found, n, nil, err
	}
	return found, n, nil, notFound(opts, n, "record")
}
