package yard

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"trainyard/launch"
	"trainyard/launch/sheet"
)

// A MetricsRequest says which curves of a run.
type MetricsRequest struct {
	Run  string   `json:"run"`            // a prefix of its id
	Keys []string `json:"keys,omitempty"` // as the trainer named them; empty: all
	// Raw is every point that was told, of all attempts; else each step stands once.
	Raw bool `json:"raw,omitempty"`
}

// A Curve is one figure of a run over its steps.
type Curve struct {
	Key    string         `json:"key"`
	Points []launch.Point `json:"points"`
}

// RunMetrics are the curves of one run.
type RunMetrics struct {
	Run    string          `json:"run"`
	Series []launch.Series `json:"series"` // everything that was told, by attempt
	Curves []Curve         `json:"curves"`
}

// Metrics brings a run up to date and reads its curves.
func (y *Yard) Metrics(ctx context.Context, req MetricsRequest) (*RunMetrics, error) {
	l, run, err := y.Run(ctx, req.Run)
	if err != nil {
		return nil, err
	}
	m := &RunMetrics{Run: run.ID, Series: []launch.Series{}, Curves: []Curve{}}
	series, err := l.Ledger.Series(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	m.Series = append(m.Series, series...)
	keys, err := chosenKeys(m.Series, req.Keys)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", run.ID, err)
	}
	read := l.Ledger.Curve
	if req.Raw {
		read = l.Ledger.RawCurve
	}
	for _, key := range keys {
		points, err := read(ctx, run.ID, key)
		if err != nil {
			return nil, err
		}
		m.Curves = append(m.Curves, Curve{key, append([]launch.Point{}, points...)})
	}
	return m, nil
}

// chosenKeys refuses one that was not told, with those that were.
func chosenKeys(series []launch.Series, asked []string) ([]string, error) {
	told := map[string]bool{}
	for _, s := range series {
		told[s.Key] = true
	}
	all := slices.Sorted(maps.Keys(told))
	if len(asked) == 0 {
		return all, nil
	}
	for _, key := range asked {
		if !told[key] {
			return nil, fmt.Errorf("its trainer told no %q (there are %s)", key, strings.Join(all, ", "))
		}
	}
	return asked, nil
}

// WriteCurves writes curves as a table of run, key, step, value, attempt and
// segment, with a line for each point.
func WriteCurves(to io.Writer, m *RunMetrics) error {
	w := sheet.NewWriter(to)
	if err := w.Write([]string{"run", "key", "step", "value", "attempt", "segment"}); err != nil {
		return err
	}
	for _, c := range m.Curves {
		for _, p := range c.Points {
			line := []string{m.Run, c.Key, strconv.FormatInt(p.Step, 10), p.Value.String(), strconv.Itoa(p.Attempt), strconv.Itoa(p.Segment)}
			if err := w.Write(line); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}
