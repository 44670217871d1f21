package trainer

import (
	"fmt"

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
	"max_steps":                   "set train.max_steps",
	"lr_scheduler_type":           "set train.schedule",
	"warmup_ratio":                "set train.warmup",
	"seed":                        "set train.seed",
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
	"packing":                   "alone it lets rows see each other; a row of the dataset is a row of the training: set train.packing",
	"neat_packing":              "a row of the dataset is a row of the training: set train.packing",
	"default_system":            "system texts are in the rows",
	"tool_format":               "calls and tools are in the rows as text",
	"enable_thinking":           "thoughts are in the rows as text",
	"ignore_pad_token_for_loss": "false would train on padding",

	// These are what a run is judged by.
	"logging_nan_inf_filter":        "true hides a diverged run behind a loss of 0",
	"logging_strategy":              "set logging_steps",
	"include_num_input_tokens_seen": "the log's throughput is made with it",
}

// llamaFactoryTwins are settings that recipes had before there were keys of our
// own for them. They are taken still, and not beside those keys.
var llamaFactoryTwins = []struct {
	name, key string
	said      func(launch.Job) bool
}{
	{"per_device_train_batch_size", "train.micro_batch", func(j launch.Job) bool { return j.MicroBatch != 0 }},
	{"lora_rank", "train.lora.rank", func(j launch.Job) bool { return j.LoRA.Rank != 0 }},
	{"lora_alpha", "train.lora.alpha", func(j launch.Job) bool { return j.LoRA.Alpha != 0 }},
	{"lora_dropout", "train.lora.dropout", func(j launch.Job) bool { return j.LoRA.Dropout != 0 }},
	{"lora_target", "train.lora.targets", func(j launch.Job) bool { return len(j.LoRA.Targets) != 0 }},
	{"weight_decay", "train.weight_decay", func(j launch.Job) bool { return j.WeightDecay != 0 }},
	{"max_grad_norm", "train.max_grad_norm", func(j launch.Job) bool { return j.MaxGradNorm != 0 }},
	{"save_steps", "train.save_every", func(j launch.Job) bool { return j.SaveEvery != 0 }},
	{"eval_steps", "train.eval_every", func(j launch.Job) bool { return j.EvalEvery != 0 }},
	{"save_total_limit", "train.keep_checkpoints", func(j launch.Job) bool { return j.KeepCheckpoints != 0 }},
	{"bf16", "train.precision", func(j launch.Job) bool { return j.Precision != "" }},
	{"fp16", "train.precision", func(j launch.Job) bool { return j.Precision != "" }},
}

func llamaFactoryLimits(job launch.Job) (faults []error) {
	for _, twin := range llamaFactoryTwins {
		if v, set := job.Params[twin.name]; set && twin.said(job) {
			faults = append(faults, fmt.Errorf("llamafactory: train.params.%s is %v, and %s says it too: leave one of them out", twin.name, v, twin.key))
		}
	}
	if v, set := job.Params["cutoff_len"]; set {
		if n, ok := whole(v); !ok || n < job.Window {
			faults = append(faults, fmt.Errorf("llamafactory: train.params.cutoff_len is %v, below the window of %d: rows would be cut without a word", v, job.Window))
		}
	}
	if v, set := job.Params["per_device_train_batch_size"]; set {
		if n, ok := whole(v); !ok || n <= 0 || n > job.Batch {
			faults = append(faults, fmt.Errorf("llamafactory: train.params.per_device_train_batch_size is %v: give a whole number from 1 to train.batch, %d", v, job.Batch))
		}
	}
	return faults
}

// rowsOnDevice is the job's own word, or that of the setting which stood for it.
func rowsOnDevice(job launch.Job) int {
	if n, ok := whole(job.Params["per_device_train_batch_size"]); ok && n > 0 && n <= job.Batch {
		return n
	}
	return job.Rows()
}
