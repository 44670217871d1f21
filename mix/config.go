package mix

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"

	"trainyard/format"
	"trainyard/format/edit"
	"trainyard/format/evidence"
	"trainyard/format/loss"
	"trainyard/format/protocol"
	"trainyard/mix/convert"
	"trainyard/mix/pack"
	"trainyard/mix/sample"
	"trainyard/mix/shard"
)

// A Config is everything a prepare needs. What bears identity comes from the
// recipe; Out, Cache, Workers, DryRun and Progress never change a byte of the result.
type Config struct {
	Recipe   RecipeID
	YAML     []byte         // the resolved recipe, kept beside the shards
	Template string         // chat template, a key of chat.Templates
	Tools    protocol.Style // how calls become text
	// ToolPrompt is a file with the wording of tools, as the recipe spells it;
	// empty means format's own.
	ToolPrompt string
	// Reasoning says what becomes of recorded thoughts; a source may say otherwise.
	Reasoning format.Reasoning
	Values    string      // a key of style.Values; empty is the style's own way
	Verbatim  bool        // keep line ends and leading empty lines as recorded
	Edits     []edit.Spec // of every source, after the source's own
	Loss      loss.Spec   // which turns are learned from; a source may say otherwise
	Flags     bool        // raise and count the flags of accepted records; a fifth more processor time
	// ReadFile reads a file that the recipe names besides the data, by the
	// recipe's spelling; nil means regular.ReadFile.
	ReadFile func(path string) ([]byte, error)
	Output   string // a key of shard.Outputs: what the rows hold
	// Packing is a key of pack.Packers, for an output whose rows hold several
	// trajectories; empty is DefaultPacking.
	Packing string
	// Convention is whose spans are learned from, a key of chat.Conventions;
	// empty is chat.DefaultConvention.
	Convention string
	Sources    []Source

	Sampler string
	Unit    Unit
	Budget  int64 // in Unit, train side; 0 = as much as the sampler allows
	Amounts Amounts
	Order   Order // of the train side
	Seed    int64 // of the choice and the order of rows
	// ValidationSeed is that of the choice of what is set aside.
	ValidationSeed int64
	Strict         bool    // what falls short of the recipe, or far from it, is an error
	Window         int     // longest row in tokens
	OverWindow     string  // a key of convert.OverWindow: what becomes of a longer trajectory; empty is drop
	Unique         string  // UniqueContent or UniqueNone
	Near           float64 // Jaccard similarity from which on trajectories are repeats, [MinNear, 1]; 0 = exact ones alone are
	Decontaminate  Decontamination
	Validation     float64 // fraction of what the sampler could use to set aside, whole repositories, [0, 1)

	Out     string // output directory; created
	Replace bool   // write over the dataset that the same recipe made from other inputs
	// InUse tells, with an error, that something still reads the dataset in dir,
	// which then is not written over. It is asked while no other prepare writes
	// there; nil means that nothing does.
	InUse func(dir string) error
	// Cache is a directory with what was made of files before, which is used and
	// added to; see package cache. Empty means none.
	Cache    string
	Workers  int  // 0 = one for each processor
	DryRun   bool // plan only, write nothing
	Progress func(Progress)
}

// RecipeID names the recipe in the manifest.
type RecipeID struct {
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`      // of the whole recipe
	Data        string `json:"data_fingerprint"` // of what determines the dataset
}

// A Place is a file, a directory or a glob of records.
type Place struct {
	Path  string // on this machine
	Given string // as the recipe spells it, for the manifest
}

// A Source is one stream of records.
type Source struct {
	Name        string
	Inputs      []Place // read in this order
	GivenReport string  // Accept.Report likewise
	Format      string
	Task        string
	Teacher     string // overrides what the records say; empty = keep
	Repo        string // of records that name none; empty = unknown
	Accept      evidence.Accept
	Keep        string // expression that chooses among the accepted; empty keeps all; see evidence.NewFilter
	PerInstance int    // keep at most this many of one instance; 0 = no limit
	Share       float64
	// Amount is what the recipe asks of the source by itself, but for a share; the
	// zero value leaves it to the sampler.
	Amount sample.Amount
	Most   int64 // all that may be taken of it, in Unit; 0 = no limit
	// Select are selections among what is accepted and kept, one after the other.
	Select              []sample.Args
	PerRepo, PerTeacher int  // keep at most this many of one; 0 = no limit
	Reference           bool // others are matched to it, and none of it is in the mix
	// System, Tools and Instance are files, as the recipe spells them, with
	// what the records may lack: see format.RenderOptions and format.Input.
	Supplied
	Main, Subagent Supplied // for one kind of agent, in their place
	Instance       string
	Edits          []edit.Spec
	Reasoning      format.Reasoning // empty: as the Config says
	Loss           loss.Spec        // nil: as the Config says
	Images         int              // container images of all instances, for reports; 0 = unknown
	SetupCost      *float64         // US cents to set one instance up, likewise; nil = unknown
}

// Supplied are the files with what records may lack.
type Supplied = convert.Supplied

const (
	UniqueContent = "content" // records whose whole conversation was met before are duplicates
	UniqueNone    = "none"    // nothing is
)

// MinNear is the least similarity that can be asked for: of different instances
// of one scaffold most pairs are below .03 (the median on our samples), and a
// search for much less compares everything with everything.
const MinNear = 0.5

// Progress tells how far a prepare is. Done and Total are bytes of input
// while reading and rows while writing.
type Progress struct {
	Stage       string // "wait", "hash", "read" or "write"
	Done, Total int64
	Records     int64
	Tokens      int64
	Lock        string // of the stage wait: the file whose lock another prepare holds
}

func (c *Config) report(p Progress) {
	if c.Progress != nil {
		c.Progress(p)
	}
}

func (c *Config) workers() int {
	if c.Workers > 0 {
		return c.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// check refuses what no pass over the data could make sense of.
func (c *Config) check() error {
	sampler, ok := sample.Samplers[c.Sampler]
	output, known := shard.Outputs[c.Output]
	_, knownPacking := pack.Packers[cmp.Or(c.Packing, DefaultPacking)]
	policy, knownPolicy := convert.OverWindow[cmp.Or(c.OverWindow, convert.Drop)]
	total := 0.0
	for _, s := range c.Sources {
		total += s.Share
	}
	switch {
	case len(c.Sources) == 0:
		return fmt.Errorf("prepare: no sources")
	case !ok:
		return fmt.Errorf("prepare: no sampler %q", c.Sampler)
	case !known:
		return fmt.Errorf("prepare: no output %q", c.Output)
	case sampler.NeedsShares && total <= 0:
		return fmt.Errorf("prepare: sampler %s divides by share, and the shares sum to 0", c.Sampler)
	case sampler.TakesAll && c.Budget != 0:
		return fmt.Errorf("prepare: sampler %s takes everything, so that a budget of %d means nothing (use proportional or shares)", c.Sampler, c.Budget)
	case c.Window <= 0:
		return fmt.Errorf("prepare: window %d holds no token", c.Window)
	case !knownPacking:
		return fmt.Errorf("prepare: no packing %q", c.Packing)
	case c.Packing != "" && output.Join == nil:
		return fmt.Errorf("prepare: packing %s, but rows of %s hold one trajectory each", c.Packing, c.Output)
	case output.Join != nil && c.Window > pack.MaxWindow:
		return fmt.Errorf("prepare: a window of %d tokens is more than packing takes (at most %d)", c.Window, pack.MaxWindow)
	case !knownPolicy:
		return fmt.Errorf("prepare: nothing over the window can be %q", c.OverWindow)
	case policy.Masks && !output.Flags:
		return fmt.Errorf("prepare: over the window %s: parts overlap, and rows of %s cannot keep the overlap out of the loss", c.OverWindow, c.Output)
	case c.Validation < 0 || c.Validation >= 1:
		return fmt.Errorf("prepare: validation %v is not in [0, 1)", c.Validation)
	case !slices.Contains(Units, c.Unit):
		return fmt.Errorf("prepare: no unit %q", c.Unit)
	case !slices.Contains([]string{UniqueContent, UniqueNone}, c.Unique):
		return fmt.Errorf("prepare: no unique %q", c.Unique)
	case c.Near != 0 && !(c.Near >= MinNear && c.Near <= 1):
		return fmt.Errorf("prepare: near %v is neither 0 nor in [%v, 1]", c.Near, MinNear)
	}
	return cmp.Or(c.Amounts.check(c), c.checkSelections(), c.Decontaminate.check())
}
