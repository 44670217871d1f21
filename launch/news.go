package launch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"trainyard/launch/redact"
)

// A place is how far the words of a trainer have been read: those of its own
// log, as long as that tells no step those of transformers on standard output, and
// those in its checkpoints, of which the log may have told a part.
type place struct {
	Progress cursor `json:"progress"`
	Told     bool   `json:"told,omitempty"` // the progress log holds a step
	Log      cursor `json:"log"`
	Bar      bar    `json:"bar"`
	State    string `json:"state,omitempty"` // the trainer_state.json read last: name, size, time
	lastGradient
	pace
}

// A pace is where the steps of the progress log stand, and how far apart they are.
type pace struct {
	Last int64 `json:"last,omitempty"`
	Gap  int64 `json:"gap,omitempty"`
}

// backwards is how many lines' worth of steps a trainer goes back that begins again in
// the same log. Ranks that write side by side are never that far apart.
const backwards = 4

// restarted takes the next step, and reports whether the trainer has begun again: its
// launcher has restarted it, from its beginning or from a checkpoint.
func (p *pace) restarted(step int64) bool {
	restarted := p.Last-step >= backwards*max(p.Gap, 1)
	switch {
	case restarted:
		*p = pace{Last: step}
	case step > p.Last:
		p.Last, p.Gap = step, step-p.Last
	}
	return restarted
}

// A lastGradient is what the newest line with a gradient told.
type lastGradient struct {
	NaNGrad bool     `json:"nan_grad,omitempty"`
	NaNRate *float64 `json:"nan_rate,omitempty"` // the learning rate beside a NaN
}

// news is what a trainer has told since the place before.
type news struct {
	metrics     []Metric // as they were told
	beside      []Metric // what a checkpoint tells beyond the log
	saved       *int64   // step of the newest checkpoint
	fresh       bool     // its log was begun anew: these metrics begin a new segment
	starts      []int    // metrics that each begin a new segment, because the trainer began again
	step, total int64    // where the trainer stands, beyond the metrics
	unread      int64    // lines that were not understood
	example     string   // the first of them
	at          time.Time
	more        bool  // there is more to read
	trouble     error // what could not be read, and why
}

// hear reads what the run's trainer has told since p. whole says that it has
// ended and that no more will come. What failed without a handle was never started,
// and told nothing.
func (l *Launcher) hear(ctx context.Context, run Run, backend Backend, p place, whole bool) (news, place) {
	if run.Handle == "" && run.State == Failed {
		return news{}, p
	}
	h := hearing{ctx: ctx, backend: backend, dir: l.Dir(run), run: run, place: p, whole: whole}
	if run.Progress != "" {
		h.try("the progress log", h.progress)
	}
	if !h.place.Told {
		h.try("the log", h.output)
	}
	if !h.place.Told || whole || len(h.news.metrics) > 0 { // where nothing is new, nothing was saved
		h.try(stateName, h.state)
	}
	h.place.lastGradient = gradients(h.news.metrics, h.place.lastGradient)
	gradients(h.news.beside, lastGradient{})
	return h.news, h.place
}

type hearing struct {
	ctx     context.Context
	backend Backend
	dir     string
	run     Run
	whole   bool
	place   place
	news    news
}

// try reads one source. What is not there yet is no trouble.
func (h *hearing) try(what string, read func() error) {
	if err := unlessMissing(read()); err != nil {
		h.news.trouble = errors.Join(h.news.trouble, fmt.Errorf("%s could not be read: %w", what, err))
	}
}

func (h *hearing) open(name string, use func(*OpenFile) error) error {
	f, err := h.backend.Open(h.ctx, h.dir, h.run.Handle, name)
	if err != nil {
		return err
	}
	defer f.Close()
	return use(f)
}

// progress reads the trainer's own log. It may be begun anew while it is read:
// what was read stands on what was read before only if that is still there.
func (h *hearing) progress() error {
	return h.open(h.run.Progress, func(f *OpenFile) error {
		for range maxRewrites {
			before := *h
			if err := h.readProgress(f); err != nil {
				return err
			}
			if same, err := before.place.Progress.same(f); err != nil || same || h.news.fresh || !before.place.Told {
				return err
			}
			*h = before
		}
		return errRewritten
	})
}

// maxRewrites is how often a log may be begun anew during one look.
const maxRewrites = 3

var errRewritten = errors.New("it is begun anew all the time")

func (h *hearing) readProgress(f *OpenFile) error {
	same, err := h.place.Progress.same(f)
	if err != nil {
		return err
	}
	if !same {
		h.place.Progress, h.place.pace = cursor{}, pace{}
		h.news.fresh = h.place.Told
	}
	return h.follow(f, &h.place.Progress, func(line []byte) bool {
		before := len(h.news.metrics)
		var unread bool
		h.news.metrics, unread = readLine(h.news.metrics, line)
		h.place.Told = h.place.Told || len(h.news.metrics) > before
		for i := before; i < len(h.news.metrics); i++ {
			if h.place.restarted(h.news.metrics[i].Step) {
				h.news.starts = append(h.news.starts, i)
			}
		}
		return unread
	})
}

func (h *hearing) output() error {
	return h.open(LogName, func(f *OpenFile) error {
		if same, err := h.place.Log.same(f); err != nil {
			return err
		} else if !same {
			h.place.Log, h.place.Bar = cursor{}, bar{}
		}
		err := h.follow(f, &h.place.Log, func(line []byte) (unread bool) {
			h.news.metrics, unread = h.place.Bar.read(h.news.metrics, line)
			h.news.step, h.news.total = h.place.Bar.Step, h.place.Bar.Total
			return unread
		})
		if h.whole && !h.news.more {
			var unread bool
			if h.news.metrics, unread = h.place.Bar.end(h.news.metrics); unread {
				h.miss([]byte("a loss without its step"))
			}
		}
		return err
	})
}

// follow reads on from a cursor. read reports a line that it did not understand.
func (h *hearing) follow(f *OpenFile, at *cursor, read func(line []byte) (unread bool)) error {
	before := len(h.news.metrics)
	next, err := at.read(f, h.whole, func(line []byte) {
		if read(line) && len(line) > 0 {
			h.miss(line)
		}
	})
	if err != nil {
		return err
	}
	h.news.more = h.news.more || next.At > at.At && next.At < f.Size
	if h.moves(h.news.metrics[before:]) || at == &h.place.Progress && h.place.Told && f.ModTime.Before(h.run.ToldAt) {
		h.news.at = f.ModTime
	}
	*at = next
	return nil
}

// moves reports whether lines show that the trainer goes on: a step, or an evaluation.
// One that tells its temperature, or the same step again and again, does not.
func (h *hearing) moves(lines []Metric) bool {
	return h.news.fresh && len(lines) > 0 || slices.ContainsFunc(lines, func(m Metric) bool { return m.Step != h.run.Step || m.EvalLoss != nil })
}

func (h *hearing) miss(line []byte) {
	if h.news.unread++; h.news.unread == 1 {
		h.news.example = redact.OneLine(redact.Here(string(line)), 120)
	}
}

// state reads the newest trainer_state.json if it is not the one read last. It
// holds the whole curve, also of the attempts that it was resumed from. A trainer
// that keeps a log of its own tells there how far it is; its checkpoint has figures
// beside, such as the gradient's norm.
func (h *hearing) state() error {
	name, err := newestState(h.ctx, h.backend, h.dir, h.run)
	if err != nil || name == "" {
		return err
	}
	return h.open(name, func(f *OpenFile) error {
		version := fmt.Sprint(name, " ", f.Size, " ", f.ModTime.UnixNano())
		if version == h.place.State {
			return nil
		}
		s, err := readState(f)
		if err != nil {
			return err
		}
		h.place.State = version
		h.news.saved = savedStep(name)
		curve := s.own(h.run)
		if h.place.Told {
			h.news.beside = curve
			return nil
		}
		h.news.metrics = append(h.news.metrics, curve...)
		h.news.step, h.news.total, h.news.at = max(h.news.step, s.step), max(h.news.total, s.total), f.ModTime
		return nil
	})
}

// gradients finds a divergence that the loss hides: transformers replaces the
// loss of a NaN step by a mean unless it is told not to, but not the gradient's
// norm. One NaN may be a step that was skipped, two in a row are none, unless the
// learning rate stands still beside a loss: fp16 begins with a scale that is too
// large, and skips steps until it is not. It takes and gives what the newest norm was.
func gradients(metrics []Metric, last lastGradient) lastGradient {
	for i := range metrics {
		m := &metrics[i]
		if m.GradNorm == nil {
			continue
		}
		now := lastGradient{NaNGrad: *m.GradNorm != *m.GradNorm}
		if now.NaNGrad {
			now.NaNRate = m.LR
		}
		m.Diverged = m.Diverged || now.NaNGrad && last.NaNGrad && !skips(*m, last)
		last = now
	}
	return last
}

func skips(m Metric, last lastGradient) bool {
	return m.Loss != nil && m.LR != nil && last.NaNRate != nil && *m.LR == *last.NaNRate
}
