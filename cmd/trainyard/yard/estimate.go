package yard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format/regular"
	"trainyard/launch/estimate"
	"trainyard/mix"
	"trainyard/recipes"
)

// An EstimateRequest says what would be trained, and on which GPUs.
type EstimateRequest struct {
	What      string   `json:"what"` // a recipe, or the directory of a finished dataset
	Overrides []string `json:"overrides,omitempty"`
	GPU       string   `json:"gpu,omitempty"`   // of [estimate.GPUs]; empty: several
	Count     int      `json:"count,omitempty"` // of GPUs; 0: several
	Price     float64  `json:"price,omitempty"` // dollars for one GPU and one hour; 0: the list prices
}

// Estimated is a mix and what it would cost to train on. Nothing was written.
type Estimated struct {
	*Prepared
	Model  string  `json:"model"` // the checkpoint to start from
	Shape  string  `json:"shape"` // what its dimensions were taken from: a name, or a config.json
	Method string  `json:"method"`
	Epochs float64 `json:"epochs"`
	Batch  int     `json:"batch"`

	Work        *estimate.Work       `json:"work,omitempty"`
	Sites       []*estimate.Estimate `json:"sites,omitempty"`
	Assumptions []string             `json:"assumptions,omitempty"`
	// Unknown is why there is no estimate: nothing else is.
	Unknown string `json:"unknown,omitempty"`
}

// Estimate plans the mix of a recipe, or takes that of a dataset, and says what
// the training would cost. Where nothing is left to train on, the error is
// [mix.ErrNothingLeft], and the value tells where all went. progress may be nil.
func (y *Yard) Estimate(ctx context.Context, req EstimateRequest, progress func(mix.Progress)) (*Estimated, error) {
	sites, err := req.sites()
	if err != nil {
		return nil, err
	}
	r, prepared, err := y.mixOf(ctx, req, progress)
	if err != nil {
		return &Estimated{Prepared: prepared}, err
	}
	e := &Estimated{Prepared: prepared, Model: r.Model.Base, Method: r.Train.Method, Epochs: r.Train.Epochs, Batch: r.Train.Batch}
	training := trainingOf(r, prepared.Manifest)
	if training.Model, e.Shape, err = shapeOf(r.Model.Base); err != nil {
		e.Unknown = err.Error()
		return e, nil
	}
	if r.Train.Trainer == "smoke" {
		e.Assumptions = append(e.Assumptions, "trainer: one that trains model.base; smoke, the recipe's, fits a tiny model on this machine instead")
	}
	return e, e.fill(training, sites)
}

func (e *Estimated) fill(training *estimate.Training, sites []estimate.Site) error {
	work, err := training.Work()
	if err != nil {
		return err
	}
	e.Work, e.Assumptions = &work, append(e.Assumptions, training.Assumptions(ownPrice(sites))...)
	for _, s := range sites {
		at, err := training.At(s)
		if err != nil {
			return err
		}
		e.Sites = append(e.Sites, at)
	}
	return nil
}

// ErrSite says that no such GPUs can be asked about.
var ErrSite = errors.New("no such GPUs")

// The GPUs that are asked about where the request leaves them open.
var (
	usualGPUs   = []string{"a100", "h100", "h200", "b200"}
	usualCounts = []int{1, 2, 4, 8, 16}
	usualCount  = 8
)

func (req EstimateRequest) sites() (sites []estimate.Site, err error) {
	gpus, counts := usualGPUs, []int{cmp.Or(req.Count, usualCount)}
	if req.GPU != "" {
		gpus = []string{req.GPU}
		if req.Count == 0 {
			counts = usualCounts
		}
	}
	if req.Price != 0 && req.GPU == "" {
		return nil, fmt.Errorf("%w: a price is that of one kind, and none is named", ErrSite)
	}
	for _, gpu := range gpus {
		for _, n := range counts {
			sites = append(sites, estimate.Site{GPU: gpu, Count: n, Price: req.Price})
			if err := sites[len(sites)-1].Check(); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrSite, err)
			}
		}
	}
	return sites, nil
}

// mixOf plans the mix of a recipe without writing it, or reads that of a finished
// dataset.
func (y *Yard) mixOf(ctx context.Context, req EstimateRequest, progress func(mix.Progress)) (*recipes.Recipe, *Prepared, error) {
	if _, err := os.Stat(filepath.Join(req.What, mix.ManifestFile)); err == nil {
		d, err := mix.OpenDataset(req.What)
		if err != nil {
			return nil, nil, err
		}
		r, err := datasetRecipe(d, recipes.Options{Overrides: req.Overrides})
		return r, &Prepared{Out: req.What, Reused: true, Manifest: d.Manifest}, err
	}
	if err := refuseUnfinished(req.What); err != nil {
		return nil, nil, err
	}
	r, err := y.Recipe(req.What, "", req.Overrides)
	if err != nil {
		return nil, nil, err
	}
	prepared, err := y.prepare(ctx, r, PrepareRequest{DryRun: true}, progress)
	return r, prepared, err
}

// trainingOf is a recipe's training on a mix. Parameters are read by the names
// that LLaMA-Factory and the Trainer of transformers share.
func trainingOf(r *recipes.Recipe, m *mix.Manifest) *estimate.Training {
	side := &m.Totals.Train
	t := &estimate.Training{
		Method: r.Train.Method, Rows: side.Rows, Tokens: side.Tokens, Squares: side.Lengths.Squares,
		Longest: int64(m.Window), Epochs: r.Train.Epochs, Batch: r.Train.Batch, FusedLoss: true,
	}
	if side.Lengths.Squares > 0 {
		t.Lengths = slices.Clone(side.Lengths.Quantiles[:])
		t.Longest = t.Lengths[len(t.Lengths)-1]
	}
	if fused, said := r.Train.Params["enable_liger_kernel"].(bool); said {
		t.FusedLoss = fused
	}
	if n, said := r.Train.Params["per_device_train_batch_size"].(int64); said {
		t.PerDevice = int(n)
	}
	return t
}

// shapeOf finds the dimensions of a checkpoint: in its directory, if that is on
// this machine, or by its name.
func shapeOf(base string) (s estimate.Shape, from string, err error) {
	if base == "" {
		return s, "", errors.New("model.base is not set: name a checkpoint, such as model.base=Qwen/Qwen2.5-Coder-32B-Instruct")
	}
	file := filepath.Join(base, "config.json")
	if _, err := os.Stat(file); err == nil {
		s, err = shapeIn(file)
		return s, file, err
	}
	name, s, ok := estimate.ForCheckpoint(base)
	if !ok {
		err = fmt.Errorf("the dimensions of %s are not known: there are %s, and the config.json of a directory on this machine", base, strings.Join(estimate.ShapeNames(), ", "))
	}
	return s, name, err
}

func shapeIn(file string) (s estimate.Shape, err error) {
	data, err := regular.ReadFile(file)
	if err != nil {
		return s, fmt.Errorf("read the model's shape: %w", err)
	}
	if s, err = estimate.ParseConfig(data); err != nil {
		err = fmt.Errorf("read the model's shape: %s: %w", file, err)
	}
	return s, err
}

// ownPrice is the price that the user gave for the GPUs, 0 for none.
func ownPrice(sites []estimate.Site) float64 {
	if len(sites) == 0 {
		return 0
	}
	return sites[0].Price
}
