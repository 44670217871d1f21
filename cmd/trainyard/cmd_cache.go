package main

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const cacheLong = `List what the cache holds: what was made of files by earlier prepares, so that
another mix of the same files reads lengths and copies rows.

An entry is served while its file is what it was and everything that decides about
a row is the same: format, evidence, keep, edits, tools, template, output. It is
used by every prepare of this machine at once, and survives all of them. After
each prepare the entries not used for longest are removed until the limit is kept.

The setting cache says where it lies, or off; cache-limit how large it may be.`

const cacheExample = `  trainyard cache
  trainyard cache prune --to 5GB
  trainyard cache prune --unused 720h
  trainyard cache prune --all`

func newCache(t *face.Terminal, s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "cache",
		Short:   "List and prune what earlier prepares made of files",
		Long:    cacheLong,
		Example: cacheExample,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return withYard(s, func(y *yard.Yard) error { return listCache(t, s, y) })
		},
	}
	cmd.AddCommand(newCachePrune(t, s))
	return cmd
}

func listCache(t *face.Terminal, s *settings, y *yard.Yard) error {
	l, err := y.ListCache()
	return answerWith(t, s, l, err, printCache)
}

func printCache(t *face.Terminal, l *yard.CacheListing) error {
	t.Print("%s: %s of at most %s\n", l.Dir, face.Bytes(l.Bytes), face.Bytes(l.Limit))
	if len(l.Preparations) == 0 {
		return nil
	}
	t.Print("\n")
	tab := face.NewTable("first made for", "source", "template", "tools", "output", "entries", "size", "last used").Numbers(5, 6).Gives(0, 1).Leaves(4, 3, 2)
	for _, p := range l.Preparations {
		tab.Row(p.Recipe, p.Source, p.Template, p.Tools, p.Output, face.Thousands(p.Entries), face.Bytes(p.Bytes), p.Used.Local().Format(time.DateTime))
	}
	return tab.Write(t.Out)
}

func newCachePrune(t *face.Terminal, s *settings) *cobra.Command {
	var to string
	var unused time.Duration
	var all bool
	cmd := &cobra.Command{
		Use:     "prune",
		Short:   "Remove what was not used for longest",
		Example: "  trainyard cache prune --to 5GB\n  trainyard cache prune --unused 720h\n  trainyard cache prune --all",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			limit, err := pruneLimit(to, unused, all)
			if err != nil {
				return usageError{err}
			}
			return withYard(s, func(y *yard.Yard) error {
				done, err := y.PruneCache(unused, limit)
				switch {
				case err != nil:
					return err
				case s.json():
					return t.PrintJSON(done)
				}
				t.Print("%s removed (%s); %s are left\n", face.Plural(done.Entries, "entry", "entries"), face.Bytes(done.Bytes), face.Bytes(done.Left))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "keep at most so much, such as 5GB")
	cmd.Flags().DurationVar(&unused, "unused", 0, "remove what was not used for so long, such as 720h")
	cmd.Flags().BoolVar(&all, "all", false, "remove everything")
	return cmd
}

// pruneLimit is how many bytes may stay.
func pruneLimit(to string, unused time.Duration, all bool) (int64, error) {
	switch {
	case all && (to != "" || unused != 0):
		return 0, errors.New("--all leaves nothing for --to and --unused")
	case all:
		return 0, nil
	case unused < 0:
		return 0, fmt.Errorf("--unused %s is no time that has passed", unused)
	case to != "":
		n, err := parseBytes(to)
		if err != nil {
			return 0, fmt.Errorf("--to %w", err)
		}
		return n, nil
	case unused == 0:
		return 0, errors.New("say what to remove: --to SIZE, --unused TIME or --all")
	}
	return math.MaxInt64, nil
}
