package trainer

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/launch"
)

// Smoke is the tiny trainer inside trainyard itself.
type Smoke struct{}

var _ launch.Trainer = Smoke{}

// Output is the directory, in an attempt's directory, where every trainer
// writes its checkpoints and its log.
const Output = "out"

// progressName is LLaMA-Factory's name of the progress log, which the others
// follow.
const progressName = "trainer_log.jsonl"

// SmokeConfig is the file that `trainyard smoke-train CONFIG` reads.
type SmokeConfig struct {
	Dataset      string      `json:"dataset"`       // dataset directory, absolute, with its manifest.json
	OutputDir    string      `json:"output_dir"`    // absolute; trainer_log.jsonl and checkpoint-N/ go there
	Template     string      `json:"template"`      // chat template, as the tokenizer names it
	Window       int         `json:"window"`        // a longer row, in tokens, is an error
	Epochs       float64     `json:"epochs"`        // may be a fraction
	BatchSize    int         `json:"batch_size"`    // rows per step
	LearningRate float64     `json:"learning_rate"` // as the recipe has it, meant for a large model
	Seed         int64       `json:"seed"`          // of the order of rows
	LoggingSteps int         `json:"logging_steps"` // steps between lines of the log
	SaveSteps    int         `json:"save_steps"`    // steps between checkpoints
	Expect       SmokeExpect `json:"expect"`        // what the manifest promises; anything else is an error
}

// SmokeExpect are the totals of the manifest, in rows and tokens.
type SmokeExpect struct {
	Train      SmokeTotals `json:"train"`
	Validation SmokeTotals `json:"validation"`
}

// SmokeTotals are the totals of one split.
type SmokeTotals struct {
	Rows          int64 `json:"rows"`
	Tokens        int64 `json:"tokens"`
	TrainedTokens int64 `json:"trained_tokens"`
}

// Name implements launch.Trainer.
func (Smoke) Name() string { return "smoke" }

// Summary implements launch.Trainer.
func (Smoke) Summary() string {
	return "a tiny model fitted inside trainyard: finds bad shards and masks before a GPU is rented"
}

// Check implements launch.Trainer; the program is trainyard itself.
func (Smoke) Check(launch.Job, func(string) (string, error)) error { return nil }

// Render implements launch.Trainer.
func (Smoke) Render(job launch.Job, site launch.Site) (launch.Command, error) {
	config := SmokeConfig{
		Dataset: job.Dataset.Dir, OutputDir: filepath.Join(site.Dir, Output),
		Template: job.Template, Window: job.Window, Epochs: job.Epochs, BatchSize: job.Batch,
		LearningRate: job.LR, Seed: job.Seed, LoggingSteps: 1, SaveSteps: 50,
		Expect: SmokeExpect{Train: totals(job.Dataset.Train), Validation: totals(job.Dataset.Validation)},
	}
	if err := config.apply(job.Params); err != nil {
		return launch.Command{}, err
	}
	content, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return launch.Command{}, fmt.Errorf("smoke: %w", err)
	}
	const name = "smoke.json"
	return launch.Command{
		Argv:     []string{site.Self, "smoke-train", filepath.Join(site.Dir, name)},
		Env:      job.Env,
		Files:    []launch.File{{Name: name, Content: append(content, '\n')}},
		Progress: Output + "/" + progressName,
	}, nil
}

func totals(s launch.Split) SmokeTotals {
	return SmokeTotals{Rows: s.Rows, Tokens: s.Tokens, TrainedTokens: s.TrainedTokens}
}

// apply takes the two parameters that a recipe may set.
func (c *SmokeConfig) apply(params launch.Params) error {
	known := map[string]*int{"logging_steps": &c.LoggingSteps, "save_steps": &c.SaveSteps}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(params)) {
		field, ok := known[name]
		if !ok {
			faults = append(faults, fmt.Errorf("smoke: unknown parameter %q: there are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", ")))
			continue
		}
		n, ok := whole(params[name])
		if !ok || n <= 0 {
			faults = append(faults, fmt.Errorf("smoke: %s is %v: give a whole number above 0", name, params[name]))
			continue
		}
		*field = n
	}
	return errors.Join(faults...)
}
