package launch

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"trainyard/launch/result"
)

// ErrNoResult: what was read is nothing that can be kept as a result.
var ErrNoResult = errors.New("not a result")

// Lasting reports whether an error of [Ledger.ImportResult] is about the result or what
// stands in its way, so that the same import again would have the same error. What is not
// may pass: the ledger was busy, or the disk full.
func Lasting(err error) bool {
	for _, lasting := range []error{ErrNoResult, ErrResultConflict, ErrOtherInstances, ErrNotOfRun, ErrNoRun} {
		if errors.Is(err, lasting) {
			return true
		}
	}
	return false
}

// check refuses what is no result, whatever else the ledger has.
func (in Import) check() error {
	r := in.Result
	bad := func(format string, args ...any) error {
		return fmt.Errorf("import %s: %w: %s", r.Source.File, ErrNoResult, fmt.Sprintf(format, args...))
	}
	switch {
	case r.Benchmark == "":
		return bad("it does not say which benchmark it is of: say %sbenchmark", cmp.Or(in.Where, "--"))
	case len(r.Instances) == 0 && len(r.Aggregates) == 0:
		return bad("there is neither an instance nor a figure in it")
	case r.Seed != nil && *r.Seed < 0 || r.Step != nil && *r.Step < 0:
		return bad("%s: a seed or a step is 0 or more", ResultName(r))
	}
	for _, said := range [][2]string{{"benchmark", r.Benchmark}, {"split", r.Split}, {"scaffold", r.Scaffold}, {"model", r.Model}, {"metric", r.Metric}} {
		if why := unfit(said[1]); why != "" {
			return bad("its %s %s: %.40q", said[0], why, said[1])
		}
	}
	return in.checkFigures(bad)
}

// maxName is far more than any name of a benchmark, or path of a model, takes.
const maxName = 1024

// unfit says why a text cannot be a name; empty where it can.
func unfit(name string) string {
	switch {
	case len(name) > maxName:
		return fmt.Sprintf("has %d bytes, and a name has %d at the most", len(name), maxName)
	case !utf8.ValidString(name):
		return "is no text"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "has a control character in it"
	}
	return ""
}

// checkFigures refuses figures that no sum could be made of.
func (in Import) checkFigures(bad func(string, ...any) error) error {
	for _, i := range in.Result.Instances {
		if i.Score != nil && !result.Plausible(*i.Score) {
			return bad("the score of %s is %v, and a figure is %.0e at the most", i.ID, *i.Score, result.MaxFigure)
		}
	}
	for _, a := range in.Result.Aggregates {
		if why := unfit(a.Metric); why != "" {
			return bad("the name of a figure %s: %.40q", why, a.Metric)
		}
		if math.IsNaN(a.Value) || !result.Plausible(a.Value) {
			return bad("%s is %v, and a figure is %.0e at the most", a.Metric, a.Value, result.MaxFigure)
		}
	}
	return nil
}
