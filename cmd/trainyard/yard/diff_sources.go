package yard

import (
	"maps"
	"slices"

	"trainyard/mix"
)

// A SourceChange is a source that one side alone has, or that fared otherwise.
type SourceChange struct {
	Name string      `json:"name"`
	Only string      `json:"only,omitempty"` // a or b, where the other has none of the name
	A    *SourceSide `json:"a,omitempty"`    // nil of a recipe, and where there is none
	B    *SourceSide `json:"b,omitempty"`

	Inputs []FileChange  `json:"inputs,omitempty"`
	Counts []CountChange `json:"counts,omitempty"` // reasons, notes and warnings that differ
}

// A SourceSide is what a source came to in a dataset.
type SourceSide struct {
	Read       mix.Count `json:"read"`
	Accepted   mix.Count `json:"accepted"`
	Asked      int64     `json:"asked"` // in the mix's unit
	Had        mix.Size  `json:"had"`
	Got        mix.Size  `json:"got"`
	Validation mix.Size  `json:"validation"`
}

// A FileChange is an input that was added, removed or changed.
type FileChange struct {
	File   string `json:"file"`   // as the recipe spells it
	Change string `json:"change"` // added, removed or changed
}

// A CountChange is a count that differs.
type CountChange struct {
	Name string `json:"name"`
	A    int64  `json:"a"`
	B    int64  `json:"b"`
}

// sourceChanges compares the sources by name, in A's order and then in B's.
func sourceChanges(a, b *Compared) (changes []SourceChange) {
	for _, name := range sourcesOf(a, b) {
		c := SourceChange{Name: name, A: sourceSide(a, name), B: sourceSide(b, name)}
		switch {
		case source(b.recipe, name) == nil:
			c.Only = "a"
		case source(a.recipe, name) == nil:
			c.Only = "b"
		case c.A != nil && c.B != nil:
			x, y := reportOf(a, name), reportOf(b, name)
			c.Inputs, c.Counts = fileChanges(x.Inputs, y.Inputs), reportCounts(x, y)
			if *c.A == *c.B && c.Inputs == nil && c.Counts == nil {
				continue
			}
		default:
			continue
		}
		changes = append(changes, c)
	}
	return changes
}

func sourcesOf(a, b *Compared) (names []string) {
	for _, s := range slices.Concat(a.recipe.Sources, b.recipe.Sources) {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

func sourceSide(c *Compared, name string) *SourceSide {
	report := reportOf(c, name)
	if report == nil {
		return nil
	}
	side := &SourceSide{Read: report.Funnel.Read, Accepted: report.Funnel.Accepted}
	for _, line := range c.dataset.Manifest.Mix {
		if line.Source == name {
			side.Asked, side.Had, side.Got, side.Validation = line.Asked, line.Had, line.Got, line.Validation
		}
	}
	return side
}

// reportOf is what a dataset's manifest says of a source; nil where there is none.
func reportOf(c *Compared, name string) *mix.SourceReport {
	if c.dataset == nil {
		return nil
	}
	all := c.dataset.Manifest.Sources
	i := slices.IndexFunc(all, func(s mix.SourceReport) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// fileChanges compares files by their names and digests.
func fileChanges(a, b []mix.FileDigest) (changes []FileChange) {
	was, is := digests(a), digests(b)
	for _, file := range slices.Sorted(maps.Keys(was)) {
		if now, there := is[file]; !there {
			changes = append(changes, FileChange{file, "removed"})
		} else if now != was[file] {
			changes = append(changes, FileChange{file, "changed"})
		}
	}
	for _, file := range slices.Sorted(maps.Keys(is)) {
		if _, there := was[file]; !there {
			changes = append(changes, FileChange{file, "added"})
		}
	}
	return changes
}

func digests(files []mix.FileDigest) map[string]string {
	all := map[string]string{}
	for _, f := range files {
		all[f.File] += f.SHA256 // a file that is named twice is there twice
	}
	return all
}

// reportCounts compares why records of a source are in no shard, and what was
// changed in the others.
func reportCounts(a, b *mix.SourceReport) []CountChange {
	return slices.Concat(countChanges("", a.Reasons, b.Reasons), countChanges("note: ", a.Notes, b.Notes),
		countChanges("warning: ", a.Warnings, b.Warnings))
}

func countChanges(before string, a, b map[string]int64) (changes []CountChange) {
	both := maps.Clone(a)
	if both == nil {
		both = map[string]int64{}
	}
	maps.Copy(both, b)
	for _, name := range slices.Sorted(maps.Keys(both)) {
		if a[name] != b[name] {
			changes = append(changes, CountChange{before + name, a[name], b[name]})
		}
	}
	return changes
}

// manifestCounts compares the numbers of two manifests that no recipe says.
func manifestCounts(a, b *mix.Manifest) (changes []CountChange) {
	x, y := numbersOf(a), numbersOf(b)
	for i, n := range x {
		if n.A != y[i].A {
			changes = append(changes, CountChange{n.Name, n.A, y[i].A})
		}
	}
	return changes
}

// numbersOf are the numbers of a manifest, each as A.
func numbersOf(m *mix.Manifest) []CountChange {
	read, train, held := m.Totals.Funnel.Read, m.Totals.Train, m.Totals.Validation
	return []CountChange{
		{Name: "pipeline", A: int64(m.Pipeline)},
		{Name: "records read", A: read.Records},
		{Name: "train rows", A: train.Rows}, {Name: "train tokens", A: train.Tokens}, {Name: "train tokens trained", A: train.TrainedTokens},
		{Name: "train repositories", A: int64(train.Repos)},
		{Name: "validation rows", A: held.Rows}, {Name: "validation tokens", A: held.Tokens},
		{Name: "validation repositories", A: int64(held.Repos)},
		{Name: "shards", A: int64(len(m.Shards))},
	}
}
