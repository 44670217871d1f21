package yard

import (
	"fmt"
	"strings"

	"trainyard/launch"
	"trainyard/launch/sweep"
)

// figureOf is the one figure that a stage goes by: the one of its metric, or the share of
// resolved instances. Where there is none, or more than one, lacks says what there is.
func figureOf(results []launch.StoredResult, by sweep.Stage) (figure *float64, lacks string) {
	var found []float64
	var of []string
	take := func(v float64, r launch.StoredResult) {
		found, of = append(found, v), append(of, fmt.Sprintf("%.4g of %s", v, launch.ResultName(r.Result)))
	}
	for _, r := range results {
		if graded := gradedIn(r); by.Metric == "" && graded > 0 {
			take(float64(r.Resolved())/float64(graded+r.Total()-r.Named()), r)
		}
		for _, a := range r.Aggregates {
			if by.Metric != "" && a.Metric == by.Metric {
				take(a.Value, r)
			}
		}
	}
	switch {
	case len(found) == 1:
		return &found[0], ""
	case len(found) > 1 && by.Metric == "":
		return nil, fmt.Sprintf("has %d shares of resolved instances by %s and not one: %s", len(found), by.By, strings.Join(of, ", "))
	case len(found) > 1:
		return nil, fmt.Sprintf("has %d figures %s by %s and not one: %s", len(found), by.Metric, by.By, strings.Join(of, ", "))
	}
	return nil, lacksFigure(results, by)
}

// gradedIn is how many instances have a verdict; others have a score alone.
func gradedIn(r launch.StoredResult) int { return r.Named() - r.Counts[""] }

// lacksFigure says which figures there are instead of the one that a stage goes by, and
// what to write in the stage.
func lacksFigure(results []launch.StoredResult, by sweep.Stage) string {
	asked := "figure " + by.Metric
	if by.Metric == "" {
		asked = "share of resolved instances"
	}
	figures, shares := figuresThere(results)
	switch {
	case len(results) == 0:
		return fmt.Sprintf("has no result of %s", by.By)
	case len(figures) > 0:
		return fmt.Sprintf("has no %s by %s, but %s: write one of these as metric: of the stage", asked, by.By, strings.Join(figures, ", "))
	case shares:
		return fmt.Sprintf("has no %s by %s, but a share of resolved instances: leave metric: out of the stage", asked, by.By)
	}
	return fmt.Sprintf("has no %s by %s, nor any other figure", asked, by.By)
}

// figuresThere are the figures of results, each once, and whether one has a share of
// resolved instances.
func figuresThere(results []launch.StoredResult) (figures []string, shares bool) {
	met := map[string]bool{}
	for _, r := range results {
		shares = shares || gradedIn(r) > 0
		for _, a := range r.Aggregates {
			if !met[a.Metric] {
				met[a.Metric] = true
				figures = append(figures, fmt.Sprintf("%s %.4g", a.Metric, a.Value))
			}
		}
	}
	return figures, shares
}
