package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"trainyard/cmd/trainyard/face"
	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

// inspectPacked lists the sequences of packed rows, or decodes one row, or the
// sequence of an id, with the labelled tokens marked.
func inspectPacked(ctx context.Context, t *face.Terminal, s *settings, paths []string, opts inspectOptions) error {
	list := newRowList(t, s, "row", "shard")
	n := 0
	for _, path := range paths {
		var shown []facts
		var row shard.PackedRow
		err := shard.ReadPacked(path, func(r *shard.PackedRow) error {
			n++
			seen := sequenceFacts(r)
			switch at := slices.IndexFunc(seen, func(f facts) bool { return f.ID == opts.id }); {
			case n == opts.row:
				row, shown = *r, seen
				return errFound
			case opts.id != "" && at >= 0:
				row, shown = oneSequence(r, at), seen[at:at+1]
				return errFound
			case opts.one():
				return ctx.Err()
			}
			for _, f := range seen {
				list.add(n, filepath.Base(path), f)
			}
			return ctx.Err()
		})
		if errors.Is(err, errFound) {
			return showPacked(t, s, path, opts, &row, shown, place{n, filepath.Base(path)})
		}
		if err != nil {
			return err
		}
	}
	if opts.one() {
		return notFound(opts, n, "row")
	}
	return list.print()
}

// sequenceFacts are what is known of each sequence of a row.
func sequenceFacts(r *shard.PackedRow) (list []facts) {
	from := 0
	for k, length := range r.SeqLengths {
		to := from + int(length)
		f := facts{ID: r.TrajIDs[k], Task: r.Tasks[k], Tokens: int(length)}
		for _, label := range r.Labels[from:to] {
			if label >= 0 {
				f.Trained++
			}
		}
		list, from = append(list, f), to
	}
	return list
}

// oneSequence is a row with one of the sequences alone.
func oneSequence(r *shard.PackedRow, k int) shard.PackedRow {
	from := 0
	for _, length := range r.SeqLengths[:k] {
		from += int(length)
	}
	to := from + int(r.SeqLengths[k])
	return shard.PackedRow{InputIDs: r.InputIDs[from:to], Labels: r.Labels[from:to], SeqLengths: r.SeqLengths[k : k+1]}
}

func showPacked(t *face.Terminal, s *settings, path string, opts inspectOptions, row *shard.PackedRow, shown []facts, at place) error {
	template, err := templateBeside(path, opts.treat)
	if err != nil {
		return err
	}
	ex := labelled(&shard.TokenRow{InputIDs: row.InputIDs, Labels: row.Labels})
	if s.json() {
		return t.PrintJSON(map[string]any{
			"number": at.number, "place": at.file, "tokens": len(ex.IDs), "trained_tokens": ex.Trained(),
			"sequences": shown, "input_ids": row.InputIDs, "labels": row.Labels,
		})
	}
	m := newMarker(t)
	t.Print("%s\n", m.heading("row %d of %s: %s, %s tokens, %s trained", at.number, at.file,
		face.Counted(len(shown), "sequence"), face.Thousands(len(ex.IDs)), face.Thousands(ex.Trained())))
	from := 0
	for _, f := range shown {
		t.Print("%s\n%s", m.heading("%s  task %s  %s tokens, %s trained", f.ID, f.Task, face.Thousands(f.Tokens), face.Thousands(f.Trained)),
			m.tokens(template.Tokenizer(), ex, chat.Span{Start: from, End: from + f.Tokens}))
		from += f.Tokens
	}
	return nil
}
