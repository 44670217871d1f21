package yard

import (
	"context"
	"fmt"
	"slices"

	"trainyard/launch/stats"
)

// A CompareRequest says what is compared, and how.
type CompareRequest struct {
	// What names the sides: ids of runs, ids joined by commas, SWEEP:ARM, or a sweep for
	// all its arms; NAME= in front names a side. Every side is compared with the first.
	// None: the folders of Trajectories are the sides.
	What    []string `json:"what"`
	Trainer string   `json:"trainer,omitempty"` // of sweeps, instead of the recipe's, as their cells were run with
	Choosing
	Level float64 `json:"level,omitempty"` // of intervals; 0 means 0.95
	// Tolerance is the part by which trained tokens may differ; 0 means 0.05.
	Tolerance float64 `json:"tolerance,omitempty"`
	// Curve is the figure that is drawn, as trainers name it, by one of [Measures];
	// empty: loss, by step.
	Curve string `json:"curve,omitempty"`
	By    string `json:"by,omitempty"`
	// Trajectories are those of evaluations, by the names or the words of sides.
	Trajectories []TrajectoriesOf `json:"trajectories,omitempty"`
	Records      int              `json:"records,omitempty"` // of datasets, to list of each kind; 0: none
}

// A TrajectoriesOf says where the trajectories of a side's evaluation lie.
type TrajectoriesOf struct {
	Side string `json:"side"` // its name, the word that asked for it, or its number from 1
	Path string `json:"path"`
}

// A RunComparison is what tells the sides apart.
type RunComparison struct {
	Sides  []Side         `json:"sides"`
	Config []ConfigChange `json:"config"` // keys that not all sides say alike
	// Data has the dataset of each other side against the first one's.
	Data        []DataComparison      `json:"data"`
	Evaluations []JudgedComparison    `json:"evaluations"`
	Unjudged    []string              `json:"unjudged,omitempty"` // what keeps results from being compared, in words
	Curves      *CurveComparison      `json:"curves,omitempty"`
	NoCurves    string                `json:"no_curves,omitempty"` // why there are none
	Behaviour   []BehaviourComparison `json:"behaviour,omitempty"`
	Warnings    []stats.Warning       `json:"warnings"`
}

// Compare compares runs, arms and sweeps as the ledger has them: no backend is asked
// and nothing is written.
func (y *Yard) Compare(ctx context.Context, req CompareRequest) (*RunComparison, error) {
	if req.Level == 0 {
		req.Level = 0.95
	}
	if err := req.Check(); err != nil {
		return nil, err
	}
	if len(req.What) == 0 {
		return y.compareFolders(ctx, req)
	}
	l, err := y.Launcher()
	if err != nil {
		return nil, err
	}
	c := &RunComparison{Warnings: []stats.Warning{}}
	if c.Sides, err = y.sides(ctx, l, req); err != nil {
		return nil, err
	}
	places, err := req.trajectoriesOf(c.Sides)
	if err != nil {
		return nil, err
	}
	said := y.saidBy(c.Sides)
	c.Config, c.Warnings = configChanges(c.Sides, said), append(c.Warnings, pooledRecipes(c.Sides, said)...)
	if c.Data, err = y.compareData(ctx, c.Sides, req.Records); err != nil {
		return nil, err
	}
	if err := c.judge(ctx, l.Ledger, req); err != nil {
		return nil, err
	}
	if err := c.draw(ctx, l.Ledger, req); err != nil {
		return nil, err
	}
	if c.Behaviour, err = y.compareBehaviour(ctx, c.Sides, places, req.Level); err != nil {
		return nil, err
	}
	c.warn(ctx, req)
	return c, nil
}

// compareFolders compares what agents do in folders of trajectories that belong to no run:
// each is a side, by its name.
func (y *Yard) compareFolders(ctx context.Context, req CompareRequest) (*RunComparison, error) {
	c := &RunComparison{Sides: []Side{}, Config: []ConfigChange{}, Data: []DataComparison{}, Evaluations: []JudgedComparison{}, Warnings: []stats.Warning{}}
	for _, t := range req.Trajectories {
		if slices.ContainsFunc(c.Sides, func(s Side) bool { return s.Name == t.Side }) {
			return nil, fmt.Errorf("--trajectories %s=%s: %s is the name of two folders", t.Side, t.Path, t.Side)
		}
		c.Sides = append(c.Sides, Side{Name: t.Side})
	}
	places, err := req.trajectoriesOf(c.Sides)
	if err != nil {
		return nil, err
	}
	c.Behaviour, err = y.compareBehaviour(ctx, c.Sides, places, req.Level)
	return c, err
}

// Check refuses a step and a tolerance that can be none. A tolerance of 0 is the default.
func (req CompareRequest) Check() error {
	if !(req.Tolerance >= 0 && req.Tolerance < 1) {
		return fmt.Errorf("a tolerance of %v: trained tokens may differ by a part between 0 and 1", req.Tolerance)
	}
	return req.check()
}

// trajectoriesOf finds the side of each directory.
func (req CompareRequest) trajectoriesOf(sides []Side) (map[int]string, error) {
	places := map[int]string{}
	for _, t := range req.Trajectories {
		i := slices.IndexFunc(sides, func(s Side) bool { return s.Name == t.Side })
		if i < 0 && len(sides) == len(req.What) {
			i = slices.Index(req.What, t.Side)
		}
		if i < 0 {
			i = slices.IndexFunc(sides, func(s Side) bool {
				return fmt.Sprint(slices.IndexFunc(sides, func(o Side) bool { return o.Name == s.Name })+1) == t.Side
			})
		}
		if i < 0 {
			return nil, fmt.Errorf("--trajectories %s=%s: no side has that name; there are %s, or their numbers from 1", t.Side, t.Path, namesOf(sides))
		}
		if was, twice := places[i]; twice {
			return nil, fmt.Errorf("--trajectories %s=%s: %s has those below %s already", t.Side, t.Path, sides[i].Name, was)
		}
		places[i] = t.Path
	}
	return places, nil
}

func namesOf(sides []Side) (text string) {
	for i, s := range sides {
		if i > 0 {
			text += ", "
		}
		text += s.Name
	}
	return text
}

// warn adds what makes the whole comparison doubtful; each evaluation has its own.
func (c *RunComparison) warn(ctx context.Context, req CompareRequest) {
	first := c.Sides[0]
	for _, other := range c.Sides[1:] {
		t := stats.Tokens{Tolerance: req.Tolerance}
		if first.Trained != nil && other.Trained != nil {
			t.First, t.Second = *first.Trained, *other.Trained
		}
		c.Warnings = append(c.Warnings, t.Differ(first.Name, other.Name)...)
	}
	c.Warnings = append(c.Warnings, c.overlaps(ctx)...)
}
