package preflight

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"

	"trainyard/launch"
	"trainyard/launch/estimate"
	"trainyard/launch/files"
)

// A Model is what is known of a checkpoint.
type Model struct {
	Shape     estimate.Shape // without layers: unknown
	Positions int            // max_position_embeddings; 0: unknown
	Scaling   string         // how positions are scaled, such as yarn x4; empty: not
	Local     bool           // its files are on this machine
}

// positions are the max_position_embeddings of checkpoints on the hub, from their
// config.json. Of Qwen2.5 only what is named -Instruct or -Coder has as many in all
// sizes.
var positions = []struct {
	name *regexp.Regexp
	n    int
}{
	{regexp.MustCompile(`^Qwen/Qwen2\.5(-Coder)?-[0-9.]+B-Instruct$`), 32768},
	{regexp.MustCompile(`^Qwen/Qwen2\.5-Coder-[0-9.]+B$`), 32768},
}

// maxConfig is far more than a config.json takes, in bytes.
const maxConfig = 1 << 20

// ModelOf is what is known of a checkpoint: by the config.json of its directory
// where that is on this machine, else by its name. It is nil where nothing is.
func ModelOf(base string) (*Model, error) {
	data, err := files.ReadRegular(filepath.Join(base, "config.json"), maxConfig)
	if err == nil {
		return parseModel(data)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the model's config.json: %w", err)
	}
	var m Model
	_, m.Shape, _ = estimate.ForCheckpoint(base)
	for _, p := range positions {
		if p.name.MatchString(base) {
			m.Positions = p.n
		}
	}
	if m.Shape.Layers == 0 && m.Positions == 0 {
		return nil, nil
	}
	return &m, nil
}

func parseModel(data []byte) (*Model, error) {
	var c struct {
		Positions int `json:"max_position_embeddings"`
		Scaling   *struct {
			Type   string  `json:"type"`
			Rope   string  `json:"rope_type"`
			Factor float64 `json:"factor"`
		} `json:"rope_scaling"`
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("read the model's config.json: %w", err)
	}
	m := &Model{Positions: c.Positions, Local: true}
	if s := c.Scaling; s != nil && s.Factor > 0 {
		m.Scaling = fmt.Sprintf("%s%s x%v", s.Type, s.Rope, s.Factor)
	}
	m.Shape, _ = estimate.ParseConfig(data) // a mixture of experts has none
	return m, nil
}

// Look reads the dataset's manifest and looks that its shards are there, where it
// is: a dry run may plan one that is not.
func Look(job launch.Job) (looked bool, fault error) {
	_, err := launch.ReadDataset(job.Dataset.Dir)
	if errors.Is(err, launch.ErrNoDataset) {
		return false, nil
	}
	return err == nil, err
}
