package smoke

import (
	"math"
	"math/rand/v2"
)

// A plan is the schedule of a run: which rows a step takes and how fast it
// learns. It follows from the Config and the number of rows alone.
type plan struct {
	rows, batch int
	perEpoch    int // steps in an epoch; its last step may be short
	steps       int
	warmup      int
	peak        float64
	seed        uint64

	epochOf int // of order; -1 before the first
	order   []int32
}

// warmupShare of the steps raise the rate to its peak, the rest lower it to 0.
const warmupShare = 0.05

func newPlan(cfg Config, rows int) *plan {
	perEpoch := (rows + cfg.BatchSize - 1) / cfg.BatchSize
	steps := max(int(math.Ceil(cfg.Epochs*float64(perEpoch)-1e-9)), 1)
	if cfg.MaxSteps > 0 {
		steps = cfg.MaxSteps
	}
	return &plan{
		rows: rows, batch: cfg.BatchSize, perEpoch: perEpoch, steps: steps,
		warmup: int(math.Ceil(warmupShare * float64(steps))), peak: cfg.LearningRate,
		seed: uint64(cfg.Seed), epochOf: -1,
	}
}

// batchOf lists the rows of a step; steps count from 1. Every epoch is a new
// permutation of all rows, drawn from (seed, epoch), so that a run resumes in
// the middle of one without replaying it. It takes 4 bytes a row; rows are
// fetched from disk one at a time.
func (p *plan) batchOf(step int) []int32 {
	epoch := (step - 1) / p.perEpoch
	if p.epochOf != epoch {
		p.shuffle(epoch)
	}
	from := (step - 1) % p.perEpoch * p.batch
	return p.order[from:min(from+p.batch, p.rows)]
}

func (p *plan) shuffle(epoch int) {
	p.epochOf = epoch
	p.order = p.order[:0]
	for i := range p.rows {
		p.order = append(p.order, int32(i))
	}
	random := rand.New(rand.NewPCG(p.seed, uint64(epoch)))
	random.Shuffle(p.rows, func(i, j int) { p.order[i], p.order[j] = p.order[j], p.order[i] })
}

// rate is the learning rate of a step.
func (p *plan) rate(step int) float64 {
	if step <= p.warmup {
		return p.peak * float64(step) / float64(p.warmup)
	}
	return p.peak * float64(p.steps-step+1) / float64(p.steps-p.warmup+1)
}

// epoch is how many epochs are done after a step, to four places.
func (p *plan) epoch(step int) float64 {
	return rounded(float64(step)/float64(p.perEpoch), 4)
}

// epochEnds tells whether an epoch, or the run, is over after a step.
func (p *plan) epochEnds(step int) bool {
	return step%p.perEpoch == 0 || step == p.steps
}

func rounded(x float64, places int) float64 {
	scale := math.Pow10(places)
	return math.Round(x*scale) / scale
}
