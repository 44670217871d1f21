package yard

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/dialect"
	"trainyard/launch/stats"
)

// A BehaviourComparison is one thing that agents do, in the trajectories of each side
// that gave some.
type BehaviourComparison struct {
	Measure string          `json:"measure"`
	Unit    string          `json:"unit"` // of what the mean is: trajectories, steps
	Share   bool            `json:"share"`
	Sides   []BehaviourSide `json:"sides"`
}

// A BehaviourSide is what a side does, and how far that is from the first one. Where
// both have trajectories on the same instances they are paired.
type BehaviourSide struct {
	Side         string          `json:"side"`
	Trajectories int             `json:"trajectories"`
	Unread       int             `json:"unread,omitempty"` // records that are no trajectory
	Mean         stats.Estimate  `json:"mean"`
	Difference   *stats.Estimate `json:"difference,omitempty"` // second minus first; nil of the first
	Paired       bool            `json:"paired,omitempty"`
}

// A habit is one measure of a trajectory: 0 or 1 where it holds or does not.
type habit struct {
	name, unit string
	of         func(t *format.Trajectory, f *behaviour.Features, flags map[string]bool) float64
}

// habits are those of the error analyses of Hybrid-Gym: before training an agent turns
// in circles and edits before it has run anything.
var habits = []habit{
	{"loops", "of trajectories", func(_ *format.Trajectory, _ *behaviour.Features, flags map[string]bool) float64 {
		return float64(one(flags[behaviour.FlagLoop]))
	}},
	{"stuck", "of trajectories", func(_ *format.Trajectory, _ *behaviour.Features, flags map[string]bool) float64 {
		return float64(one(flags[behaviour.FlagStuck]))
	}},
	{"source edit", "of trajectories", func(_ *format.Trajectory, f *behaviour.Features, _ map[string]bool) float64 {
		return float64(one(f.SourceEdit))
	}},
	{"patch recorded", "of trajectories", func(t *format.Trajectory, _ *behaviour.Features, _ map[string]bool) float64 {
		return float64(one(t.Patch != ""))
	}},
	{"run before first edit", "of trajectories", func(_ *format.Trajectory, f *behaviour.Features, _ map[string]bool) float64 {
		return float64(one(f.RunBeforeEdit))
	}},
	{"run after last edit", "of trajectories", func(_ *format.Trajectory, f *behaviour.Features, _ map[string]bool) float64 {
		return float64(one(f.RunAfterEdit))
	}},
	{"tests run", "of trajectories", func(_ *format.Trajectory, f *behaviour.Features, _ map[string]bool) float64 {
		return float64(one(f.TestRunner))
	}},
	{"exploration", "of steps", func(_ *format.Trajectory, f *behaviour.Features, _ map[string]bool) float64 { return f.Exploration }},
	{"implementation", "of steps", func(_ *format.Trajectory, f *behaviour.Features, _ map[string]bool) float64 {
		return f.Implementation
	}},
	{"execution", "of steps", func(_ *format.Trajectory, f *behaviour.Features, _ map[string]bool) float64 { return f.Execution }},
	{"reasoning", "of steps", func(_ *format.Trajectory, f *behaviour.Features, _ map[string]bool) float64 { return f.Reasoning }},
	{"verification", "of steps", func(_ *format.Trajectory, f *behaviour.Features, _ map[string]bool) float64 { return f.Verification }},
	{"steps", "steps a trajectory", func(_ *format.Trajectory, f *behaviour.Features, _ map[string]bool) float64 {
		return float64(f.Steps)
	}},
}

// An acted is what trajectories of one side do, by habit: a score for each trajectory.
type acted struct {
	runs   map[string]stats.Run
	unread int
}

// compareBehaviour reads the trajectories of the sides that have some.
func (y *Yard) compareBehaviour(ctx context.Context, sides []Side, places map[int]string, level float64) ([]BehaviourComparison, error) {
	var order []int
	found := map[int]*acted{}
	for _, i := range slices.Sorted(maps.Keys(places)) {
		a, err := readActs(ctx, sides[i].Name, places[i], y.Workers)
		if err != nil {
			return nil, err
		}
		found[i], order = a, append(order, i)
	}
	var all []BehaviourComparison
	for _, h := range habits {
		if len(order) == 0 {
			break
		}
		c := BehaviourComparison{Measure: h.name, Unit: h.unit, Share: h.name != "steps"}
		for _, i := range order {
			side, err := behaves(found[order[0]].runs[h.name], found[i].runs[h.name], i == order[0], level)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", h.name, err)
			}
			side.Side, side.Unread = sides[i].Name, found[i].unread
			c.Sides = append(c.Sides, side)
		}
		all = append(all, c)
	}
	return all, nil
}

// behaves says how often a side does something, and how that differs from the first.
func behaves(first, mine stats.Run, isFirst bool, level float64) (s BehaviourSide, err error) {
	s.Trajectories = len(mine.Scores)
	if s.Mean, err = stats.Mean(stats.Cell{Name: mine.Name, Runs: []stats.Run{mine}}, level); err != nil || isFirst {
		return s, err
	}
	if sharesAny(first, mine) {
		p, err := stats.Pair(first, mine)
		if err != nil {
			return s, err
		}
		d, err := stats.Difference(p, stats.Options{Level: level})
		s.Difference, s.Paired = &d, true
		return s, err
	}
	if solvedA, solvedB := ones(first), ones(mine); solvedA >= 0 && solvedB >= 0 {
		d, err := stats.RateDifference(solvedA, len(first.Scores), solvedB, len(mine.Scores), level)
		s.Difference = &d
		return s, err
	}
	return s, nil
}

// ones counts the scores of 1; -1 where others than 0 and 1 are there.
func ones(r stats.Run) (n int) {
	for _, score := range r.Scores {
		switch score {
		case 1:
			n++
		case 0:
		default:
			return -1
		}
	}
	return n
}

// An act is one trajectory measured.
type act struct {
	id     string
	scores []float64
}

// readActs measures the trajectories of a file, a folder or a glob, in whichever dialect.
func readActs(ctx context.Context, side, path string, workers int) (*acted, error) {
	src, err := dialect.Open(dialect.Input{Path: path, Format: dialect.Auto})
	if err != nil {
		return nil, fmt.Errorf("trajectories of %s: %w", side, err)
	}
	a := &acted{runs: map[string]stats.Run{}}
	for _, h := range habits {
		a.runs[h.name] = stats.Run{Name: side, Scores: map[string]float64{}}
	}
	work := func() func(format.Record) act {
		return func(rec format.Record) act { return measured(src.Parse(rec)) }
	}
	err = dialect.Ordered(ctx, src, cmp.Or(workers, runtime.GOMAXPROCS(0)), work, func(m act) error {
		if m.scores == nil {
			a.unread++
			return nil
		}
		id := m.id
		for n := 2; ; n++ { // several attempts at one instance
			if _, met := a.runs[habits[0].name].Scores[id]; !met {
				break
			}
			id = fmt.Sprintf("%s attempt %d", m.id, n)
		}
		for i, h := range habits {
			a.runs[h.name].Scores[id] = m.scores[i]
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("trajectories of %s: %w", side, err)
	}
	if len(a.runs[habits[0].name].Scores) == 0 {
		return nil, fmt.Errorf("trajectories of %s: there is none in %s that could be read, of %d records (trainyard inspect %s says why)", side, path, a.unread, path)
	}
	return a, nil
}

func measured(t *format.Trajectory, err error) act {
	if err != nil {
		return act{}
	}
	f := behaviour.Measure(t)
	flags := map[string]bool{}
	for _, name := range behaviour.Flags(t, nil) {
		flags[name] = true
	}
	m := act{id: t.InstanceID}
	if m.id == "" {
		m.id = t.ID
	}
	m.id = format.NormalInstance(m.id)
	for _, h := range habits {
		m.scores = append(m.scores, h.of(t, &f, flags))
	}
	return m
}
