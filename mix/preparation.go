package mix

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"trainyard/format"
	"trainyard/format/edit"
	"trainyard/format/evidence"
	"trainyard/format/loss"
	"trainyard/format/protocol"
	"trainyard/mix/cache"
	"trainyard/mix/convert"
)

// A preparation is all that decides what becomes of a record of one source,
// besides its part of the source: what is said here bears the key of a cache.
// What only chooses among rows and orders them is not in it.
type preparation struct {
	Program   string // the digest of this program: another one may read otherwise
	Pipeline  int
	Template  string
	Tools     protocol.Style
	Prompt    string
	Reasoning [2]format.Reasoning
	Values    string
	Verbatim  bool
	Edits     [2][]edit.Spec
	Loss      [2]loss.Spec
	Flags     bool
	Measures  []string // features that selections and the order name
	Near      bool     // what is compared stands beside the row
	// Where what is longer than the window is made to fit, rows depend on it.
	OverWindow string
	Window     int
	// Decontaminate says what of a benchmark is looked for in a record.
	Decontaminate Decontamination
	Output        string
	Convention    string // whose spans are counted, and labels of tokens

	Source, Format, Task, Teacher, Repo string // the first, and three more, stand in the row
	Accept                              evidence.Accept
	Keep                                string
	Supplied, Main, Subagent            Supplied
	Instance                            string

	Files   []FileDigest // named by the recipe, in order of use
	Reports []FileDigest // of evidence, by their paths on this machine
}

func newPreparation(cfg *Config, k int, files, reports []FileDigest) (*preparation, error) {
	program, err := program()
	if err != nil {
		return nil, err
	}
	s := &cfg.Sources[k]
	said := &preparation{
		Program: program, Pipeline: Pipeline, Template: cfg.Template, Tools: cfg.Tools, Prompt: cfg.ToolPrompt,
		Reasoning: [2]format.Reasoning{s.Reasoning, cfg.Reasoning}, Values: cfg.Values, Verbatim: cfg.Verbatim,
		Edits: [2][]edit.Spec{s.Edits, cfg.Edits}, Loss: [2]loss.Spec{s.Loss, cfg.Loss},
		Flags: cfg.Flags, Measures: cfg.measuresOf(k), Near: cfg.Near > 0, Decontaminate: cfg.Decontaminate,
		Output: cfg.Output, Convention: cfg.Convention,
		Source: s.Name, Format: s.Format, Task: s.Task, Teacher: s.Teacher, Repo: s.Repo,
		Accept: s.Accept, Keep: s.Keep, Supplied: s.Supplied, Main: s.Main, Subagent: s.Subagent, Instance: s.Instance,
		Files: slices.Clone(files), Reports: reports,
	}
	if convert.OverWindow[cfg.OverWindow].Fits() {
		said.OverWindow, said.Window = cfg.OverWindow, cfg.Window
	}
	return said, nil
}

// in is the preparation's place in a cache.
func (p *preparation) in(c *cache.Cache, recipe string) (*cache.Preparation, error) {
	said, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	return c.Preparation(said, cache.About{Recipe: recipe, Source: p.Source, Template: p.Template, Tools: string(p.Tools), Output: p.Output}), nil
}

// program is the digest of the running program. A version would do for releases;
// a program that was built from changed sources has none.
var program = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("cache: find this program: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("cache: read this program: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("cache: read this program: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
})
