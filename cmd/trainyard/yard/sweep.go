package yard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

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
	// Unknown is why there is no estimate, and Fault why the cell cannot run.
	Unknown string `json:"unknown,omitempty"`
	Fault   string `json:"fault,omitempty"`

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
	Total    SweepTotal  `json:"total"`
	// Orphans are runs that the sweep asked for and that no cell of the file means any
	// more: it was edited.
	Orphans []launch.Run `json:"orphans,omitempty"`
	// OverCaps are the caps that the worst case of what is left would pass.
	OverCaps []string `json:"over_caps,omitempty"`
}

// A SweepTotal sums cells, each content once.
type SweepTotal struct {
	Cells int                 `json:"cells"` // of different contents
	By    map[sweep.State]int `json:"by_state"`
	Steps int64               `json:"steps"`
	Hours estimate.Range      `json:"hours"` // of those whose are known
	Cost  estimate.Range      `json:"cost"`
	// Unknown cells have neither.
	Unknown int `json:"cells_without_estimate"`
	// Spent is what runs of cells have cost; Left sums the worst cases of those that are
	// to be started, nil where one has none.
	Spent float64  `json:"spent_dollars"`
	Left  *float64 `json:"worst_case_left"`
}

// PlanSweep reads a sweep, plans the dataset of every cell without writing it, and
// finds the runs that cells have, those of other sweeps and launches too. progress may be nil.
func (y *Yard) PlanSweep(ctx context.Context, req SweepRequest, progress func(mix.Progress)) (*SweepPlan, error) {
	files := y.files(y.SamplesDir())
	s, err := recipes.LoadSweep(req.File, recipes.Options{Overrides: req.Overrides, Trainer: req.Launch.Trainer, Files: &files})
	if err != nil {
		return nil, err
	}
	site, err := sweepSite(req)
	if err != nil {
		return nil, err
	}
	p := &SweepPlan{Name: s.Name, Summary: s.Summary, Rules: s.Rules, Site: fmt.Sprintf("%d × %s", site.Count, site.GPU)}
	for _, c := range s.Cells {
		p.Cells = append(p.Cells, SweepCell{Cell: c})
	}
	if err := y.planData(ctx, p, progress); err != nil {
		return nil, err
	}
	for i := range p.Cells {
		if c := &p.Cells[i]; c.Fault == "" {
			y.estimateCell(ctx, c, req, site)
		}
	}
	p.findSame()
	if err := y.LookAtSweep(ctx, p); err != nil {
		return nil, err
	}
	p.weigh(y.Caps)
	return p, nil
}

// sweepSite is the one place that a sweep is estimated for: the GPUs of a launch, where
// those are known, else as many as a machine has of those that are usual.
func sweepSite(req SweepRequest) (estimate.Site, error) {
	asked := EstimateRequest{GPU: "h100", Count: cmp.Or(req.Count, usualCount)}
	if kind, _, _ := strings.Cut(req.Launch.GPU, "-"); kind != "" {
		asked.GPU = kind
	}
	if world := req.Launch.GPUs * max(1, req.Launch.Nodes); req.Count == 0 && world > 1 {
		asked.Count = world
	}
	if req.Launch.GPUHour != nil {
		asked.Price = *req.Launch.GPUHour
	}
	sites, err := asked.sites()
	if err != nil {
		return estimate.Site{}, err
	}
	return sites[0], nil
}

// planData plans each dataset once. What is wrong with one is told beside its cells.
func (y *Yard) planData(ctx context.Context, p *SweepPlan, progress func(mix.Progress)) error {
	type planned struct {
		prepared *Prepared
		fault    error
	}
	known := map[string]planned{}
	for i := range p.Cells {
		c := &p.Cells[i]
		c.data = c.Recipe.DataFingerprint()
		d, done := known[c.data]
		if !done {
			d.prepared, d.fault = y.prepare(ctx, c.Recipe, PrepareRequest{DryRun: true}, progress)
			known[c.data] = d
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		c.learnData(d.prepared, d.fault)
	}
	p.Datasets = len(known)
	for i := range p.Cells {
		for _, o := range p.Cells {
			if o.data == p.Cells[i].data {
				p.Cells[i].Shared++
			}
		}
	}
	return nil
}

func (c *SweepCell) learnData(d *Prepared, fault error) {
	if fault != nil {
		c.Fault = fault.Error()
	}
	if d == nil || d.Manifest == nil {
		return
	}
	side := d.Manifest.Totals.Train
	c.Unit = d.Manifest.Unit
	c.Dataset, c.Mix, c.Rows, c.Tokens, c.Trained = d.Out, d.Manifest.Mix, side.Rows, side.Tokens, side.TrainedTokens
	c.Hash = cellOf(c.Recipe, d.Manifest, c.Repeat)
	c.prepared = isPrepared(d)
	c.manifest = d.Manifest
}

// nowPrepared says of a dataset that it is there.
func (p *SweepPlan) nowPrepared(data string) {
	for i := range p.Cells {
		if p.Cells[i].data == data {
			p.Cells[i].prepared = true
		}
	}
}

// isPrepared reports whether the dataset that was planned is there, made of what is
// there now.
func isPrepared(d *Prepared) bool {
	there, err := mix.OpenDataset(d.Out)
	if err != nil {
		return false
	}
	return there.Manifest.Recipe.Data == d.Manifest.Recipe.Data && sameInputs(there.Manifest, d.Manifest)
}

func sameInputs(a, b *mix.Manifest) bool {
	if len(a.Sources) != len(b.Sources) {
		return false
	}
	for i := range a.Sources {
		x, y := a.Sources[i].Inputs, b.Sources[i].Inputs
		if len(x) != len(y) {
			return false
		}
		for k := range x {
			if x[k].SHA256 != y[k].SHA256 {
				return false
			}
		}
	}
	return true
}

// estimateCell says what training the cell at the site comes to, and what it can cost at
// the most.
func (y *Yard) estimateCell(ctx context.Context, c *SweepCell, req SweepRequest, site estimate.Site) {
	r := c.Recipe
	training := trainingOf(r, c.manifest)
	c.Steps = stepsOf(r, c.Rows)
	shape, _, err := shapeOf(r.Model.Base)
	switch {
	case r.Train.Trainer == "smoke":
		c.Unknown = "the trainer smoke fits a tiny model on this machine, seconds"
	case err != nil:
		c.Unknown = err.Error()
	default:
		training.Model = shape
		if at, err := training.At(site); err != nil {
			c.Unknown = err.Error()
		} else if c.Hours, c.Cost = at.Hours, at.Cost; !at.Fits {
			c.Unknown = fmt.Sprintf("%s does not fit %d × %s by %s", r.Model.Base, site.Count, site.GPU, r.Train.Method)
		}
	}
	plan, err := newPlan(r, req.Launch)
	if err == nil {
		err = y.count(ctx, plan, req.Launch.GPU)
	}
	c.Worst = plan.Money.Worst
	if err != nil && !errors.Is(err, ErrNoDeadline) {
		c.Unknown = err.Error()
	}
}

// stepsOf is how often the optimizer steps.
func stepsOf(r *recipes.Recipe, rows int64) int64 {
	perEpoch := (rows + int64(r.Train.Batch) - 1) / int64(r.Train.Batch)
	steps := int64(float64(perEpoch)*r.Train.Epochs + 0.999999)
	if most := int64(r.Train.MaxSteps); most > 0 && most < steps {
		return most
	}
	return steps
}

// findSame names, for each cell whose content another one before it has, that one.
func (p *SweepPlan) findSame() {
	first := map[string]string{}
	for i := range p.Cells {
		c := &p.Cells[i]
		if c.Hash == "" {
			continue
		}
		if name, known := first[c.Hash]; known {
			c.Same = name
		} else {
			first[c.Hash] = c.Name
		}
	}
}

// LookAtSweep finds what has become of every cell, as the ledger has it.
func (y *Yard) LookAtSweep(ctx context.Context, p *SweepPlan) error {
	p.Orphans = nil
	if !y.hasLedger() {
		for i := range p.Cells {
			p.Cells[i].State, _ = sweep.Standing(nil, p.Cells[i].prepared, nil, time.Time{})
		}
		p.count()
		return nil
	}
	l, err := y.Launcher()
	if err != nil {
		return err
	}
	runs, err := l.Ledger.Cells(ctx, p.hashes())
	if err != nil {
		return err
	}
	looked := &stoppedRuns{ctx: ctx, ledger: l.Ledger}
	for i := range p.Cells {
		c := &p.Cells[i]
		c.State, c.Run = sweep.Standing(runs[c.Hash], c.prepared, looked.byRule, time.Now())
		c.Dollars = nil
		if c.Run != nil {
			attempts, errFacts := attemptsOf(ctx, l.Ledger, *c.Run)
			c.Dollars, err = totalOf(attempts).Dollars, errors.Join(err, errFacts)
		}
	}
	p.count()
	return errors.Join(err, looked.err, p.findOrphans(ctx, l))
}

func (p *SweepPlan) hashes() (all []string) {
	for _, c := range p.Cells {
		if c.Hash != "" && c.Same == "" {
			all = append(all, c.Hash)
		}
	}
	return all
}

func (p *SweepPlan) findOrphans(ctx context.Context, l *launch.Launcher) error {
	mine := map[string]bool{}
	for _, c := range p.Cells {
		mine[c.Hash] = true
	}
	runs, err := l.Ledger.SweepRuns(ctx, p.Name)
	for _, r := range runs {
		if !mine[r.Job.Cell] {
			p.Orphans = append(p.Orphans, r)
		}
	}
	return err
}

// count sums the cells by state, each content once.
func (p *SweepPlan) count() {
	p.Total.By, p.Total.Cells, p.Total.Spent = map[sweep.State]int{}, 0, 0
	for _, c := range p.Cells {
		if c.Same != "" {
			continue
		}
		p.Total.Cells++
		p.Total.By[c.State]++
		if c.Dollars != nil {
			p.Total.Spent += *c.Dollars
		}
	}
}

// weigh sums what the cells come to, and looks at the caps.
func (p *SweepPlan) weigh(caps launch.Caps) {
	left := 0.0
	p.Total.Left = &left
	for _, c := range p.Cells {
		if c.Same != "" {
			continue
		}
		p.Total.Steps += c.Steps
		if c.Hours == nil || c.Cost == nil {
			p.Total.Unknown++
		} else {
			p.Total.Hours, p.Total.Cost = addRange(p.Total.Hours, *c.Hours), addRange(p.Total.Cost, *c.Cost)
		}
		if c.State != sweep.Missing && c.State != sweep.Prepared && c.State != sweep.Failed {
			continue
		}
		p.Total.Left = sumOf(p.Total.Left, c.Worst)
	}
	p.overCaps(caps)
}

func addRange(a, b estimate.Range) estimate.Range {
	return estimate.Range{Low: a.Low + b.Low, Likely: a.Likely + b.Likely, High: a.High + b.High}
}

func (p *SweepPlan) overCaps(caps launch.Caps) {
	if p.Total.Left == nil {
		return
	}
	sweepCap := caps.Sweep
	if p.Rules.Dollars > 0 && (sweepCap == 0 || p.Rules.Dollars < sweepCap) {
		sweepCap = p.Rules.Dollars
	}
	for _, c := range []struct {
		of    string
		limit float64
		spent float64
	}{{"sweep", sweepCap, p.Total.Spent}, {"day", caps.Day, 0}, {"month", caps.Month, 0}} {
		if c.limit > 0 && *p.Total.Left+c.spent > c.limit {
			p.OverCaps = append(p.OverCaps, fmt.Sprintf("$%.2f for a %s: the worst case of what is left is $%.2f, after $%.2f", c.limit, c.of, *p.Total.Left, c.spent))
		}
	}
}

// A stoppedRuns asks the ledger's history whether a rule ended a run.
type stoppedRuns struct {
	ctx    context.Context
	ledger *launch.Ledger
	mu     sync.Mutex
	err    error
}

func (s *stoppedRuns) byRule(run launch.Run) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	verdict, err := toldByRule(s.ctx, s.ledger, run)
	s.err = errors.Join(s.err, err)
	return verdict != ""
}

// A SweepDiff is what an edit of a sweep came to, against the runs that it asked for.
type SweepDiff struct {
	Kept    []string      `json:"kept"`    // cells that have a run
	New     []string      `json:"new"`     // cells that have none
	Changed []SweepChange `json:"changed"` // new ones whose name an orphaned run has
	// Orphaned are runs that no cell means any more, those of changed cells among them.
	Orphaned []launch.Run `json:"orphaned"`
}

// A SweepChange is a cell that keeps its name and is another.
type SweepChange struct {
	Cell string `json:"cell"`
	Run  string `json:"run"` // of the content that the cell had
}

// Diff holds the cells against the runs of the sweep.
func (p *SweepPlan) Diff() SweepDiff {
	d := SweepDiff{Kept: []string{}, New: []string{}, Changed: []SweepChange{}, Orphaned: p.Orphans}
	was := map[string]string{}
	for _, r := range p.Orphans {
		was[r.Job.CellName] = r.ID
	}
	for _, c := range p.Cells {
		switch run, changed := was[c.Name]; {
		case c.Run != nil:
			d.Kept = append(d.Kept, c.Name)
		case changed:
			d.Changed = append(d.Changed, SweepChange{c.Name, run})
		default:
			d.New = append(d.New, c.Name)
		}
	}
	return d
}

// SweepName is the name by which the ledger knows the sweep of a file.
func (y *Yard) SweepName(file string) (string, error) {
	s, err := recipes.LoadSweep(file, recipes.Options{})
	if err != nil {
		return "", err
	}
	return s.Name, nil
}
