package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/format/regular"
	"trainyard/mix/convert"
)

const convertLong = `Convert trajectories to one chat record a line, in the order of the input: id,
instance_id, format (that it was read as), task, repo, teacher, outcome, evidence,
messages, tools, flags, features.

Without --tools-as, messages keep their structure: calls are tool_calls with their
arguments as recorded. With it, tools and calls are written as text, and the tool
list is in the messages, not beside them. Records that cannot be converted are
told on standard error, one a line with file, line and reason (trainyard list
reasons), and so are the counts.

PATH - is standard input: JSON lines or JSON, also compressed. Its records stand at
-:LINE. A pipe is read once, so that a record which a later one goes on from is
not told from others, as it is in files.

--edit takes a name (trainyard list edits), or YAML with arguments:
--edit '{name: elide_observations, tokens: 2000}'.`

const convertExample = `  trainyard convert output.jsonl | jq .flags
  ssh host cat rollouts/output.jsonl.zst | trainyard convert -
  trainyard convert runs/*.traj --accept-report report.json --accepted
  trainyard convert runs --accept-report logs --accepted --keep 'n_tokens < 20000'
  trainyard convert session.jsonl --system system.txt --tools tools.json --tools-as qwen
  trainyard convert output.jsonl --tools-as openhands --tool-prompt words.txt --edit strip_ansi`

// convertOptions are the flags of convert.
type convertOptions struct {
	format   string
	task     string
	instance string
	accepted bool
	accept   *evidence.Accept
	keep     string
	treat    treatOptions
}

func newConvert(t *face.Terminal, s *settings) *cobra.Command {
	var opts convertOptions
	cmd := &cobra.Command{
		Use:     "convert PATH…",
		Short:   "Print trajectories as chat records, one a line",
		Long:    convertLong,
		Example: convertExample,
		Args:    needs("a file, a directory or a glob of trajectories, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runConvert(cmd.Context(), t, s, args, opts)
		},
	}
	cmd.Flags().StringVar(&opts.format, "format", "auto", "dialect of the records")
	cmd.Flags().StringVar(&opts.task, "task", "", "task to write into every record")
	cmd.Flags().StringVar(&opts.instance, "instance", "", "file with the first user turn of r2e-gym records that lack theirs")
	cmd.Flags().BoolVar(&opts.accepted, "accepted", false, "print accepted records alone")
	opts.accept = evidenceFlags(cmd, "accept-")
	keepFlag(cmd, &opts.keep)
	opts.treat.flags(cmd, "")
	completes(cmd, "format", "formats")
	return cmd
}

func (o convertOptions) check() error {
	if o.accepted && *o.accept == (evidence.Accept{}) {
		return errors.New("--accepted needs evidence: --accept-field, --accept-where, --accept-report or --accept-any (trainyard accept PATH shows what there is)")
	}
	return o.treat.check()
}

func runConvert(ctx context.Context, t *face.Terminal, s *settings, paths []string, opts convertOptions) error {
	if err := opts.check(); err != nil {
		return usageError{err}
	}
	c, err := newConverter(t, opts)
	if err != nil {
		return err
	}
	instance, err := readInstance(opts.instance)
	if err != nil {
		return err
	}
	sources, err := openAll(paths, dialect.Input{Format: opts.format, Instance: instance})
	if err != nil {
		return err
	}
	line := func() func(format.Record, convert.Result) converted { return c.convert }
	for _, src := range sources {
		if err := convert.Walk(ctx, c.road.For(src), s.goroutines(), convert.Rendered, line, c.take); err != nil {
			return errors.Join(err, c.out.Flush())
		}
	}
	return c.finish(s)
}

// readInstance reads the template of a first user turn; no path gives none.
func readInstance(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := regular.ReadFile(path)
	return string(text), err
}

// openSource is dialect.Open for a command line, on which an unknown format is
// wrong usage.
func openSource(in dialect.Input) (*dialect.Source, error) {
	if _, known := dialect.Dialects[in.Format]; !known && in.Format != dialect.Auto {
		return nil, usageError{unknownWord("format", in.Format, in.Format, append(dialect.Names(), dialect.Auto))}
	}
	if ext := filepath.Ext(in.Path); ext == ".yaml" || ext == ".yml" {
		return nil, usageError{fmt.Errorf("%s is a recipe by its name, and holds no trajectories\nhint: trainyard show %s shows what it comes to, trainyard prepare %s reads what it names", in.Path, in.Path, in.Path)}
	}
	return dialect.Open(in)
}

// openAll opens every path before any is read, and tells all that is missing.
func openAll(paths []string, in dialect.Input) (sources []*dialect.Source, err error) {
	for _, in.Path = range paths {
		src, fault := openSource(in)
		if _, ok := errors.AsType[usageError](fault); ok {
			return nil, fault
		}
		sources, err = append(sources, src), errors.Join(err, fault)
	}
	return sources, err
}

// A converter turns records into lines and counts them.
type converter struct {
	t    *face.Terminal
	opts convertOptions
	road *convert.Converter
	out  *bufio.Writer

	read, written int
	outcomes      outcomes
	rejects       *rejectLog
	formats       map[string]int64 // of the records that could be read
	notes         map[string]int64
	filtered      map[string]int64 // by reason
	firstFiltered string
}

func newConverter(t *face.Terminal, opts convertOptions) (*converter, error) {
	judge, err := newJudge(*opts.accept)
	if err != nil {
		return nil, err
	}
	filter, err := newFilter(opts.keep)
	if err != nil {
		return nil, err
	}
	road, err := newRoad(opts.treat, func(o *convert.Options) {
		o.Judge, o.Keep, o.WantedOnly, o.Masks, o.Parts = judge, filter, opts.accepted, true, true
	})
	if err != nil {
		return nil, err
	}
	return &converter{
		t: t, opts: opts, road: road, out: bufio.NewWriterSize(t.Out, 1<<16),
		rejects: newRejectLog(t), formats: map[string]int64{}, notes: road.Edits().Counts(), filtered: map[string]int64{},
	}, nil
}

// take gets the results in reading order.
func (c *converter) take(r converted) error {
	c.read++
	countFormat(c.formats, r.format)
	for _, n := range r.notes {
		c.notes[n]++
	}
	if r.err != nil {
		c.rejects.tell(r.file, r.line, r.err)
		return nil
	}
	c.outcomes.add(r.outcome)
	c.countFiltered(r)
	if r.json == nil {
		return nil
	}
	c.written++
	_, err := c.out.Write(r.json)
	return err
}

func (c *converter) countFiltered(r converted) {
	if r.leftOut.Reason == "" {
		return
	}
	c.filtered[r.leftOut.Reason]++
	c.firstFiltered = cmp.Or(c.firstFiltered, fmt.Sprintf("%s:%d: %s", r.file, r.line, r.leftOut.Detail))
}

// convertCounts are what finish tells, as JSON.
type convertCounts struct {
	Records int `json:"records"`
	Written int `json:"written"`
	outcomes
	Rejected int              `json:"rejected"`
	Formats  map[string]int64 `json:"formats"`
	Reasons  map[string]int64 `json:"reasons"` // of the rejected
	Edited   map[string]int64 `json:"edited"`
	Told     map[string]int64 `json:"told,omitempty"`     // what nothing was changed for
	Filtered map[string]int64 `json:"filtered,omitempty"` // by --keep: its reasons
}

// finish tells the counts.
func (c *converter) finish(s *settings) error {
	if err := c.out.Flush(); err != nil {
		return err
	}
	o := c.outcomes
	edited, told := format.SplitNotes(c.notes)
	counts := convertCounts{c.read, c.written, o, c.read - o.Accepted - o.Refused - o.Unknown, c.formats, c.rejects.counts, edited, told, c.filtered}
	if s.json() {
		line, err := oneLine(counts)
		c.t.Say("%s", bytes.TrimSpace(line))
		return cmp.Or(err, c.none())
	}
	c.t.Say("%s read, %s written: %s accepted, %s refused, %s unknown, %s rejected", face.Counted(c.read, "record"), face.Thousands(c.written),
		face.Thousands(o.Accepted), face.Thousands(o.Refused), face.Thousands(o.Unknown), face.Thousands(counts.Rejected))
	c.say("formats", c.formats)
	c.say("rejected", c.rejects.counts)
	c.say("filtered", c.filtered)
	if c.firstFiltered != "" {
		c.t.Say("filtered, first: %s", c.firstFiltered)
	}
	c.say("edited", counts.Edited)
	c.say("told", counts.Told)
	for _, line := range c.road.Unmatched() {
		c.t.Say("%s", line)
	}
	c.rejects.hint()
	if c.opts.accepted && o.Accepted == 0 {
		c.t.Say("hint: this evidence accepts none of them: trainyard accept PATH shows what evidence there is")
	}
	return c.none()
}

// none is a fault where every record was lost, but not where none was accepted.
func (c *converter) none() error {
	if c.written == 0 && len(c.rejects.counts) > 0 {
		return errors.New("no record was converted")
	}
	return nil
}

func (c *converter) say(title string, counts map[string]int64) {
	if len(counts) > 0 {
		c.t.Say("%s: %s", title, strings.Join(countWords(counts), "; "))
	}
}
