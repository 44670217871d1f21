package mix

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"trainyard/format/regular"
)

// ManifestFile is written last: a directory without it is not a dataset.
const ManifestFile = "manifest.json"

// RecipeFile is the resolved recipe as YAML, for people and for launching the
// dataset again.
const RecipeFile = "recipe.yaml"

// Pipeline is the version of everything between a record's bytes and a
// shard's: dialects, rendering, tokenizer, planning, how rows are written.
// A change of what some recipe and inputs give raises it, so that no older
// dataset passes for a fresh one.
const Pipeline = 5

// manifestFormat changes when a reader of older manifests would go wrong.
const manifestFormat = 1

// A Manifest says what a dataset holds and how it came to be. It has no
// times and no paths of the machine, so that equal inputs give equal bytes.
type Manifest struct {
	Format         int            `json:"format"`
	Recipe         RecipeID       `json:"recipe"`
	Pipeline       int            `json:"pipeline"`
	Template       string         `json:"template"`
	Tokenizer      string         `json:"tokenizer"`
	Tools          string         `json:"tools"`
	Output         string         `json:"output"`
	Packing        string         `json:"packing,omitempty"`    // a key of pack.Packers, where rows are packed
	Convention     string         `json:"convention,omitempty"` // empty is chat.DefaultConvention
	Window         int            `json:"window"`
	OverWindow     string         `json:"over_window,omitempty"` // what became of longer ones; empty is drop
	Seed           int64          `json:"seed"`
	ValidationSeed int64          `json:"validation_seed"`
	Sampler        string         `json:"sampler"`
	Unit           Unit           `json:"unit"`
	Budget         int64          `json:"budget,omitempty"`
	Amounts        Amounts        `json:"amounts,omitzero"`
	Order          Order          `json:"order,omitzero"`
	Unordered      int64          `json:"unordered,omitempty"` // train rows that lack the feature of the order, and come last
	Inputs         []FileDigest   `json:"inputs,omitempty"`    // files that the recipe names besides the sources' own
	Mix            []MixLine      `json:"mix"`
	Sources        []SourceReport `json:"sources"`
	// Contamination is there where the recipe decontaminates.
	Contamination *ContaminationReport `json:"contamination,omitempty"`
	Totals        Totals               `json:"totals"`
	Validation    ValidationSide       `json:"validation"`
	Remarks       []Remark             `json:"remarks,omitempty"` // where this is not what was asked
	Shards        []Shard              `json:"shards"`
	Outcomes      FileDigest           `json:"outcomes"`
	RecipeFile    FileDigest           `json:"recipe_file"`
}

// Totals are summed over the sources; Train and Validation are the rows that
// the shards hold.
type Totals struct {
	Funnel     Funnel            `json:"funnel"`
	Outcomes   map[Outcome]Count `json:"outcomes"`
	Train      Side              `json:"train"`
	Validation Side              `json:"validation"`
}

// A Side is one split of the dataset.
type Side struct {
	Rows          int64 `json:"rows"`
	Tokens        int64 `json:"tokens"`
	TrainedTokens int64 `json:"trained_tokens"`
	Steps         int64 `json:"steps"` // of its trajectories: those that several parts of one show count once
	Repos         int   `json:"repos"`
	// Of packed rows: how many sequences they hold, and the part of the windows
	// that holds tokens.
	Sequences   int64   `json:"sequences,omitempty"`
	Utilisation float64 `json:"utilisation,omitempty"`

	Lengths Lengths `json:"lengths,omitzero"` // zero where there are no rows, and in manifests older than it
}

// ValidationSide lists what was set aside.
type ValidationSide struct {
	Asked    float64  `json:"asked"`
	Could    Size     `json:"could_be_used"` // what the sampler could use before anything was set aside
	SetAside Size     `json:"set_aside"`     // what was taken out of its reach; the rows are chosen from it
	Groups   int      `json:"groups"`        // of what stays together: a repository, an instance, a text
	Held     int      `json:"groups_set_aside"`
	Largest  int64    `json:"largest_group"` // in the mix's unit
	Repos    []string `json:"repos"`         // of the rows, by their normal names
	// Unnamed are the records that name no repository, by source.
	Unnamed map[string]Count `json:"unnamed,omitempty"`
}

// A SourceReport accounts for one source.
type SourceReport struct {
	Name     string            `json:"name"`
	Path     string            `json:"path"` // as the recipe spells it
	Inputs   []FileDigest      `json:"inputs"`
	Keep     string            `json:"keep,omitempty"` // as the recipe spells it
	Funnel   Funnel            `json:"funnel"`
	Outcomes map[Outcome]Count `json:"outcomes"`
	// Retention is what windows hold of what is within reach; manifests of older
	// programs have none.
	Retention *Retention        `json:"retention,omitempty"`
	Reasons   map[string]int64  `json:"reasons"`  // why records are in no shard, to records
	Examples  map[string]string `json:"examples"` // for each reason with more to say, the first record's
	Notes     map[string]int64  `json:"notes"`    // edits made to accepted records, by name: the recipe's, 0 included, and those of rendering
	// Unmatched are tools that edits name and no accepted record has, and those
	// that such records call and no list describes, a line each.
	Unmatched []string `json:"unmatched,omitempty"`
	// Flags, where asked for, count the trajectories in shards that raise each of
	// behaviour.FlagList, Outcomes' kept and validation being the whole;
	// duplicate and over_length count records that are in none.
	Flags    map[string]int64 `json:"flags,omitempty"`
	Warnings map[string]int64 `json:"warnings,omitempty"` // chat.WarningKinds that editing left, by name, to accepted records
	// Images and SetupCost are what the recipe says that the source's instances
	// take to set up: container images in all, and US cents for each instance.
	// 0 and nil are unknown.
	Images    int             `json:"images,omitempty"`
	SetupCost *float64        `json:"setup_cost,omitempty"`
	Bills     map[string]Bill `json:"bills,omitempty"` // by teacher, "" for an unknown one
}

// A FileDigest pins a file's content. File is a shard's name, or an input's
// as the recipe spells it.
type FileDigest struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// A Shard is one Parquet file of the dataset.
type Shard struct {
	FileDigest
	Split         string `json:"split"`
	Rows          int64  `json:"rows"`
	Tokens        int64  `json:"tokens"`
	TrainedTokens int64  `json:"trained_tokens"`
	Sequences     int64  `json:"sequences,omitempty"` // of packed rows
}

func (m *Manifest) write(dir string) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return writeDurably(filepath.Join(dir, ManifestFile), append(data, '\n'))
}

func readManifest(dir string) (*Manifest, error) {
	return ReadManifest(filepath.Join(dir, ManifestFile))
}

// ReadManifest reads a manifest that lies by itself: a run keeps that of its dataset. A
// file that is not there is an error that errors.Is takes for fs.ErrNotExist.
func ReadManifest(path string) (*Manifest, error) {
	data, err := regular.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no %s: not a finished dataset: %w", filepath.Dir(path), filepath.Base(path), err)
	}
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	m := new(Manifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("read manifest %s: %w", path, err)
	}
	if m.Format != manifestFormat {
		return nil, fmt.Errorf("read manifest %s: format %d, this program reads %d", path, m.Format, manifestFormat)
	}
	return m, nil
}
