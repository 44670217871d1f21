package mix

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"trainyard/format"
	"trainyard/mix/sample"
)

// A Remark tells where a dataset is not what its recipe asks for, or which keys
// of the recipe change nothing.
type Remark struct {
	Kind string `json:"kind"` // a key of RemarkKinds
	Text string `json:"text"`
}

func (r Remark) String() string { return r.Kind + ": " + r.Text }

// The kinds of remarks.
const (
	Short   = "short"
	Far     = "far"
	Unnamed = "unnamed"
	Unread  = "unread"
	Near    = "near"
	Again   = "again"
	Unknown = "unknown"
)

// RemarkKinds says what each kind tells. Short and far ones are errors under
// mix.strict.
var RemarkKinds = map[string]string{
	Short:   "a source has less than is asked of it, or validation is asked for and empty",
	Far:     "a part of the dataset is off what was asked by more than a tenth, though there is enough",
	Unnamed: "records name no repository, so that the sides of the dataset are divided by less",
	Near:    "a source loses over a fifth of its trajectories to near duplicates",
	Unknown: "records lack a feature that a selection or the train order goes by",
	Again:   "rows of a source stand in the mix more than once, as the recipe allows",
	Unread:  "the recipe says what the sampler does not read, or keeps what the template does not show",
}

// far is how much of what was asked a result may be off without a remark.
const far = 0.1

// A remarker collects what there is to say of a manifest.
type remarker struct {
	m       *Manifest
	cfg     *Config
	sampler sample.Sampler
	whole   MixLine         // summed over the sources
	now     tryout          // the recipe as it is
	amounts sample.Division // what it comes to, before mix.fraction; zero where the sampler divides nothing
	remarks []Remark
}

// remarks compares what the manifest says with what was asked.
func (m *Manifest) remarks(cfg *Config) []Remark {
	r := newRemarker(m, cfg)
	r.shares(cfg)
	r.thoughts(cfg)
	r.near(cfg)
	r.selections()
	r.starved()
	r.sources()
	r.budget()
	r.matches(cfg)
	r.unknown()
	if m.Validation.Asked > 0 {
		r.validation()
		r.ratios()
		r.unnamed()
	}
	return r.remarks
}

func newRemarker(m *Manifest, cfg *Config) *remarker {
	r := &remarker{m: m, cfg: cfg, sampler: sample.Samplers[m.Sampler], whole: m.Whole()}
	had := make([]int64, len(m.Mix))
	for k := range m.Mix {
		had[k] = r.in(m.Mix[k].Had)
	}
	r.now = cfg.tryout(had)
	d, err := r.now.divide()
	if err != nil {
		panic("mix: amounts that were divided cannot be: " + err.Error())
	}
	r.amounts = d
	return r
}

func (r *remarker) say(kind, format string, args ...any) {
	r.remarks = append(r.remarks, Remark{kind, fmt.Sprintf(format, args...)})
}

// in is a size in the mix's unit.
func (r *remarker) in(s Size) int64 { return r.m.Unit.Of(s) }

// shares tells those that no sampler reads.
func (r *remarker) shares(cfg *Config) {
	if r.sampler.NeedsShares {
		return
	}
	var said []string
	for _, s := range cfg.Sources {
		if s.Share != 1 {
			said = append(said, s.Name)
		}
	}
	if len(said) > 0 {
		r.say(Unread, "sampler %s does not read the share of %s (mix.sampler=shares does)", r.m.Sampler, strings.Join(said, ", "))
	}
}

// thoughts tells the sources whose recipe keeps recorded thoughts, of which the
// student's template shows none.
func (r *remarker) thoughts(cfg *Config) {
	for k := range cfg.Sources {
		notes := r.m.Sources[k].Notes
		dropped := notes[format.NoteDroppedReasoning]
		if cmp.Or(cfg.Sources[k].Reasoning, cfg.Reasoning) == format.KeepReasoning && dropped > 0 && notes[format.NoteKeptReasoning] == 0 {
			r.say(Unread, "reasoning: keep keeps none of the %s thoughts of %s: template %s shows those after the last user turn alone, and results are user turns in style %s (style qwen has results of their own)",
				humanize.Comma(dropped), r.m.Sources[k].Name, r.m.Template, r.m.Tools)
		}
	}
}

// budget tells one that cannot be meant in the unit it is given in.
func (r *remarker) budget() {
	had, shortest := r.in(r.whole.Had), int64(math.MaxInt64)
	for _, line := range r.m.Mix {
		if line.Shortest > 0 {
			shortest = min(shortest, line.Shortest)
		}
	}
	const absurd = 100 // times what there is
	switch {
	case r.m.Budget == 0 || r.m.Amounts.Percent != 0 || had == 0:
	case r.m.Unit == Trajectories && r.m.Budget/absurd > had:
		r.say(Far, "mix.budget asks for %s, and there are %s (mix.unit=tokens counts tokens)", r.units(r.m.Budget), humanize.Comma(had))
	case r.m.Unit != Trajectories && r.m.Budget < shortest:
		r.say(Far, "mix.budget asks for %s, and the shortest trajectory has %s (mix.unit=trajectories counts trajectories)", r.units(r.m.Budget), humanize.Comma(shortest))
	case r.m.Budget > had && !r.sampler.TakesAmounts(): // of the others each source tells
		r.say(Short, "mix.budget asks for %s, and there are %s (mix.budget=%d would do)", r.units(r.m.Budget), humanize.Comma(had), had)
	}
}

// validation tells where whole groups do not come near to what was asked, and
// where no row is left to measure on.
func (r *remarker) validation() {
	v := &r.m.Validation
	aside, could := float64(r.in(v.SetAside)), float64(r.in(v.Could))
	want := v.Asked * could
	off := math.Abs(aside - want)
	half := 0.5 // a trajectory, which cannot be divided
	if r.m.Unit != Trajectories {
		half = 0
	}
	const together = "what shares a repository, an instance or a text stays together"
	switch {
	case could == 0 || r.whole.Got.Records == 0: // there is nothing at all
	case aside == 0:
		r.say(Short, "validation is empty: none of what could be used is set aside, and %s was asked: %s, and the largest of %s is %s (mix.validation=0 asks for none)",
			percent(v.Asked, 1), together, groupCount(v.Groups), percent(v.Largest, could))
	case r.whole.Validation.Records == 0:
		r.say(Short, "validation is empty: %s is set aside, and the part that each source has in the mix comes to none of it (a larger mix.validation or a larger mix asks for more, mix.validation=0 for none)",
			percent(aside, could))
	case off > far*want && off > half:
		r.say(Far, "validation sets aside %s of what could be used, not %s: %s, and the largest of %s is %s",
			percent(aside, could), percent(v.Asked, 1), together, groupCount(v.Groups), percent(v.Largest, could))
	}
}

func groupCount(n int) string {
	if n == 1 {
		return "1 group"
	}
	return humanize.Comma(int64(n)) + " groups"
}

// ratios tells where the two sides are mixed otherwise.
func (r *remarker) ratios() {
	train, validation := float64(r.in(r.whole.Got)), float64(r.in(r.whole.Validation))
	if train == 0 || validation == 0 {
		return
	}
	one := 1 / float64(r.whole.Validation.Records)
	for _, line := range r.m.Mix {
		a, b := float64(r.in(line.Got))/train, float64(r.in(line.Validation))/validation
		if math.Abs(a-b) > far+one {
			r.say(Far, "%s is %s of the train side and %s of validation", line.Source, percent(a, 1), percent(b, 1))
		}
	}
}

// unnamed tells the sources whose repositories are not known.
func (r *remarker) unnamed() {
	for _, line := range r.m.Mix {
		if n := r.m.Validation.Unnamed[line.Source]; n.Records > 0 {
			r.say(Unnamed, "%s of %s name no repository: they are divided by instance, or one by one (sources.%s.repo names one)",
				records(n.Records), line.Source, line.Source)
		}
	}
}

func records(n int64) string {
	if n == 1 {
		return "1 record"
	}
	return humanize.Comma(n) + " records"
}

func tokens(n int) string { return humanize.Comma(int64(n)) + " tokens" }

// units writes an amount in the mix's unit.
func (r *remarker) units(n int64) string { return r.m.Unit.amount(n) }

func percent[P, W int | int64 | float64](part P, whole W) string {
	if whole == 0 {
		return "0.0 %"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

// ErrStrict says that a dataset would not be what its recipe asks for.
var ErrStrict = errors.New("strict")

// strict makes an error of what is short or far, where the recipe says so.
func (m *Manifest) strict(cfg *Config) error {
	var faults []string
	for _, r := range m.Remarks {
		if r.Kind == Short || r.Kind == Far {
			faults = append(faults, r.String())
		}
	}
	if !cfg.Strict || len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("prepare: mix.%w: %s\nhint: mix.strict=false lets such a dataset be made, and says the same beside it", ErrStrict, strings.Join(faults, "\nprepare: mix.strict: "))
}

// whyNothing says where the records of an empty dataset went, and why where a
// remark does.
func whyNothing(m *Manifest) string {
	text := whereAllWent(m.Totals)
	if k := slices.IndexFunc(m.Remarks, func(r Remark) bool { return r.Kind == Short || r.Kind == Far }); k >= 0 {
		text += "; " + m.Remarks[k].String()
	}
	return text
}
