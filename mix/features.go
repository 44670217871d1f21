package mix

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/mix/convert"
	"trainyard/mix/sample"
)

// Features are what selections and the train order go by, besides the lengths
// that every item has.
type features struct {
	columns  map[string][]float64 // by name, a value for each item that was read; NaN is unknown
	teachers []string             // by Item.Teacher
}

// CheckFeature says that nothing is called so, and what may be meant.
func CheckFeature(name string) error {
	if _, fact := sample.Facts[name]; fact || name == sample.PassRate {
		return nil
	}
	if near := format.Closest(name, []string{sample.PassRate}); near != "" {
		return fmt.Errorf("no feature is called %q (did you mean %q?)", name, near)
	}
	_, err := evidence.NewMeasure(name)
	return err
}

// features that a source's selections name, and those of sources that are
// matched to it, and that of the order.
func (c *Config) featuresOf(k int) map[string]bool {
	names := map[string]bool{}
	for n := range c.Sources {
		for _, step := range c.Sources[n].Select {
			if n == k || slices.Contains(step.With, c.Sources[k].Name) {
				for _, name := range step.Features() {
					names[name] = true
				}
			}
		}
	}
	names[cmp.Or(c.Order.By, Shuffle)] = true
	delete(names, Shuffle)
	maps.DeleteFunc(names, func(name string, _ bool) bool { _, fact := sample.Facts[name]; return fact })
	return names
}

// A measured keeps what is measured while records are read, in columns beside
// the items.
type measured struct {
	names    []string
	measures [][]*evidence.Measure // for each source, by name; nil where it needs it not
	columns  [][]float64           // by name
	teachers *names
	rates    bool // pass rates are asked for
	trials   map[instance]rate
}

// An instance is one of one source; a rate, how its rollouts went.
type (
	instance struct {
		source int32
		key    uint64
	}
	rate struct{ passed, tried int32 }
)

func newMeasured(cfg *Config) measured {
	m := measured{teachers: newNames(), trials: map[instance]rate{}}
	all := map[string]bool{}
	for k := range cfg.Sources {
		maps.Copy(all, cfg.featuresOf(k))
	}
	m.rates = all[sample.PassRate]
	delete(all, sample.PassRate)
	m.names = slices.Sorted(maps.Keys(all))
	m.columns = make([][]float64, len(m.names))
	for k := range cfg.Sources {
		own, measures := cfg.featuresOf(k), make([]*evidence.Measure, len(m.names))
		for n, name := range m.names {
			if own[name] {
				measures[n], _ = evidence.NewMeasure(name) // checked before
			}
		}
		m.measures = append(m.measures, measures)
	}
	return m
}

// A trial is one judged rollout of an instance.
type trial struct {
	repo, inst     string
	passed, judged bool
}

// trial is what a record says of its instance, whatever becomes of it later.
func (w *worker) trial(done convert.Result) (t trial) {
	if done.Reached >= convert.Judged && done.Verdict.Outcome != evidence.Unknown {
		t = trial{cmp.Or(done.Traj.Repo, w.source.Repo), done.Traj.InstanceID, done.Verdict.Outcome == evidence.Accepted, true}
	}
	return t
}

// values measures a record, where the recipe names something to measure.
func (w *worker) values(rec format.Record, done convert.Result) []float64 {
	if len(w.measures) == 0 {
		return nil
	}
	values := make([]float64, len(w.measures))
	subject := evidence.Subject{Record: rec, Trajectory: done.Traj, Chat: done.Chat, Tokens: len(done.Example.IDs), Trained: done.Example.Trained()}
	for n, m := range w.measures {
		if values[n] = math.NaN(); m != nil {
			values[n] = m.Of(subject)
		}
	}
	return values
}

// try counts a trial.
func (m *measured) try(source *Source, res *result) {
	if !m.rates || !res.trial.judged {
		return
	}
	key := instanceKey(instanceName(source.Name, format.NormalRepo(res.trial.repo), res.trial.inst))
	at := instance{res.item.Source, key}
	r := m.trials[at]
	r.tried++
	if res.trial.passed {
		r.passed++
	}
	m.trials[at] = r
}

// add keeps what was measured of an item.
func (m *measured) add(it *Item, res *result) {
	it.Teacher = m.teachers.id(res.teacher)
	for n, x := range res.values {
		m.columns[n] = append(m.columns[n], x)
	}
}

// features are all that was measured, pass rates with it.
func (r *reading) features() features {
	m := &r.measured
	f := features{columns: map[string][]float64{}, teachers: m.teachers.list}
	for n, name := range m.names {
		f.columns[name] = m.columns[n]
	}
	if m.rates {
		f.columns[sample.PassRate] = r.passRates()
	}
	return f
}

func (r *reading) passRates() []float64 {
	rates := make([]float64, len(r.items))
	for i := range r.items {
		it := &r.items[i]
		t := r.measured.trials[instance{it.Source, it.Instance}]
		if rates[i] = math.NaN(); it.Instance != 0 && t.tried > 0 {
			rates[i] = float64(t.passed) / float64(t.tried)
		}
	}
	return rates
}

// measuresOf are the features of a source that are measured in each record.
func (c *Config) measuresOf(k int) []string {
	all := c.featuresOf(k)
	delete(all, sample.PassRate)
	return slices.Sorted(maps.Keys(all))
}
