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
func (LlamaFactory) Check(_ launch.Job, lookPath func(string) (string, error)) error {
	if _, err := lookPath(llamaFactoryProgram); err != nil {
		return fmt.Errorf("llamafactory: %s is not found: activate the Python environment it lives in, "+
			"install it there with `pip install llamafactory`, or try the run with --trainer smoke: %w", llamaFactoryProgram, err)
	}
	return nil
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
		Env:      append(llamaFactoryEnv(job), job.Env...),
		Files:    files,
		Progress: output + "/" + progressName,
	}, nil
}

// llamaFactoryEnv pins the number of processes: by itself llamafactory-cli
// takes every GPU it sees, and the batch would no longer be the recipe's.
func llamaFactoryEnv(job launch.Job) []launch.Env {
	env := []launch.Env{
		{Name: "NPROC_PER_NODE", Value: strconv.Itoa(job.Devices())},
		{Name: "PYTHONUNBUFFERED", Value: "1"}, // lines reach the log as they are printed
	}
	if job.Devices() > 1 {
		env = append(env, launch.Env{Name: "FORCE_TORCHRUN", Value: "1"})
	}
	return env
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

// llamaFactoryOwned are the keys that parameters may not set, with the reason.
var llamaFactoryOwned = map[string]string{
	"stage":                       "trainyard runs supervised fine-tuning only",
	"do_train":                    "a run trains",
	"model_name_or_path":          "set model.base",
	"finetuning_type":             "set train.method",
	"template":                    "set model.template: token counts and masks were made with it",
	"dataset":                     "the dataset is the recipe's",
	"dataset_dir":                 "the dataset is the recipe's",
	"eval_dataset":                "the validation shards are split by repository",
	"val_size":                    "it would split rows at random, with one repository on both sides",
	"output_dir":                  "every attempt has a directory of its own",
	"overwrite_output_dir":        "true deletes the log and the checkpoints to resume from",
	"save_only_model":             "true makes the run impossible to resume",
	"disable_shuffling":           "the order of rows is the trainer's, by the seed",
	"learning_rate":               "set train.lr",
	"num_train_epochs":            "set train.epochs",
	"max_steps":                   "set train.epochs",
	"lr_scheduler_type":           "set train.schedule",
	"warmup_ratio":                "set train.warmup",
	"seed":                        "set mix.seed",
	"gradient_accumulation_steps": "it follows from train.batch, the GPUs and per_device_train_batch_size",
}

func llamaFactorySettings(job launch.Job, dir string) (*settings, error) {
	template, okTemplate := llamaFactoryTemplates[job.Template]
	perDevice, accumulation, errBatch := splitBatch(job)
	faults := []error{errBatch, refused(job)}
	if !okTemplate {
		faults = append(faults, fmt.Errorf("llamafactory: no template of it is known to equal %q: there are %s",
			job.Template, strings.Join(slices.Sorted(maps.Keys(llamaFactoryTemplates)), ", ")))
	}
	if job.Model == "" {
		faults = append(faults, errors.New("llamafactory: the job has no model: set model.base"))
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

// refused lists every parameter that may not be set.
func refused(job launch.Job) error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(job.Params)) {
		if why, owned := llamaFactoryOwned[name]; owned {
			faults = append(faults, fmt.Errorf("llamafactory: train.params.%s may not be set: %s", name, why))
		}
	}
	if v, set := job.Params["cutoff_len"]; set {
		if n, ok := whole(v); !ok || n < job.Window {
			faults = append(faults, fmt.Errorf("llamafactory: train.params.cutoff_len is %v, below the window of %d: rows would be cut without a word", v, job.Window))
		}
	}
	return errors.Join(faults...)
}

// splitBatch divides the batch of the job among devices and accumulation.
func splitBatch(job launch.Job) (perDevice, accumulation int, err error) {
	perDevice = 1
	if v, set := job.Params["per_device_train_batch_size"]; set {
		n, ok := whole(v)
		if !ok || n <= 0 {
			return 0, 0, fmt.Errorf("llamafactory: train.params.per_device_train_batch_size is %v: give a whole number above 0", v)
		}
		perDevice = n
	}
	step := perDevice * job.Devices()
	if job.Batch%step != 0 {
		return 0, 0, fmt.Errorf("llamafactory: train.batch %d does not divide among %d GPUs with %d rows each: choose a multiple of %d",
			job.Batch, job.Devices(), perDevice, step)
	}
	return perDevice, job.Batch / step, nil
}
