package yard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/recipes"
)

// A Side is what is compared with others: one run, or several of one recipe that
// differ by the seed.
type Side struct {
	Name string    `json:"name"`
	Runs []SideRun `json:"runs"`
	// GPUHours and Dollars are what all its runs have cost, with their evaluations; nil is
	// not known of all.
	Total
	// Tokens is what its runs have trained on, on average, of the tokens inside the
	// loss: those of the dataset by the passes that were made; nil is not known.
	Trained *int64 `json:"trained_tokens"`
}

// A SideRun is one run of a side, as the ledger has it.
type SideRun struct {
	ID         string       `json:"id"`
	Cell       string       `json:"cell,omitempty"` // as its sweep calls it
	Recipe     string       `json:"recipe"`
	State      launch.State `json:"state"`
	Seed       int64        `json:"seed"`
	Step       int64        `json:"step"`
	TotalSteps int64        `json:"total_steps"`
	Loss       *float64     `json:"loss"`
	EvalLoss   *float64     `json:"eval_loss"`
	Dataset    string       `json:"dataset"`
	Tokens     *int64       `json:"tokens"`         // as its trainer counts; nil: it does not tell
	Trained    *int64       `json:"trained_tokens"` // see Side.Trained
	Total

	run launch.Run
}

// ErrSides says that there is nothing to compare.
var ErrSides = errors.New("a comparison needs two sides")

// sides finds what words of a comparison mean. Each is the id of a run, ids joined by
// commas, SWEEP:ARM, or a sweep, which stands for all its arms that have runs; NAME= in
// front gives it a name.
func (y *Yard) sides(ctx context.Context, l *launch.Launcher, req CompareRequest) ([]Side, error) {
	finder, words := &sideFinder{y: y, l: l, o: recipes.Options{Trainer: req.Trainer}}, req.What
	var all []Side
	var faults []error
	for _, word := range words {
		found, err := finder.of(ctx, word)
		all, faults = append(all, found...), append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if len(all) < 2 {
		return nil, fmt.Errorf("%w: %s is one; name another run, arm (SWEEP:ARM) or sweep", ErrSides, strings.Join(words, " "))
	}
	nameApart(all)
	if err := apart(all); err != nil {
		return nil, err
	}
	return all, learnSides(ctx, l.Ledger, all)
}

// A sideFinder reads the words of one comparison.
type sideFinder struct {
	y *Yard
	l *launch.Launcher
	o recipes.Options // of sweeps
}

func (f *sideFinder) of(ctx context.Context, word string) ([]Side, error) {
	label, rest, labelled := strings.Cut(word, "=")
	if !labelled || strings.ContainsAny(label, ":/,") {
		label, rest = "", word
	}
	found, err := f.find(ctx, rest)
	if err != nil {
		return nil, err
	}
	switch {
	case label == "":
	case len(found) == 1:
		found[0].Name = label
	default:
		file, _, _ := strings.Cut(rest, ":")
		var each []string
		for _, s := range found {
			each = append(each, label+"="+file+":"+s.Name)
		}
		return nil, fmt.Errorf("%s: %s stands for %d arms, and a name is for one: say %s", word, rest, len(found), fewOf(each, " or "))
	}
	return found, nil
}

// find reads a word without its label.
func (f *sideFinder) find(ctx context.Context, word string) ([]Side, error) {
	if file, arm, is := strings.Cut(word, ":"); is {
		return f.arms(ctx, file, arm)
	}
	if ids := strings.Split(word, ","); len(ids) > 1 || isID(word) {
		var side Side
		for _, id := range ids {
			run, err := f.run(ctx, id)
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(side.Runs, func(r SideRun) bool { return r.ID == run.ID }) {
				return nil, fmt.Errorf("%s: run %s is named twice", word, run.ID)
			}
			side.Runs = append(side.Runs, sideRun(run))
		}
		return []Side{side}, nil
	}
	return f.arms(ctx, word, "")
}

// run is brought up to date where it goes on; what cannot be seen now is as it was.
func (f *sideFinder) run(ctx context.Context, id string) (launch.Run, error) {
	run, err := f.l.Ledger.Find(ctx, id)
	if err != nil || run.State.Ended() {
		return run, err
	}
	if fresh, err := f.l.Refresh(ctx, run); err == nil || launch.Unrecorded(err) {
		return fresh, nil
	}
	return run, ctx.Err()
}

// isID says that a word is spelled as the id of a run is, and that no file has it.
func isID(word string) bool {
	_, err := os.Stat(word)
	return word != "" && strings.Trim(strings.ToLower(word), "0123456789abcdef-") == "" && err != nil
}

// arms are the arms of a sweep that have runs, or the one that is named: by its
// group, by an arm of several groups, or by one of its cells.
func (f *sideFinder) arms(ctx context.Context, file, arm string) ([]Side, error) {
	known, err := f.y.knownSweep(ctx, f.l, file, f.o)
	if err != nil {
		return nil, notKnown(file, err)
	}
	var all []Side
	at := map[string]int{}
	for _, c := range known.cells {
		name := c.Group
		switch arm {
		case "", c.Group, c.Arm:
		case c.Name:
			name = c.Name
		default:
			continue
		}
		i, there := at[name]
		if !there {
			i, at[name] = len(all), len(all)
			all = append(all, Side{Name: name})
		}
		if c.Run != nil && c.Same == "" {
			all[i].Runs = append(all[i].Runs, sideRun(*c.Run))
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the sweep %s has no arm or cell %q: it has %s", known.name, arm, strings.Join(known.groups(), ", "))
	}
	all = slices.DeleteFunc(all, func(s Side) bool { return len(s.Runs) == 0 })
	if len(all) == 0 {
		return nil, fmt.Errorf("no cell of the sweep %s has a run yet: trainyard sweep run starts them", strings.TrimSuffix(known.name+":"+arm, ":"))
	}
	return all, nil
}

// notKnown says that a word names nothing, where it is not the file that has faults.
func notKnown(word string, err error) error {
	if _, errFile := os.Stat(word); errFile == nil {
		return err
	}
	if _, built := recipes.BuiltIn(word); built {
		return err
	}
	return fmt.Errorf("%q is neither a run, nor a sweep: trainyard runs lists ids, trainyard list sweeps those that are built in; an arm is SWEEP:ARM", word)
}

func sideRun(r launch.Run) SideRun {
	return SideRun{
		ID: r.ID, Cell: r.Job.CellName, Recipe: r.Job.Recipe, State: r.State, Seed: r.Job.Seed, Step: r.Step, TotalSteps: r.TotalSteps,
		Loss: r.Loss, EvalLoss: r.EvalLoss, Dataset: r.Job.Dataset.Dir, run: r,
	}
}

// onOneLine keeps a name from breaking the lines that it stands in.
func onOneLine(name string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(name)
}

// nameApart names the sides that have no name by their recipes, and with an id those
// that would be alike.
func nameApart(all []Side) {
	count := map[string]int{}
	for i := range all {
		if s := &all[i]; s.Name == "" {
			s.Name = s.ofRuns()
		}
		all[i].Name = onOneLine(all[i].Name)
		count[all[i].Name]++
	}
	taken := map[string]bool{}
	for i := range all {
		name := all[i].Name
		if count[name] > 1 {
			name = fmt.Sprintf("%s %.8s", name, all[i].Runs[0].ID)
		}
		for taken[name] {
			name += "'"
		}
		taken[name], all[i].Name = true, name
	}
}

// ofRuns names a side by its run, or by what several of them have in common but the
// seed: of different recipes it has the names of all.
func (s *Side) ofRuns() string {
	var names []string
	for _, r := range s.Runs {
		name := cmp.Or(r.Cell, r.Recipe)
		if group := cellNamed(r.Cell).Group; len(s.Runs) > 1 && r.Cell != "" {
			if name = group; group == "base" {
				name = r.Recipe
			}
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return fewOf(names, " + ")
}
