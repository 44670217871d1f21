package smoke

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
)

// A Config is one run, read from a JSON file. A field left out has the default
// its comment names; dataset and output_dir have none.
type Config struct {
	Dataset   string `json:"dataset"`    // directory with manifest.json
	OutputDir string `json:"output_dir"` // created; holds the log, checkpoints and model

	Template string `json:"template"` // chat template; default: the manifest's, and never another
	Window   int    `json:"window"`   // longest row in tokens; default: the manifest's

	// ResumeFrom is a checkpoint-N of another output directory to go on from;
	// checkpoints in this one come first.
	ResumeFrom string `json:"resume_from"`

	Epochs    float64 `json:"epochs"`     // passes over the training rows, may end within one; default 3
	MaxSteps  int     `json:"max_steps"`  // ends there, whatever epochs says; 0: by epochs
	BatchSize int     `json:"batch_size"` // rows per step; default 1
	// LearningRate is this model's own peak rate (Adagrad), some 10,000 times
	// that of a large model's AdamW; default 0.1.
	LearningRate float64 `json:"learning_rate"`
	Seed         int64   `json:"seed"` // of the initial model and of every epoch's order

	SaveSteps      int `json:"save_steps"`       // steps between checkpoints; 0: at the end and when stopped
	LoggingSteps   int `json:"logging_steps"`    // steps between log lines; default 1
	SaveTotalLimit int `json:"save_total_limit"` // newest checkpoints kept; 0: all

	Expected Totals `json:"expected"` // of the training rows; 0: not checked
}

// Totals count the rows of a split.
type Totals struct {
	Rows          int64 `json:"rows"`
	Tokens        int64 `json:"tokens"`
	TrainedTokens int64 `json:"trained_tokens"`
}

// LoadConfig reads a Config and fills in the defaults. A key that does not
// exist is an error; wrong values are reported all at once.
func LoadConfig(path string) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read config: %w", err)
	}
	cfg := Config{Epochs: 3, BatchSize: 1, LearningRate: 0.1, LoggingSteps: 1}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&cfg); err != nil {
		return Config{}, fmt.Errorf("read config %s: %w", path, err)
	}
	if err := cfg.check(); err != nil {
		return Config{}, fmt.Errorf("read config %s: %w", path, err)
	}
	return cfg, nil
}

func (c *Config) check() error {
	var faults []error
	refuse := func(wrong bool, field string, got any, want string) {
		if wrong {
			faults = append(faults, fmt.Errorf("%s: got %v, want %s", field, got, want))
		}
	}
	refuse(c.Dataset == "", "dataset", `""`, "the directory of a prepared dataset")
	refuse(c.OutputDir == "", "output_dir", `""`, "a directory to write to")
	refuse(c.Window < 0, "window", c.Window, "a number of tokens")
	refuse(!(c.Epochs > 0) || math.IsInf(c.Epochs, 0), "epochs", c.Epochs, "more than 0")
	refuse(c.MaxSteps < 0, "max_steps", c.MaxSteps, "0 or more")
	refuse(c.BatchSize < 1, "batch_size", c.BatchSize, "at least 1 row")
	refuse(!(c.LearningRate > 0), "learning_rate", c.LearningRate, "more than 0")
	refuse(c.SaveSteps < 0, "save_steps", c.SaveSteps, "0 or more")
	refuse(c.LoggingSteps < 1, "logging_steps", c.LoggingSteps, "at least 1")
	refuse(c.SaveTotalLimit < 0, "save_total_limit", c.SaveTotalLimit, "0 or more")
	return errors.Join(faults...)
}
