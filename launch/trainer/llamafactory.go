package trainer

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"trainyard/launch"
)

// LlamaFactory renders the configuration of LLaMA-Factory (its default engine,
// v0) and runs its launcher. The dataset is registered as sharegpt, because its
// openai format changes system prompts and drops text beside tool calls.
type LlamaFactory struct{}

var _ launch.Trainer = LlamaFactory{}

const llamaFactoryProgram = "llamafactory-cli"

// Name implements launch.Trainer.
func (LlamaFactory) Name() string { return "llamafactory" }

// Summary implements launch.Trainer.
func (LlamaFactory) Summary() string {
	return "LLaMA-Factory (llamafactory-cli train): full or LoRA fine-tuning on one machine's GPUs"
}

// Check implements launch.Trainer.
func (LlamaFactory) Check(job launch.Job, lookPath func(string) (string, error)) error {
	_, err := lookPath(llamaFactoryProgram)
	if err != nil {
		err = fmt.Errorf("llamafactory: %s is not found: activate the Python environment it lives in, "+
			"install it there with `pip install llamafactory liger-kernel` (and deepspeed for several GPUs), or try the run with --trainer smoke: %w", llamaFactoryProgram, err)
	}
	return errors.Join(unfit(job), err)
}

// unfit tells what no parameter can mend.
func unfit(job launch.Job) error {
	var faults []error
	if job.Model == "" {
		faults = append(faults, errors.New("llamafactory: model.base is missing: give the checkpoint to start from, such as model.base=Qwen/Qwen2.5-Coder-7B-Instruct"))
	}
	if !job.Dataset.HoldsMessages() {
		faults = append(faults, fmt.Errorf("llamafactory reads messages; this dataset holds %s: prepare it with mix.output=messages", job.Dataset.Output))
	}
	return errors.Join(faults...)
}

// Render implements launch.Trainer.
func (LlamaFactory) Render(job launch.Job, site launch.Site) (launch.Command, error) {
	const name = "llamafactory.yaml"
	settings, err := llamaFactorySettings(job, site.Dir)
	if err != nil {
		return launch.Command{}, err
	}
	config, err := settings.yaml()
	if err != nil {
		return launch.Command{}, err
	}
	info, err := datasetInfo(job.Dataset)
	if err != nil {
		return launch.Command{}, err
	}
	files := append(shardLinks(job.Dataset),
		launch.File{Name: "dataset_info.json", Content: info},
		launch.File{Name: name, Content: config})
	if settings.get("deepspeed") == filepath.Join(site.Dir, zero3Name) {
		files = append(files, launch.File{Name: zero3Name, Content: zero3})
	}
	return launch.Command{
		Argv:     []string{llamaFactoryProgram, "train", filepath.Join(site.Dir, name)},
		Env:      append(llamaFactoryEnv(job, site.Dir), job.Env...),
		Files:    files,
		Progress: output + "/" + progressName,
		Output:   output,
	}, nil
}

// llamaFactoryEnv pins the number of processes: by itself llamafactory-cli
// takes every GPU it sees, and the batch would no longer be the recipe's.
func llamaFactoryEnv(job launch.Job, dir string) []launch.Env {
	env := []launch.Env{
		{Name: "NPROC_PER_NODE", Value: strconv.Itoa(job.Devices())},
	}
	env = append(env, unbuffered...)
	if job.Devices() > 1 {
		env = append(env, launch.Env{Name: "FORCE_TORCHRUN", Value: "1"})
		env = append(env, rankLogs(dir)...)
	}
	return env
}

// unbuffered has Python's lines reach the log as they are printed, in their order
// with those of standard error.
var unbuffered = []launch.Env{{Name: "PYTHONUNBUFFERED", Value: "1"}}

// rankLogs has torchrun write the output of each rank to a file of its own beside
// the common log, where the lines of all ranks stand between each other. It takes
// its options from PET_ variables too (torch/distributed/argparse_util.py).
func rankLogs(dir string) []launch.Env {
	return []launch.Env{
		{Name: "PET_LOG_DIR", Value: filepath.Join(dir, "ranks")},
		{Name: "PET_TEE", Value: "3"}, // standard output and standard error
	}
}

const (
	trainName      = "traj_sft"
	validationName = "traj_validation"
)

// datasetInfo registers the link directories under the names that the
// configuration uses.
func datasetInfo(d launch.Dataset) (string, error) {
	type entry struct {
		FileName   string            `json:"file_name"`
		Formatting string            `json:"formatting"`
		Columns    map[string]string `json:"columns"`
		Tags       map[string]string `json:"tags"`
	}
	of := func(dir string) entry {
		return entry{
			FileName: dir, Formatting: "sharegpt",
			Columns: map[string]string{"messages": "messages"},
			Tags: map[string]string{
				"role_tag": "role", "content_tag": "content",
				"user_tag": "user", "assistant_tag": "assistant", "system_tag": "system",
			},
		}
	}
	info := map[string]entry{trainName: of(trainDir)}
	if len(d.Validation.Shards) > 0 {
		info[validationName] = of(validationDir)
	}
	data, err := json.MarshalIndent(info, "", "  ")
	return string(data) + "\n", err
}

// llamaFactoryTemplates maps our template names onto LLaMA-Factory's.
var llamaFactoryTemplates = map[string]string{"qwen2.5": "qwen"}

func llamaFactorySettings(job launch.Job, dir string) (*settings, error) {
	template, okTemplate := llamaFactoryTemplates[job.Template]
	perDevice, accumulation, errBatch := splitBatch(job)
	faults := []error{unfit(job), errBatch, refused(job)}
	if !okTemplate {
		faults = append(faults, fmt.Errorf("llamafactory: no template of it is known to equal %q: there are %s",
			job.Template, strings.Join(slices.Sorted(maps.Keys(llamaFactoryTemplates)), ", ")))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	s := &settings{}
	s.model(job)
	s.data(job, dir, template)
	s.output(dir)
	s.schedule(job, perDevice, accumulation)
	s.validation(job)
	s.over(job.Params)
	return s, nil
}
