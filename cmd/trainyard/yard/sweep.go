package yard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"trainyard/launch"
	"trainyard/launch/estimate"
	"trainyard/launch/sweep"
	"trainyard/mix"
	"trainyard/recipes"
)

// A SweepRequest says which sweep, where its cells run, and how many at once.
type SweepRequest struct {
	File      string
	Overrides []string
	// Launch says how each cell is launched; What and Overrides of it are not read.
	Launch LaunchRequest
	// Count is how many GPUs the estimate is for; 0: those of a cell, or 8.
	Count int
	Room  launch.Room
	// Order is one of [sweep.Orders]; empty: as listed.
	Order string
}

// A SweepCell is one cell and what is known of it.
type SweepCell struct {
	recipes.Cell
	Hash string `json:"hash"`
	// Same is an earlier cell of the sweep with the same content: its run is this one's
	// too.
	Same    string      `json:"same_as,omitempty"`
	State   sweep.State `json:"state"`
	Run     *launch.Run `json:"run,omitempty"`
	Dollars *float64    `json:"dollars,omitempty"` // what its run has cost
	// Dataset is the directory of its dataset, there or not, and Shared how many cells
	// of the sweep have it.
	Dataset string        `json:"dataset"`
	Shared  int           `json:"cells_of_dataset"`
	Mix     []mix.MixLine `json:"mix,omitempty"` // asked and got
	Unit    mix.Unit      `json:"unit"`          // that asked is in
	Rows    int64         `json:"rows"`
	Tokens  int64         `json:"tokens"` // of the train side, once
	Trained int64         `json:"trained_tokens"`
	Steps   int64         `json:"steps"`
	// Hours and Cost are those of a run at the site; nil is not known.
	Hours *estimate.Range `json:"hours,omitempty"`
	Cost  *estimate.Range `json:"cost,omitempty"`
	Worst *float64        `json:"worst_case"` // dollars, at the deadline; nil is not known
	// Evaluations are those that the recipe asks for; Worst has theirs in it.
	Evaluations []CellEvaluation `json:"evaluations,omitempty"`
	// Unknown is why there is no estimate, Unbound why there is no worst case, and Fault
	// why the cell cannot run.
	Unknown string `json:"unknown,omitempty"`
	Unbound string `json:"worst_case_unknown,omitempty"`
	Fault   string `json:"fault,omitempty"`

	// Remarks are where its dataset is not what was asked, as those of [mix.Manifest].
	Remarks []string `json:"remarks,omitempty"`

	prepared bool
	manifest *mix.Manifest
	data     string // of the dataset, alike where cells share it
}

// A SweepPlan is a sweep as things stand. Nothing was started.
type SweepPlan struct {
	Name     string      `json:"name"`
	Summary  string      `json:"summary,omitempty"`
	Site     string      `json:"site"` // that hours and dollars are for
	Cells    []SweepCell `json:"cells"`
	Datasets int         `json:"datasets"`
	Rules    sweep.Rules `json:"rules"`
	// Stages are none where every cell is run.
	Stages []SweepStage `json:"stages,omitempty"`
	Total  SweepTotal   `json:"total"`
	// Orphans are runs that the sweep asked for and that no cell of the file means any
	// more: it was edited.
	Orphans []launch.Run `json:"orphans,omitempty"`
	// Benchmarks are what the cells are judged on, and Detectable what the sweep would
	// find on each. Published is what others came to with what no cell is; PublishedBy
	// says who.
	Benchmarks  []recipes.Benchmark    `json:"benchmarks,omitempty"`
	Detectable  []Detectable           `json:"detectable,omitempty"`
	Published   []recipes.PublishedRow `json:"published,omitempty"`
	PublishedBy string                 `json:"published_source,omitempty"`
	// Alike are datasets that the cells' recipes make different and that come out alike.
	Alike []AlikeData `json:"alike,omitempty"`
	// Idle are axes that change nothing of what trainers are told.
	Idle []IdleAxis `json:"idle_axes,omitempty"`
	// OverCaps are the caps that the worst case of what is left would pass.
	OverCaps []string `json:"over_caps,omitempty"`

	// Stopped says that a person has stopped the sweep: nothing more of it is started
	// until it is run again.
	Stopped bool `json:"stopped,omitempty"`

	courses map[sweep.Try]sweep.Course // of runs that have told all
}

// ErrBackend says that there is no such place to run cells.
var ErrBackend = errors.New("the cells cannot run there")

// PlanSweep reads a sweep, plans the dataset of every cell without writing it, and
// finds the runs that cells have, those of other sweeps and launches too. progress may be nil.
func (y *Yard) PlanSweep(ctx context.Context, req SweepRequest, progress func(mix.Progress)) (*SweepPlan, error) {
	if _, err := y.launcher(nil).Backend(req.Launch.Backend); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBackend, err)
	}
	files := y.files(y.SamplesDir())
	s, err := recipes.LoadSweep(req.File, recipes.Options{Overrides: req.Overrides, Trainer: req.Launch.Trainer, Files: &files})
	if err != nil {
		return nil, err
	}
	site, err := y.sweepSite(req)
	if err != nil {
		return nil, err
	}
	p := &SweepPlan{Name: s.Name, Summary: s.Summary, Rules: s.Rules, Site: fmt.Sprintf("%d × %s", site.Count, site.GPU)}
	for _, c := range s.Cells {
		p.Cells = append(p.Cells, SweepCell{Cell: c})
	}
	p.beginStages(s.Stages)
	if err := y.planData(ctx, p, progress); err != nil {
		return nil, err
	}
	for i := range p.Cells {
		if c := &p.Cells[i]; c.Fault == "" {
			y.estimateCell(ctx, c, req, site)
		}
	}
	p.findSame()
	p.findAlike()
	y.findIdle(p)
	if err := y.LookAtSweep(ctx, p); err != nil {
		return nil, err
	}
	p.weigh(y.Caps)
	p.Benchmarks, p.Published, p.PublishedBy = s.Benchmarks, s.Published, s.Source
	return p, y.detect(ctx, p)
}

// sweepSite is the one place that a sweep is estimated for: the GPUs of a launch, where
// those are known, else as many as a machine has of those that are usual.
func (y *Yard) sweepSite(req SweepRequest) (estimate.Site, error) {
	asked := EstimateRequest{GPU: "h100", Count: cmp.Or(req.Count, usualCount)}
	if kind, _, _ := strings.Cut(req.Launch.GPU, "-"); kind != "" {
		asked.GPU = kind
	}
	if world := req.Launch.GPUs * max(1, req.Launch.Nodes); req.Count == 0 && world > 1 {
		asked.Count = world
	}
	if said := y.SaidGPUHour(req.Launch); said != nil {
		asked.Price = *said
	}
	sites, err := asked.sites()
	if err != nil {
		return estimate.Site{}, err
	}
	return sites[0], nil
}

// SweepName is the name by which the ledger knows the sweep of a file; a name that the
// ledger knows is its own.
func (y *Yard) SweepName(ctx context.Context, file string, overrides []string) (string, error) {
	s, err := recipes.LoadSweep(file, recipes.Options{Overrides: overrides})
	if err == nil {
		return s.Name, nil
	}
	l, errLedger := y.Launcher()
	if errLedger != nil {
		return "", errors.Join(err, errLedger)
	}
	runs, errLedger := l.Ledger.SweepRuns(ctx, file)
	if len(runs) > 0 {
		return file, nil
	}
	return "", errors.Join(fmt.Errorf("no run of a sweep %q is in the ledger, and no file: %w", file, err), errLedger)
}
