package recipes

import (
	"fmt"
	"maps"
	"slices"

	"trainyard/launch/result"
)

// A Benchmark is what the cells of a sweep are to be judged on.
type Benchmark struct {
	// Name is that of the benchmark as results have it: [result.Benchmark].
	Name string `json:"name"`
	// Instances is how many are judged; 0: not known.
	Instances int `json:"instances,omitempty"`
	// Scores says that instances have scores and no verdicts.
	Scores bool `json:"scores,omitempty"`
	// Source says where Instances comes from; empty: from the recipe.
	Source string `json:"source,omitempty"`
	// Baseline is the rate that a gain is to be found over, in percent; nil: not said.
	Baseline *float64 `json:"baseline,omitempty"`
	// Gain is the difference that the sweep is to find, in points; nil: not said.
	Gain *float64 `json:"gain,omitempty"`
}

// A Published is a figure that others came to.
type Published struct {
	Name  string  `json:"name"`  // of the benchmark, as in [Benchmark]
	Value float64 `json:"value"` // in percent
}

// A PublishedRow is what others came to with something that no cell is: a model that
// was not trained, or other people's data.
type PublishedRow struct {
	Name    string      `json:"name"`
	Figures []Published `json:"figures"`
}

// Figure is the published figure on a benchmark, under any spelling of its name.
func Figure(all []Published, benchmark string) (float64, bool) {
	i := slices.IndexFunc(all, func(p Published) bool { return result.Same(p.Name, benchmark) })
	if i < 0 {
		i = slices.IndexFunc(all, func(p Published) bool { return result.Fits(p.Name, benchmark) })
	}
	if i < 0 {
		return 0, false
	}
	return all[i].Value, true
}

// readBenchmarks reads what the cells are judged on.
func (b *sweepBlock) readBenchmarks(n *node, path string) {
	b.each(n, path, func(it *node, path string) {
		var j Benchmark
		said := 0
		b.mapping(it, path, func(e entry, at string) bool {
			switch e.key {
			case "name":
				j.Name = result.Benchmark(b.word(e.value, at))
			case "instances":
				said = b.whole(e.value, at, 1, maxInstances)
			case "baseline", "gain":
				rate, into := b.number(e.value, at, 0, 100), &j.Baseline
				if e.key == "gain" {
					into = &j.Gain
				}
				*into = &rate
			default:
				return false
			}
			return true
		}, []string{"name", "instances", "baseline", "gain"})
		size, known := result.SizeOf(j.Name)
		j.Instances, j.Scores, j.Source = size.Instances, size.Scores, size.Source
		switch {
		case said > 0:
			j.Instances, j.Source = said, ""
		case it.kind == mapping && j.Name != "" && !known:
			b.fault(it.at, path, fmt.Sprintf("%s is no benchmark whose size is known", seen(j.Name)), "write instances: N beside it, or correct the name; "+choose(j.Name, sizes()))
		}
		b.benchmarks = append(b.benchmarks, j)
	})
}

// benchmarksOf is what the block says, or else the benchmarks of the evaluations that follow
// the cells.
func (b *sweepBlock) benchmarksOf(cells []Cell) []Benchmark {
	if len(b.benchmarks) > 0 {
		return b.benchmarks
	}
	var all []Benchmark
	for _, c := range cells {
		for _, e := range c.Recipe.Eval {
			name := result.Benchmark(e.Benchmark)
			if name == "" || slices.ContainsFunc(all, func(b Benchmark) bool { return b.Name == name }) {
				continue
			}
			size, _ := result.SizeOf(name)
			all = append(all, Benchmark{Name: name, Instances: size.Instances, Scores: size.Scores, Source: size.Source})
		}
	}
	return all
}

// maxInstances bounds what one evaluation judges.
const maxInstances = 1 << 24

func sizes() []string { return slices.Sorted(maps.Keys(result.Sizes)) }

// readPublished reads where the published figures come from, and those of no cell.
func (b *sweepBlock) readPublished(n *node, path string) {
	b.mapping(n, path, func(e entry, at string) bool {
		switch e.key {
		case "source":
			b.source = b.word(e.value, at)
		case "rows":
			b.each(e.value, at, func(it *node, path string) { b.rows = append(b.rows, b.publishedRow(it, path)) })
		default:
			return false
		}
		return true
	}, []string{"source", "rows"})
}

func (b *sweepBlock) publishedRow(n *node, path string) (row PublishedRow) {
	b.mapping(n, path, func(e entry, at string) bool {
		switch e.key {
		case "name":
			row.Name = b.word(e.value, at)
		case "figures":
			row.Figures = b.figures(e.value, at)
		default:
			return false
		}
		return true
	}, []string{"name", "figures"})
	if n.kind == mapping && (row.Name == "" || len(row.Figures) == 0) {
		b.fault(n.at, path, "lacks a name or figures", "write {name: base, figures: [{name: swe-bench_verified, value: 7.0}]}")
	}
	return row
}

func (b *sweepBlock) figures(n *node, path string) (all []Published) {
	b.each(n, path, func(it *node, path string) {
		var p Published
		b.mapping(it, path, func(e entry, at string) bool {
			switch e.key {
			case "name":
				p.Name = result.Benchmark(b.word(e.value, at))
			case "value":
				p.Value = b.number(e.value, at, 0, 100)
			default:
				return false
			}
			return true
		}, []string{"name", "value"})
		if it.kind == mapping && p.Name == "" {
			b.fault(it.at, path, "lacks the name of a benchmark", "write {name: swe-bench_verified, value: 7.0}")
		}
		all = append(all, p)
	})
	return all
}

// checkPublished holds figures to the benchmarks that the sweep is judged on: one on
// another benchmark would stand beside nothing.
func (b *sweepBlock) checkPublished() {
	check := func(at pos, path string, figures []Published) {
		for _, p := range figures {
			if len(b.benchmarks) > 0 && p.Name != "" && !slices.ContainsFunc(b.benchmarks, func(b Benchmark) bool { return b.Name == p.Name }) {
				b.fault(at, path, fmt.Sprintf("a figure on %s, which is none of the sweep's benchmarks", seen(p.Name)), choose(p.Name, b.benchmarkNames()))
			}
		}
	}
	for _, a := range b.arms {
		check(a.at, "sweep.arms."+a.name+".published", a.published)
	}
	for _, r := range b.rows {
		check(b.at, "sweep.published.rows."+r.Name, r.Figures)
	}
}

func (b *sweepBlock) benchmarkNames() (all []string) {
	for _, j := range b.benchmarks {
		all = append(all, j.Name)
	}
	return all
}

// PublishedRows are all rows that others came to: those of arms, by their names and in
// their order, then those of no cell.
func (s *Sweep) PublishedRows() (all []PublishedRow) {
	known := map[string]bool{}
	for _, c := range s.Cells {
		if len(c.Published) > 0 && !known[c.Arm] {
			known[c.Arm] = true
			all = append(all, PublishedRow{Name: c.Arm, Figures: c.Published})
		}
	}
	return append(all, s.Published...)
}
