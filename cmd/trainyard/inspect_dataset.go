package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"trainyard/cmd/trainyard/face"
	"trainyard/mix"
	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

func inspectDataset(ctx context.Context, t *face.Terminal, s *settings, dir string, opts inspectOptions) error {
	d, err := mix.OpenDataset(dir)
	if err != nil {
		return err
	}
	switch {
	case opts.verify:
		return verifyDataset(ctx, t, s, d)
	case opts.one() && d.Manifest.Output == "packed":
		return inspectPacked(ctx, t, s, append(d.Shards("train"), d.Shards("validation")...), opts)
	case opts.one() && d.Manifest.Output == "tokens":
		return inspectTokens(ctx, t, s, append(d.Shards("train"), d.Shards("validation")...), opts)
	case opts.one():
		return inspectShards(ctx, t, s, append(d.Shards("train"), d.Shards("validation")...), opts)
	case s.json():
		return t.PrintJSON(d.Manifest)
	}
	return printDataset(t, d)
}

// templateBeside is the chat template that the dataset of a shard was made with;
// a shard without a manifest beside it is read with the one given.
func templateBeside(shardFile string, given treatOptions) (*chat.Template, error) {
	name, as := given.template, given.as
	if d, err := mix.OpenDataset(filepath.Dir(shardFile)); err == nil {
		name, as = d.Manifest.Template, d.Manifest.Convention
	}
	tok, err := chat.ForTemplate(name)
	if err != nil {
		return nil, err
	}
	template, err := chat.NewTemplate(name, tok)
	if err != nil {
		return nil, err
	}
	return template.With(chat.Options{Convention: as})
}

func verifyDataset(ctx context.Context, t *face.Terminal, s *settings, d *mix.Dataset) error {
	if err := d.Verify(ctx); err != nil {
		return err
	}
	files := len(d.Manifest.Shards) + 2 // outcomes and recipe
	if s.json() {
		return t.PrintJSON(map[string]any{"verified": true, "files": files})
	}
	t.Print("%s: %s hold what the manifest says\n", d.Dir, face.Counted(files, "file"))
	return nil
}

func printDataset(t *face.Terminal, d *mix.Dataset) error {
	m := d.Manifest
	t.Print("Dataset %s, recipe %s (%.12s), template %s, tools as %s\n\n", d.Dir, m.Recipe.Name, m.Recipe.Fingerprint, m.Template, m.Tools)
	if err := printFunnel(t, m); err != nil {
		return err
	}
	printReasons(t, m)
	if err := printMix(t, m); err != nil {
		return err
	}
	t.Print("\n")
	if err := printRetention(t, m); err != nil {
		return err
	}
	tab := face.NewTable("shard", "rows", "tokens", "trained", "bytes").Numbers(1, 2, 3, 4)
	for _, s := range m.Shards {
		tab.Row(s.File, face.Thousands(s.Rows), face.Thousands(s.Tokens), face.Thousands(s.TrainedTokens), face.Thousands(s.Bytes))
	}
	return tab.Write(t.Out)
}

func inspectShards(ctx context.Context, t *face.Terminal, s *settings, paths []string, opts inspectOptions) error {
	if opts.one() {
		row, place, same, err := findRow(ctx, paths, opts)
		switch {
		case err != nil:
			return err
		case row == nil:
			return listSame(t, s, opts.id, same)
		}
		template, err := templateBeside(paths[0], opts.treat)
		if err != nil {
			return err
		}
		return showRow(t, s, template, row, place)
	}
	list := newRowList(t, s, "row", "shard")
	n := 0
	for _, path := range paths {
		err := shard.ReadRows(path, func(row *shard.Row) error {
			n++
			list.add(n, filepath.Base(path), rowFacts(row))
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	return list.print()
}

// listSame lists the rows of one instance, for the reader to choose from.
func listSame(t *face.Terminal, s *settings, instance string, same []facts) error {
	list := newRowList(t, s, "row", "shard")
	for _, f := range same {
		list.add(f.Number, f.Place, f)
	}
	t.Say("%s are of instance %s: choose one with --row, or with --id and its own id", face.Counted(len(same), "row"), instance)
	return list.print()
}

// A place is where a row or record stands.
type place struct {
	number int // from 1, over all files
	file   string
}

// findRow finds the row that is asked for. An id is that of a trajectory, or
// else of an instance: where several rows are of it, they are in same, and no
// row was found.
func findRow(ctx context.Context, paths []string, opts inspectOptions) (found *shard.Row, at place, same []facts, err error) {
	n := 0
	for _, path := range paths {
		err = shard.ReadRows(path, func(row *shard.Row) error {
			n++
			here := place{n, filepath.Base(path)}
			switch {
			case n == opts.row || opts.id != "" && row.TrajID == opts.id:
				found, at = row, here
				return errFound
			case opts.id != "" && row.InstanceID == opts.id:
				f := rowFacts(row)
				f.Number, f.Place = here.number, here.file
				found, at, same = row, here, append(same, f)
			}
			return ctx.Err()
		})
		if errors.Is(err, errFound) {
			return found, at, nil, nil
		}
		if err != nil {
			return nil, place{}, nil, err
		}
	}
	switch {
	case found == nil:
		return nil, place{}, nil, notFound(opts, n, "row")
	case len(same) > 1:
		return nil, place{}, same, nil
	}
	return found, at, nil, nil
}

func notFound(opts inspectOptions, n int, noun string) error {
	if opts.id != "" {
		return fmt.Errorf("no trajectory or instance %q among %s", opts.id, face.Counted(n, noun))
	}
	return fmt.Errorf("no %s %d: there are %s", noun, opts.row, face.Thousands(n))
}
