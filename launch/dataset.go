package launch

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"trainyard/launch/files"
)

// A Dataset is what a run must know of a finished dataset directory.
type Dataset struct {
	Dir         string `json:"dir"`              // absolute
	Recipe      string `json:"recipe"`           // the recipe that made it
	Fingerprint string `json:"fingerprint"`      // of that recipe
	Template    string `json:"template"`         // chat template the counts were made with
	Window      int    `json:"window"`           // no row is longer, in tokens
	Digest      string `json:"digest,omitempty"` // of the contents; see manifest.digest
	Output      string `json:"output,omitempty"` // what the rows hold: messages, tokens or packed; empty is messages
	Train       Split  `json:"train"`
	Validation  Split  `json:"validation"`
}

// A Split is one side of a dataset, train or validation.
type Split struct {
	Shards        []string `json:"shards,omitempty"` // file names, in reading order
	Rows          int64    `json:"rows"`
	Tokens        int64    `json:"tokens"`
	TrainedTokens int64    `json:"trained_tokens"` // those inside the loss
}

// HoldsMessages reports whether the rows are conversations as text, which
// every trainer reads.
func (d Dataset) HoldsMessages() bool { return d.Output == "" || d.Output == "messages" }

// manifest is the part of manifest.json that this package relies on.
type manifest struct {
	Format int `json:"format"`
	Recipe struct {
		Name        string `json:"name"`
		Fingerprint string `json:"fingerprint"`
	} `json:"recipe"`
	Template string  `json:"template"`
	Output   string  `json:"output"`
	Window   int     `json:"window"`
	Shards   []shard `json:"shards"`
}

type shard struct {
	File          string `json:"file"`
	Split         string `json:"split"`
	Rows          int64  `json:"rows"`
	Bytes         int64  `json:"bytes"`
	SHA256        string `json:"sha256"`
	Tokens        int64  `json:"tokens"`
	TrainedTokens int64  `json:"trained_tokens"`
}

// manifestName is the file without which a directory is no dataset.
const manifestName = "manifest.json"

// maxManifest is far more than a manifest of many shards takes, in bytes.
const maxManifest = 1 << 30

// manifestFormat is the manifest version this package understands.
const manifestFormat = 1

// ReadDataset reads the manifest of dir and looks that every shard it lists is
// there with the size it states; contents are not hashed here.
func ReadDataset(dir string) (Dataset, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Dataset{}, fmt.Errorf("dataset %s: %w", dir, err)
	}
	m, err := readManifest(abs)
	if err != nil {
		return Dataset{}, err
	}
	d := Dataset{Dir: abs, Recipe: m.Recipe.Name, Fingerprint: m.Recipe.Fingerprint, Template: m.Template, Window: m.Window, Digest: m.digest(), Output: m.Output}
	var faults []error
	for _, s := range m.Shards {
		faults = append(faults, d.add(s))
	}
	return d, errors.Join(faults...)
}

// ErrNoDataset says that a directory is no finished dataset.
var ErrNoDataset = errors.New("has no manifest.json: not a finished dataset")

// digest is the sha256, in hex, of one line "FILE SHA256" for each shard in the
// manifest's order, which sha256sum over such a list repeats. A recipe prepared
// again from changed sources has the same fingerprint and another digest.
func (m manifest) digest() string {
	h := sha256.New()
	for _, s := range m.Shards {
		fmt.Fprintf(h, "%s %s\n", s.File, s.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func readManifest(dir string) (manifest, error) {
	var m manifest
	path := filepath.Join(dir, manifestName)
	data, err := files.ReadRegular(path, maxManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s %w; run `trainyard prepare` first", dir, ErrNoDataset)
	}
	if err != nil {
		return m, fmt.Errorf("read dataset: %w", err)
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	if m.Format != manifestFormat {
		return m, fmt.Errorf("%s: manifest format %d, this trainyard reads %d: prepare the dataset again", path, m.Format, manifestFormat)
	}
	return m, nil
}

func (d *Dataset) add(s shard) error {
	into := &d.Train
	switch s.Split {
	case "train":
	case "validation":
		into = &d.Validation
	default:
		return fmt.Errorf("%s: shard %q has split %q: want train or validation", d.Dir, s.File, s.Split)
	}
	info, err := os.Stat(filepath.Join(d.Dir, s.File))
	if err != nil {
		return fmt.Errorf("shard of the manifest: %w", err)
	}
	if err := files.Regular(filepath.Join(d.Dir, s.File), info); err != nil {
		return err
	}
	if info.Size() != s.Bytes {
		return fmt.Errorf("%s: %d bytes, the manifest says %d: prepare the dataset again", filepath.Join(d.Dir, s.File), info.Size(), s.Bytes)
	}
	into.Shards = append(into.Shards, s.File)
	into.Rows += s.Rows
	into.Tokens += s.Tokens
	into.TrainedTokens += s.TrainedTokens
	return nil
}
