package main

import (
	"path/filepath"
	"testing"

	"trainyard/mix"
	"trainyard/mix/shard"
)

// heldBy are the instances of one side of a dataset.
func heldBy(t *testing.T, dir, split string) map[string]bool {
	t.Helper()
	d, err := mix.OpenDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, s := range d.Manifest.Shards {
		if s.Split != split {
			continue
		}
		if err := shard.ReadOwners(filepath.Join(dir, s.File), func(_, instance string) { all[instance] = true }); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// What the demo judges all models by is what none of them has learned from.
func TestTheDemosMixesLearnNothingOfWhatIsHeldOut(t *testing.T) {
	h := newCasesHome(t)
	all, quarter := filepath.Join(h.dir, "all"), filepath.Join(h.dir, "quarter")
	h.run(t, "prepare", demoSweep, "--out", all)
	h.run(t, "prepare", demoSweep, "mix.fraction=0.25", "--out", quarter)
	held := heldBy(t, all, "validation")
	if len(held) != 7 {
		t.Errorf("%d instances are held out", len(held))
	}
	for _, dir := range []string{all, quarter} {
		learned := heldBy(t, dir, "train")
		for instance := range held {
			if learned[instance] {
				t.Errorf("%s learns from %s", filepath.Base(dir), instance)
			}
		}
		if len(learned) < 5 {
			t.Errorf("%s learns from %d instances", filepath.Base(dir), len(learned))
		}
	}
}
