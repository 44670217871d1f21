package yard

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	"trainyard/mix"
	"trainyard/recipes"
)

// A manifestsIn reads each manifest of a directory of datasets once.
type manifestsIn struct {
	dir   string
	names []string // of the datasets

	mu    sync.Mutex
	known map[string]*mix.Manifest
}

func newManifestsIn(dir string) *manifestsIn {
	m := &manifestsIn{dir: dir, known: map[string]*mix.Manifest{}}
	entries, _ := os.ReadDir(dir) // an error: as good as empty
	for _, e := range entries {
		m.names = append(m.names, e.Name())
	}
	return m
}

// of is the manifest of the recipe's own dataset, or else those of datasets with another
// name that were made by the same recipe: of the same inputs or not, which no one knows
// who has not read the sources.
func (m *manifestsIn) of(r *recipes.Recipe) (own *mix.Manifest, others []*mix.Manifest) {
	if len(m.names) == 0 {
		return nil, nil
	}
	data := r.DataFingerprint()
	m.mu.Lock()
	defer m.mu.Unlock()
	name := r.NameOfDataset(data)
	if own = m.read(name, data); own != nil {
		return own, nil
	}
	ending := strings.TrimPrefix(name, r.Name)
	for _, other := range m.names {
		if !strings.HasSuffix(other, ending) || other == name {
			continue
		}
		if found := m.read(other, data); found != nil {
			others = append(others, found)
		}
	}
	return nil, others
}

func (m *manifestsIn) read(name, data string) *mix.Manifest {
	found, read := m.known[name]
	if !read {
		if d, err := mix.OpenDataset(filepath.Join(m.dir, name)); err == nil {
			found = d.Manifest
		}
		m.known[name] = found
	}
	if found == nil || found.Recipe.Data != data {
		return nil
	}
	return found
}
