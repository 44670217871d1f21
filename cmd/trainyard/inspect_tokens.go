package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"trainyard/cmd/trainyard/face"
	"trainyard/mix/shard"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

// inspectTokens lists the rows of shards of tokens, or decodes one with its
// labelled tokens marked. Shards from before Pipeline 5 hold no ids of
// trajectories.
func inspectTokens(ctx context.Context, t *face.Terminal, s *settings, paths []string, opts inspectOptions) error {
	list := newRowList(t, s, "row", "shard")
	n := 0
	for _, path := range paths {
		var shown *shard.TokenRow
		err := shard.ReadTokens(path, func(row *shard.TokenRow) error {
			n++
			switch {
			case n == opts.row || opts.id != "" && row.TrajID == opts.id:
				shown = &shard.TokenRow{InputIDs: slices.Clone(row.InputIDs), Labels: slices.Clone(row.Labels), TrajID: row.TrajID, Task: row.Task}
				return errFound
			case !opts.one():
				list.add(n, filepath.Base(path), facts{ID: row.TrajID, Task: row.Task, Tokens: len(row.InputIDs), Trained: labelled(row).Trained()})
			}
			return ctx.Err()
		})
		if errors.Is(err, errFound) {
			template, err := templateBeside(path, opts.treat)
			if err != nil {
				return err
			}
			return showTokens(t, s, template.Tokenizer(), shown, place{n, filepath.Base(path)})
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

// labelled reads the spans off the labels.
func labelled(row *shard.TokenRow) *chat.Example {
	return &chat.Example{IDs: row.InputIDs, Spans: shard.AppendSpans(nil, row.Labels)}
}

func showTokens(t *face.Terminal, s *settings, tok *tokenize.Tokenizer, row *shard.TokenRow, at place) error {
	ex := labelled(row)
	if s.json() {
		return t.PrintJSON(map[string]any{
			"number": at.number, "place": at.file, "traj_id": row.TrajID, "task": row.Task, "tokens": len(ex.IDs), "trained_tokens": ex.Trained(),
			"input_ids": row.InputIDs, "labels": row.Labels,
		})
	}
	m := newMarker(t)
	t.Print("%s\n", m.heading("row %d of %s, %s: %s tokens, %s trained", at.number, at.file, row.TrajID, face.Thousands(len(ex.IDs)), face.Thousands(ex.Trained())))
	t.Print("%s\n", m.tokens(tok, ex, chat.Span{End: len(ex.IDs)}))
	return nil
}
