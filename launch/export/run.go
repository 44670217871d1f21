package export

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// A Run is what is written.
type Run struct {
	ID      string            // the run's, which tells it from every other one
	Name    string            // for people, such as the recipe's
	Project string            // what it is filed under; empty: trainyard
	User    string            // who asked for it; may be empty
	State   string            // as launch names them
	Params  map[string]string // what was set: model, learning rate, …
	Tags    map[string]string // facts: dataset, backend, cost, …
	Created time.Time
	Ended   time.Time // zero while it goes on
	Points  []Point   // in any order
}

// A Point is one value of one key at one step.
type Point struct {
	Key   string
	Step  int64
	At    time.Time // zero where it is not known
	Value float64   // may be NaN or infinite
}

func (r Run) project() string { return cmp.Or(r.Project, "trainyard") }

// A row is all that was told at one step.
type row struct {
	step   int64
	at     time.Time
	values map[string]float64
}

func (r row) keys() []string { return slices.Sorted(maps.Keys(r.values)) }

// rows groups the points by step, in order. Of a key that was told twice at one
// step, the later one stands.
func (r Run) rows() []row {
	byStep := map[int64]*row{}
	for _, p := range r.Points {
		at := byStep[p.Step]
		if at == nil {
			at = &row{step: p.Step, at: r.Created, values: map[string]float64{}}
			byStep[p.Step] = at
		}
		at.values[p.Key] = p.Value
		if p.At.After(at.at) {
			at.at = p.At
		}
	}
	rows := make([]row, 0, len(byStep))
	for _, step := range slices.Sorted(maps.Keys(byStep)) {
		rows = append(rows, *byStep[step])
	}
	return rows
}

// keys are those of all points, sorted.
func (r Run) keys() []string {
	seen := map[string]bool{}
	for _, p := range r.Points {
		seen[p.Key] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// A Target writes runs somewhere.
type Target struct {
	Summary string
	// Where says what the place is: a directory, a file, a URL.
	Where string
	// Write adds the run to the place, or brings it up to date there. It returns what
	// a person does next, such as the command that uploads it.
	Write func(ctx context.Context, place string, run Run) (next string, err error)
}

// Exports is the registry by name.
var Exports = map[string]Target{
	"csv":         {"one CSV file per run: step, time and one column per key", "a directory", writeCSV},
	"jsonl":       {"JSON lines, one per step, for scripts", "a directory", writeJSONL},
	"mlflow":      {"an MLflow server, by its REST interface", "its URL", writeMLflow},
	"tensorboard": {"TensorBoard's event files", "a log directory", writeTensorBoard},
	"trackio":     {"trackio's SQLite project", "its directory (TRACKIO_DIR)", writeTrackio},
	"wandb":       {"Weights & Biases, as an offline run to be synced", "the directory that holds wandb/", writeWandB},
}
