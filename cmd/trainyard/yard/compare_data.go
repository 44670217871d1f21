package yard

import (
	"context"
	"path/filepath"

	"trainyard/format"
	"trainyard/launch"
	"trainyard/launch/stats"
	"trainyard/mix"
	"trainyard/mix/shard"
	"trainyard/recipes"
)

// A DataComparison is the dataset of a side against that of the first one. Of a side
// whose runs have several it is the first run's.
type DataComparison struct {
	First  string `json:"first"`
	Second string `json:"second"`
	// Dataset is that of the second side, by its directory: comparisons of one dataset
	// differ by the names of the sides alone.
	Dataset string `json:"dataset"`
	// Same says that both trained on the same bytes; nothing else is told then.
	Same     bool `json:"same"`
	Datasets int  `json:"datasets"` // of the second side
	// Unknown is why it cannot be told what differs; what is known is there.
	Unknown string         `json:"unknown,omitempty"`
	Sources []SourceChange `json:"sources,omitempty"`
	Counts  []CountChange  `json:"counts,omitempty"`
	// Records that went out of the first one's shards, came in, or changed, and Shared
	// those that are in both; nil where a dataset is not there any more.
	Records []RecordChanges `json:"records,omitempty"`
	Shared  *int64          `json:"shared_records"`
	Overlap *float64        `json:"overlap"` // shared records by those that either has
}

// compareData compares datasets, each pair of them once.
func (y *Yard) compareData(ctx context.Context, sides []Side, most int) ([]DataComparison, error) {
	all := []DataComparison{}
	known := map[string]DataComparison{}
	first := sides[0].Runs[0].run
	for _, s := range sides[1:] {
		run := s.Runs[0].run
		key := run.Job.Dataset.Dir + "\n" + run.Job.Dataset.Digest
		d, done := known[key]
		if !done {
			var err error
			if d, err = y.dataOf(ctx, first, run, most); err != nil {
				return nil, err
			}
			known[key] = d
		}
		d.First, d.Second, d.Dataset, d.Datasets = sides[0].Name, s.Name, run.Job.Dataset.Dir, datasetsOf(s)
		all = append(all, d)
	}
	return all, nil
}

// SameAs says that another comparison tells the same of another side.
func (c DataComparison) SameAs(other DataComparison) bool {
	return c.Datasets == 1 && other.Datasets == 1 && (c.Same && other.Same || c.Dataset == other.Dataset)
}

func datasetsOf(s Side) int {
	dirs := map[string]bool{}
	for _, r := range s.Runs {
		dirs[r.run.Job.Dataset.Dir+r.run.Job.Dataset.Digest] = true
	}
	return len(dirs)
}

// dataOf compares the datasets of two runs: whole ones record by record, and those that
// are gone by the manifests that the runs keep.
func (y *Yard) dataOf(ctx context.Context, a, b launch.Run, most int) (c DataComparison, err error) {
	if digest := a.Job.Dataset.Digest; digest != "" && digest == b.Job.Dataset.Digest {
		c.Same = true
		return c, nil
	}
	d := &Diff{}
	wholeA, errA := y.datasetOf(a, &d.A)
	wholeB, errB := y.datasetOf(b, &d.B)
	if errA != nil || errB != nil {
		c.Unknown = "the manifest of a dataset is not here: it was made on another machine, or was removed with its run"
		return c, nil
	}
	c.Sources, c.Counts = sourceChanges(&d.A, &d.B), manifestCounts(d.A.dataset.Manifest, d.B.dataset.Manifest)
	if !wholeA || !wholeB {
		c.Unknown = "records are not compared: a dataset is not there any more, or another stands in its place"
		return c, nil
	}
	// Without a list no record is read again, and 1 is the least that is listed.
	if c.Records, err = recordChanges(ctx, d.A.dataset, d.B.dataset, max(1, most)); err != nil {
		c.Unknown, c.Records = err.Error(), nil
		return c, ctx.Err()
	}
	c.share(d.A.dataset.Manifest, d.B.dataset.Manifest)
	if most == 0 {
		for i := range c.Records {
			c.Records[i].More, c.Records[i].List = c.Records[i].Count.Records, []RecordChange{}
		}
	}
	return c, nil
}

// share counts the records that are in the shards of both.
func (c *DataComparison) share(a, b *mix.Manifest) {
	inA, inB := recordsIn(a), recordsIn(b)
	for _, r := range c.Records {
		if r.Kind == "out" {
			shared := inA - r.Count.Records
			c.Shared = &shared
		}
	}
	if c.Shared != nil && inA+inB > *c.Shared {
		part := float64(*c.Shared) / float64(inA+inB-*c.Shared)
		c.Overlap = &part
	}
}

func recordsIn(m *mix.Manifest) int64 {
	return m.Totals.Outcomes[mix.Kept].Records + m.Totals.Outcomes[mix.Validation].Records
}

// datasetOf finds the dataset of a run: whole says that it is the one that the run was
// started on; else it is the manifest alone, which the run keeps.
func (y *Yard) datasetOf(run launch.Run, into *Compared) (whole bool, err error) {
	dir := run.Job.Dataset.Dir
	if run.Job.Dataset.Digest != "" && run.Job.Dataset.Now() == nil {
		into.dataset, err = mix.OpenDataset(dir)
		whole = err == nil
	}
	kept := filepath.Join(y.Home, "runs", run.ID)
	if !whole {
		m, err := mix.ReadManifest(filepath.Join(kept, launch.ManifestCopy))
		if err != nil {
			return false, err
		}
		into.dataset = &mix.Dataset{Dir: dir, Manifest: m}
	}
	into.Dataset, into.Given = true, dir
	for _, path := range []string{filepath.Join(kept, launch.RecipeCopy), filepath.Join(dir, mix.RecipeFile)} {
		if into.recipe, err = recipes.Load(path, nil); err == nil {
			return whole, nil
		}
	}
	return false, err
}

// overlaps looks for instances of the benchmarks among what each side trained on.
func (c *RunComparison) overlaps(ctx context.Context) []stats.Warning {
	var found []stats.Overlap
	held := map[string]map[string]bool{}
	for i := range c.Sides {
		s := &c.Sides[i]
		for _, j := range c.Evaluations {
			n := 0
			for id := range j.instancesOf(s.Name) {
				for _, r := range s.Runs[:1] {
					if held[r.Dataset] == nil {
						held[r.Dataset] = heldInstances(ctx, r.run)
					}
					if held[r.Dataset][format.NormalInstance(id)] {
						n++
					}
				}
			}
			found = append(found, stats.Overlap{Name: s.Name, Benchmark: j.ResultKey.String(), Instances: n})
		}
	}
	return stats.Overlaps(found...)
}

// instancesOf are the instances that a side was judged on.
func (j *JudgedComparison) instancesOf(side string) map[string]float64 {
	for i, s := range j.Sides {
		if s.Side == side && len(j.cells[i].Runs) > 0 {
			return j.cells[i].Runs[0].Scores
		}
	}
	return nil
}

// heldInstances are the instances whose trajectories a dataset holds, by their normal
// ids; none where it is not there any more.
func heldInstances(ctx context.Context, run launch.Run) map[string]bool {
	held := map[string]bool{}
	if run.Job.Dataset.Digest == "" || run.Job.Dataset.Now() != nil {
		return held
	}
	d, err := mix.OpenDataset(run.Job.Dataset.Dir)
	if err != nil {
		return held
	}
	for _, path := range d.Shards("train") {
		if ctx.Err() != nil || shard.ReadOwners(path, func(trajectory, instance string) {
			for _, id := range []string{trajectory, instance} {
				if id != "" {
					held[format.NormalInstance(id)] = true
				}
			}
		}) != nil {
			return held
		}
	}
	return held
}
