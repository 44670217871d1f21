package launch_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"trainyard/launch"
)

// smallDataset puts a finished dataset of one shard where the jobs of p look.
func smallDataset(t *testing.T, p place) launch.Dataset {
	t.Helper()
	const shard = "train-00000-of-00001.parquet"
	manifest := `{"format": 1, "window": 9, "shards": [{"file": "` + shard + `", "split": "train", "rows": 1, "bytes": 4, "sha256": "x"}]}`
	err := errors.Join(os.MkdirAll(p.dataset, 0o755),
		os.WriteFile(filepath.Join(p.dataset, shard), []byte("PAR1"), 0o600),
		os.WriteFile(filepath.Join(p.dataset, "manifest.json"), []byte(manifest), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	d, err := launch.ReadDataset(p.dataset)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestARunKeepsWhatItWasMadeFrom(t *testing.T) {
	p := newPlace(t)
	j := job(p.dataset, "train", p.mark, "{output}")
	j.RecipeText, j.Dataset = "name: mix\n", smallDataset(t, p)
	run, err := p.Start(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	p.end(t, run)
	if err := os.RemoveAll(p.dataset); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(p.Dir(run))
	for _, name := range []string{launch.RecipeCopy, launch.ManifestCopy} {
		if data, err := os.ReadFile(filepath.Join(dir, name)); err != nil || len(data) == 0 {
			t.Errorf("%s holds %q: %v", name, data, err)
		}
	}
	if data, _ := os.ReadFile(filepath.Join(dir, launch.RecipeCopy)); string(data) != j.RecipeText {
		t.Errorf("the recipe is %q", data)
	}
}

func TestADatasetThatIsGoneOrAnotherIsTold(t *testing.T) {
	p := newPlace(t)
	d := smallDataset(t, p)
	if err := d.Now(); err != nil {
		t.Errorf("as it was: %v", err)
	}
	other := d
	other.Digest = "0123456789abcdef"
	if err := other.Now(); !errors.Is(err, launch.ErrDatasetOther) {
		t.Errorf("another: %v", err)
	}
	j := job(p.dataset, "train", p.mark, "{output}")
	j.Dataset = other
	if run, err := p.Start(t.Context(), j); !errors.Is(err, launch.ErrDatasetOther) || run.ID != "" {
		t.Errorf("a run of another dataset than was asked for: %v, %v", run.ID, err)
	}
	if entries, _ := os.ReadDir(filepath.Join(p.Home, "runs")); len(entries) > 0 {
		t.Errorf("directories were left: %v", entries)
	}
	if err := os.Remove(filepath.Join(p.dataset, "manifest.json")); err != nil {
		t.Fatal(err)
	}
	if err := d.Now(); !errors.Is(err, launch.ErrDatasetGone) {
		t.Errorf("gone: %v", err)
	}
}
