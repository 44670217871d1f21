package node

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"trainyard/launch/files"
)

// takeCheckpoints moves the whole checkpoints of the start before into the results of
// this one, where the trainer looks for them. They are moved, not linked: a process of
// the old start that lives still neither finds nor overwrites them.
func (p place) takeCheckpoints(dir, try, output string) error {
	to := filepath.Join(try, filepath.FromSlash(output))
	for earlier := p.restart - 1; earlier >= 0; earlier-- {
		from := filepath.Join(TryDir(dir, earlier), filepath.FromSlash(output))
		taken, err := moveWhole(from, to)
		if err != nil || taken > 0 {
			return err
		}
	}
	return nil
}

func moveWhole(from, to string) (taken int, err error) {
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), "checkpoint-") || !whole(filepath.Join(from, e.Name())) {
			continue
		}
		if err := os.MkdirAll(to, 0o700); err != nil {
			return taken, err
		}
		if err := os.Rename(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return taken, err
		}
		taken++
	}
	return taken, nil
}

// whole reports whether a checkpoint has its trainer_state.json, which transformers
// writes after the model and the optimizer (Trainer._save_checkpoint).
func whole(checkpoint string) bool {
	var state map[string]json.RawMessage
	found, err := files.ReadJSON(checkpoint, "trainer_state.json", &state)
	return err == nil && found && len(state) > 0
}
