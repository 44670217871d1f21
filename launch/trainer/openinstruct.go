package trainer

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"trainyard/launch"
)

// openInstruct is AllenAI's open_instruct/finetune.py. It goes by accelerate, which
// takes its choices from ACCELERATE_ variables too (accelerate/utils/launch.py):
// torchrun starts it, and all nodes have one argv.
//
// It looks for checkpoints in its own output directory alone and never reads
// resume_from_checkpoint once that directory is there: the checkpoint is linked
// into it.
var openInstruct = adapter{
	name:    "open-instruct",
	summary: "open-instruct (open_instruct.finetune, DeepSpeed): full, LoRA or QLoRA, several GPUs to a row; reads messages; evaluates nothing",
	program: "torchrun", install: "git clone https://github.com/allenai/open-instruct && uv sync",
	can: ability{
		methods: launch.Methods, layouts: []string{"messages"},
		schedules: launch.Schedules, precisions: []string{"bf16", "fp16"},
		nodes: true, packs: true, shares: true, resumes: true, dropout: true,
	},
	native: "such as use_8bit_optimizer",
	owned:  openInstructOwned,
	limits: openInstructLimits,
	render: renderOpenInstruct,
}

var openInstructOwned = map[string]string{
	"model_name_or_path":          "set model.base",
	"tokenizer_name_or_path":      "set model.base",
	"chat_template_name":          "set model.template: token counts and masks were made with it",
	"dataset_name":                "the dataset is the recipe's",
	"dataset_mixer":               "the dataset is the recipe's",
	"dataset_mixer_list":          "the dataset is the recipe's",
	"dataset_mixer_list_splits":   "the dataset is the recipe's",
	"dataset_transform_fn":        "the loss is on what the assistant wrote; token counts and masks were made so",
	"sft_messages_key":            "the dataset is the recipe's",
	"max_train_samples":           "it would drop rows without a word: set mix.budget",
	"max_seq_length":              "set mix.window: a shorter one cuts rows without a word",
	"learning_rate":               "set train.lr",
	"lr_scheduler_type":           "set train.schedule",
	"warmup_ratio":                "set train.warmup",
	"weight_decay":                "set train.weight_decay",
	"clip_grad_norm":              "set train.max_grad_norm",
	"num_train_epochs":            "set train.epochs",
	"max_train_steps":             "set train.max_steps",
	"per_device_train_batch_size": "set train.micro_batch",
	"gradient_accumulation_steps": "it follows from train.batch, train.micro_batch and the GPUs",
	"gradient_checkpointing":      "set train.gradient_checkpointing",
	"use_lora":                    "set train.method",
	"use_qlora":                   "set train.method",
	"lora_rank":                   "set train.lora.rank",
	"lora_alpha":                  "set train.lora.alpha",
	"lora_dropout":                "set train.lora.dropout",
	"packing":                     "set train.packing",
	"sequence_parallel_size":      "set train.sequence_parallel",
	"seed":                        "set train.seed",
	"checkpointing_steps":         "set train.save_every",
	"keep_last_n_checkpoints":     "set train.keep_checkpoints",
	"clean_checkpoints_at_end":    "true deletes the checkpoints to resume from",
	"output_dir":                  "every attempt has a directory of its own",
	"do_not_randomize_output_dir": "the output directory must be the one that is looked into",
	"resume_from_checkpoint":      "the run names the checkpoint to go on from",
	"push_to_hub":                 "a run writes into its own directory alone",
	"try_launch_beaker_eval_jobs": "a run starts nothing beside itself",
}

func openInstructLimits(job launch.Job) (faults []error) {
	if len(job.LoRA.Targets) > 0 {
		faults = append(faults, fmt.Errorf("open-instruct: it chooses the layers of adapters by itself: leave train.lora.targets out"))
	}
	if job.Share() > 1 && job.World() == 1 {
		faults = append(faults, fmt.Errorf("open-instruct: train.sequence_parallel needs DeepSpeed, which one GPU is not given"))
	}
	return faults
}

func renderOpenInstruct(r request) (launch.Command, error) {
	f := &flagList{}
	openInstructData(f, r)
	openInstructTraining(f, r)
	openInstructOutput(f, r)
	args, err := f.flags(r.Params)
	if err != nil {
		return launch.Command{}, fmt.Errorf("open-instruct: %w", err)
	}
	files := shardLinks(r.Dataset)
	if r.sharded() {
		files = append(files, zero3Clipped(r))
	}
	if r.Resume != "" {
		name := filepath.Base(r.Resume)
		if !strings.HasPrefix(name, "step_") && !strings.HasPrefix(name, "epoch_") {
			return launch.Command{}, fmt.Errorf("open-instruct: %s is no checkpoint of it: those are named step_N or epoch_N", r.Resume)
		}
		files = append(files, launch.File{Name: output + "/" + name, Link: r.Resume})
	}
	return launch.Command{
		Argv: torchrun(r, "open_instruct.finetune", args...), Env: environment(r, accelerateEnv(r)...), Files: files, Output: output,
	}, nil
}

// openInstructData gives each shard in full: "1.0" is all of it, 1 a single row.
// The text is tokenised into the attempt's directory.
func openInstructData(f *flagList, r request) {
	var mixer []any
	for _, path := range linked(r, trainDir, r.Dataset.Train.Shards) {
		mixer = append(mixer, path, "1.0")
	}
	f.set("model_name_or_path", r.Model)
	f.set("tokenizer_name_or_path", r.Model)
	f.set("dataset_mixer_list", mixer)
	f.set("dataset_mixer_list_splits", []any{"train"})
	f.set("dataset_local_cache_dir", filepath.Join(r.Dir, "prepared"))
	f.set("sft_messages_key", "messages")
	f.set("max_seq_length", r.Window)
	f.set("packing", r.Packing)
	f.set("sequence_parallel_size", r.Share())
}

func openInstructTraining(f *flagList, r request) {
	f.set("per_device_train_batch_size", r.perDevice)
	f.set("gradient_accumulation_steps", r.accumulation)
	f.set("gradient_checkpointing", !r.NoGradientCheckpointing)
	f.set("use_liger_kernel", true)
	f.set("learning_rate", r.LR)
	f.set("lr_scheduler_type", warmed(r))
	f.set("warmup_ratio", r.Job.Warmup)
	f.set("weight_decay", r.WeightDecay)
	if !r.sharded() {
		f.set("clip_grad_norm", r.Clip()) // under DeepSpeed its own configuration says it
	}
	f.set("num_train_epochs", int(max(1, r.Epochs)))
	if r.MaxSteps > 0 {
		f.set("max_train_steps", r.MaxSteps)
	}
	f.set("seed", r.Seed)
	f.set("timeout", 180000) // seconds; a rank may tokenize for long while the others wait
	if r.Adapts() {
		rank, alpha := r.LoRA.Size()
		f.set("use_lora", true)
		f.set("use_qlora", r.Method == "qlora")
		f.set("lora_rank", rank)
		f.set("lora_alpha", alpha)
		f.set("lora_dropout", r.LoRA.Dropout)
	}
}

// openInstructOutput turns off what it does by itself: random directories,
// uploads, jobs on its makers' cluster, and deleting all checkpoints at the end.
// False is said in words, since an option alone is true.
func openInstructOutput(f *flagList, r request) {
	save, _, keep := r.Steps()
	f.set("output_dir", filepath.Join(r.Dir, output))
	f.set("do_not_randomize_output_dir", true)
	f.set("checkpointing_steps", strconv.Itoa(save))
	f.set("keep_last_n_checkpoints", keep)
	f.set("clean_checkpoints_at_end", "False")
	f.set("logging_steps", 1)
	f.set("with_tracking", false)
	f.set("push_to_hub", "False")
	f.set("try_launch_beaker_eval_jobs", "False")
	f.set("try_auto_save_to_beaker", "False")
}

// accelerateEnv is what `accelerate launch` would set.
func accelerateEnv(r request) []launch.Env {
	env := []launch.Env{{Name: "ACCELERATE_MIXED_PRECISION", Value: r.Float()}}
	if r.sharded() {
		env = append(env,
			launch.Env{Name: "ACCELERATE_USE_DEEPSPEED", Value: "true"},
			launch.Env{Name: "ACCELERATE_DEEPSPEED_CONFIG_FILE", Value: filepath.Join(r.Dir, zero3Name)},
			launch.Env{Name: "ACCELERATE_DEEPSPEED_ZERO3_INIT", Value: "true"})
	}
	return env
}
