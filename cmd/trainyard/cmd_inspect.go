package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/format/evidence"
	"trainyard/mix"
	"trainyard/mix/convert"
	"trainyard/mix/shard"
)

const inspectExample = `  trainyard inspect output.jsonl                 records of a source
  trainyard inspect output.jsonl --row 3         one conversation, trained tokens marked
  trainyard inspect out/demo                     a dataset
  trainyard inspect out/demo --id ID             one row of it
  trainyard inspect out/demo --verify            re-hash every file`

type inspectOptions struct {
	row    int
	byRow  bool // --row was given
	id     string
	verify bool
	format string
	output string
	accept *evidence.Accept
	keep   string
	treat  treatOptions
	window int // 0 is no limit
	over   string
}

func newInspect(t *face.Terminal, s *settings) *cobra.Command {
	var opts inspectOptions
	cmd := &cobra.Command{
		Use:     "inspect PATH",
		Short:   "Look into a dataset, a shard or a source file",
		Example: inspectExample,
		Args:    exactly("a dataset directory, a shard or a source file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.byRow = cmd.Flags().Changed("row")
			return runInspect(cmd.Context(), t, s, args[0], opts)
		},
	}
	cmd.Flags().IntVar(&opts.row, "row", 0, "show the Nth record or row, from 1")
	cmd.Flags().StringVar(&opts.id, "id", "", "show the trajectory with this id, or the one of this instance")
	cmd.Flags().BoolVar(&opts.verify, "verify", false, "re-hash a dataset against its manifest")
	cmd.Flags().StringVar(&opts.format, "format", "auto", "dialect of a source file")
	cmd.Flags().StringVar(&opts.output, "output", "messages", "what rows would hold: "+strings.Join(slices.Sorted(maps.Keys(shard.Outputs)), " or "))
	opts.accept = evidenceFlags(cmd, "accept-")
	keepFlag(cmd, &opts.keep)
	cmd.Flags().IntVar(&opts.window, "window", 0, "longest row in tokens; 0 is no limit")
	cmd.Flags().StringVar(&opts.over, "over-window", convert.Drop, "what becomes of a longer record (trainyard list over-window)")
	completes(cmd, "over-window", "over-window")
	opts.treat.flags(cmd, "openhands")
	completes(cmd, "format", "formats")
	return cmd
}

// one says that a single conversation is asked for.
func (o inspectOptions) one() bool { return o.row > 0 || o.id != "" }

func (o inspectOptions) check() error {
	switch {
	case o.byRow && o.row < 1:
		return fmt.Errorf("--row %d: rows count from 1", o.row)
	case o.row > 0 && o.id != "":
		return errors.New("--row and --id ask for one conversation each: give one of them")
	case o.treat.toolsAs == "":
		return errors.New("--tools-as: a conversation is shown as text (trainyard list tools shows the ways)")
	case o.verify && o.one():
		return errors.New("--verify is about the whole dataset: give it without --row and --id")
	}
	output, known := shard.Outputs[o.output]
	if !known {
		return unknownWord("--output", o.output, o.output, slices.Sorted(maps.Keys(shard.Outputs)))
	}
	policy, known := convert.OverWindow[o.over]
	switch {
	case !known:
		return unknownWord("--over-window", o.over, o.over, slices.Sorted(maps.Keys(convert.OverWindow)))
	case o.window < 0:
		return fmt.Errorf("--window %d: a number of tokens", o.window)
	case policy.Masks && !output.Flags:
		return fmt.Errorf("--over-window %s: its rows overlap, and rows of %s cannot keep the overlap out of the loss (--output tokens can)", o.over, o.output)
	}
	return o.treat.check()
}

// road is the way that prepare would take a record, whatever the evidence says
// of it.
func (o inspectOptions) road() (*convert.Converter, error) {
	judge, err := newJudge(*o.accept)
	if err != nil {
		return nil, err
	}
	filter, err := newFilter(o.keep)
	if err != nil {
		return nil, err
	}
	output := shard.Outputs[o.output]
	return newRoad(o.treat, func(r *convert.Options) {
		r.Judge, r.Keep, r.Masks, r.Parts, r.Window, r.OverWindow = judge, filter, output.Flags, output.Parts, o.window, o.over
	})
}

func runInspect(ctx context.Context, t *face.Terminal, s *settings, path string, opts inspectOptions) error {
	if err := opts.check(); err != nil {
		return usageError{err}
	}
	if _, err := os.Stat(filepath.Join(path, mix.ManifestFile)); err == nil {
		return inspectDataset(ctx, t, s, path, opts)
	}
	if opts.verify {
		return fmt.Errorf("%s: no %s: only a finished dataset can be verified", path, mix.ManifestFile)
	}
	output, err := shard.OutputOf(path)
	if err != nil {
		return err
	}
	switch output {
	case "messages", "turns":
		return inspectShards(ctx, t, s, []string{path}, opts)
	case "packed":
		return inspectPacked(ctx, t, s, []string{path}, opts)
	case "tokens":
		return inspectTokens(ctx, t, s, []string{path}, opts)
	}
	if shards, _ := filepath.Glob(filepath.Join(path, "train-*-of-*.parquet")); len(shards) > 0 {
		return fmt.Errorf("%s holds shards but no %s: an unfinished dataset (prepare it again, or inspect a shard)", path, mix.ManifestFile)
	}
	return inspectSource(ctx, t, s, path, opts)
}

// errFound stops a walk once what it looks for was met.
var errFound = errors.New("found")
