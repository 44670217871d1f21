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

// output is the directory, in an attempt's directory, where every trainer
// writes its checkpoints and its log.
const output = "out"

// progressName is LLaMA-Factory's name of the progress log, which the others
// follow.
const progressName = "trainer_log.jsonl"

// smokeConfig is the file that `trainyard smoke-train CONFIG` reads. What is
// left out has the smoke trainer's own default.
type smokeConfig struct {
	Dataset        string      `json:"dataset"`               // directory with manifest.json, absolute
	OutputDir      string      `json:"output_dir"`            // absolute; trainer_log.jsonl and checkpoint-N/ go there
	ResumeFrom     string      `json:"resume_from,omitempty"` // a checkpoint-N of another directory to go on from
	Template       string      `json:"template"`              // chat template, as the tokenizer names it
	Window         int         `json:"window"`                // a longer row, in tokens, is an error
	Epochs         float64     `json:"epochs"`
	MaxSteps       int         `json:"max_steps,omitempty"`     // ends there, whatever epochs says
	BatchSize      int         `json:"batch_size"`              // rows per step
	LearningRate   float64     `json:"learning_rate,omitempty"` // of the tiny model
	Seed           int64       `json:"seed"`                    // of the model and of the order of rows
	SaveSteps      int         `json:"save_steps"`              // steps between checkpoints
	LoggingSteps   int         `json:"logging_steps"`           // steps between lines of the log
	SaveTotalLimit int         `json:"save_total_limit"`        // newest checkpoints kept
	Expected       smokeTotals `json:"expected"`                // of the training rows; others are an error
}

// smokeTotals are what the manifest promises.
type smokeTotals struct {
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
	train := job.Dataset.Train
	save, _, keep := job.Steps()
	config := smokeConfig{
		Dataset: filepath.Join(site.Dir, datasetDir), OutputDir: filepath.Join(site.Dir, output), ResumeFrom: site.Resume,
		Template: job.Template, Window: job.Window, Epochs: job.Epochs, MaxSteps: job.MaxSteps, BatchSize: job.Batch,
		Seed: job.Seed, SaveSteps: save, LoggingSteps: 1, SaveTotalLimit: keep,
		Expected: smokeTotals{Rows: train.Rows, Tokens: train.Tokens, TrainedTokens: train.TrainedTokens},
	}
	if err := errors.Join(onlyProcess(job), config.apply(job.Params)); err != nil {
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
		Files:    append(datasetLinks(job.Dataset), launch.File{Name: name, Content: string(content) + "\n"}),
		Progress: output + "/" + progressName,
		Output:   output,
	}, nil
}

// onlyProcess refuses GPUs that would stand idle.
func onlyProcess(job launch.Job) error {
	if job.World() == 1 {
		return nil
	}
	return fmt.Errorf("smoke: it is one process without a GPU, and the run asks for %d: leave --gpus and --nodes out", job.World())
}

// apply takes the parameters that a recipe may set. The learning rate is one
// of them, since train.lr is meant for a large model and would leave this one
// where it starts.
func (c *smokeConfig) apply(params launch.Params) error {
	counts := map[string]*int{
		"logging_steps": &c.LoggingSteps, "save_steps": &c.SaveSteps, "save_total_limit": &c.SaveTotalLimit,
	}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(params)) {
		switch field := counts[name]; {
		case field != nil:
			faults = append(faults, setCount(field, name, params[name]))
		case name == "learning_rate":
			faults = append(faults, setRate(&c.LearningRate, params[name]))
		default:
			faults = append(faults, fmt.Errorf("smoke: train.params.%s is unknown: there are learning_rate, %s",
				name, strings.Join(slices.Sorted(maps.Keys(counts)), ", ")))
		}
	}
	return errors.Join(faults...)
}

func setCount(field *int, name string, v any) error {
	n, ok := whole(v)
	if !ok || n <= 0 {
		return fmt.Errorf("smoke: train.params.%s is %v: give a whole number above 0", name, v)
	}
	*field = n
	return nil
}

func setRate(field *float64, v any) error {
	f, ok := number(v)
	if !ok || f <= 0 {
		return fmt.Errorf("smoke: train.params.learning_rate is %v: give a number above 0, such as 0.2", v)
	}
	*field = f
	return nil
}
