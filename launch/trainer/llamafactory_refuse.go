package trainer

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"trainyard/launch"
)

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

	// These change which rows are trained, or what of them.
	"max_samples":               "it would drop rows without a word: set mix.budget",
	"streaming":                 "it would read the rows in another order and without their number",
	"buffer_size":               "the order of rows is the trainer's, by the seed",
	"mix_strategy":              "the mix is the recipe's: set mix.sampler",
	"interleave_probs":          "the mix is the recipe's: set sources.NAME.share",
	"tokenized_path":            "it would train on rows that were tokenised before",
	"train_on_prompt":           "the loss is on what the assistant wrote; token counts and masks were made so",
	"mask_history":              "the loss is on every turn of the assistant; token counts and masks were made so",
	"packing":                   "it would cut rows and let them see each other; a row of the dataset is a row of the training",
	"neat_packing":              "it would cut rows; a row of the dataset is a row of the training",
	"default_system":            "system texts are in the rows",
	"tool_format":               "calls and tools are in the rows as text",
	"enable_thinking":           "thoughts are in the rows as text",
	"ignore_pad_token_for_loss": "false would train on padding",

	// These are what a run is judged by.
	"logging_nan_inf_filter":        "true hides a diverged run behind a loss of 0",
	"logging_strategy":              "set logging_steps",
	"include_num_input_tokens_seen": "the log's throughput is made with it",
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
		if !ok || n <= 0 || n > job.Batch {
			return 0, 0, fmt.Errorf("llamafactory: train.params.per_device_train_batch_size is %v: give a whole number from 1 to train.batch, %d", v, job.Batch)
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
