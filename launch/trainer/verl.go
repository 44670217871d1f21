package trainer

import (
	"fmt"
	"path/filepath"

	"trainyard/launch"
)

// verl is its trainer for SFT, verl.trainer.sft_trainer, by Hydra's overrides,
// which refuse what the configuration does not have. It joins the rows of a device
// by itself, up to a number of tokens, and keeps them apart.
var verl = adapter{
	name:    "verl",
	summary: "verl (verl.trainer.sft_trainer, FSDP2): full or LoRA, several GPUs to a row; reads messages",
	program: "torchrun", install: "pip install verl==0.9.1 liger-kernel flash-attn",
	can: ability{
		methods: []string{"full", "lora"}, layouts: []string{"messages"},
		schedules: []string{"cosine", "constant"}, precisions: launch.Precisions,
		nodes: true, shares: true, resumes: true,
	},
	native: "nested as its configuration is, such as engine: {param_offload: true}; a name that it does not have is added by a + before it",
	owned:  verlOwned,
	limits: verlLimits,
	render: renderVerl,
}

var verlOwned = map[string]string{
	"model.path":                            "set model.base",
	"model.lora_rank":                       "set train.lora.rank",
	"model.lora_alpha":                      "set train.lora.alpha",
	"model.target_modules":                  "set train.lora.targets",
	"model.enable_gradient_checkpointing":   "set train.gradient_checkpointing",
	"model.custom_chat_template":            "set model.template: token counts and masks were made with it",
	"data.train_files":                      "the dataset is the recipe's",
	"data.val_files":                        "the validation shards are split by repository",
	"data.train_max_samples":                "it would drop rows without a word: set mix.budget",
	"data.messages_key":                     "the dataset is the recipe's",
	"data.train_batch_size":                 "set train.batch",
	"data.micro_batch_size_per_gpu":         "set train.micro_batch",
	"data.max_token_len_per_gpu":            "it follows from mix.window and train.micro_batch",
	"data.max_length":                       "set mix.window",
	"data.truncation":                       "no row is longer than the window, and one that were must not be cut without a word",
	"data.custom_cls":                       "the dataset is the recipe's",
	"data.ignore_input_ids_mismatch":        "true trains on rows that are rendered otherwise than they were counted",
	"engine.ulysses_sequence_parallel_size": "set train.sequence_parallel",
	"engine.dtype":                          "set train.precision",
	"engine.seed":                           "set train.seed",
	"optim.lr":                              "set train.lr",
	"optim.weight_decay":                    "set train.weight_decay",
	"optim.clip_grad":                       "set train.max_grad_norm",
	"optim.lr_scheduler_type":               "set train.schedule",
	"optim.lr_warmup_steps_ratio":           "set train.warmup",
	"optim.lr_warmup_steps":                 "set train.warmup",
	"checkpoint.save_contents":              "a checkpoint holds what it takes to resume, and the model for others",
	"trainer.default_local_dir":             "every attempt has a directory of its own",
	"trainer.default_hdfs_dir":              "every attempt has a directory of its own",
	"trainer.total_epochs":                  "set train.epochs",
	"trainer.total_training_steps":          "set train.max_steps",
	"trainer.seed":                          "set train.seed",
	"trainer.save_freq":                     "set train.save_every",
	"trainer.test_freq":                     "set train.eval_every",
	"trainer.max_ckpt_to_keep":              "set train.keep_checkpoints",
	"trainer.resume_mode":                   "the run names the checkpoint to go on from",
	"trainer.resume_from_path":              "the run names the checkpoint to go on from",
	"trainer.nnodes":                        "it is the run's",
	"trainer.n_gpus_per_node":               "it is the run's",
}

// verlLimits refuses what it does by itself, and otherwise.
func verlLimits(job launch.Job) (faults []error) {
	if job.Packing {
		faults = append(faults, fmt.Errorf("verl: it joins the rows of a device by itself and counts them by rows: leave train.packing out"))
	}
	return faults
}

func renderVerl(r request) (launch.Command, error) {
	f := &flagList{}
	verlData(f, r)
	verlModel(f, r)
	verlOptimizer(f, r)
	verlTrainer(f, r)
	args, err := f.hydra(r.Params)
	if err != nil {
		return launch.Command{}, fmt.Errorf("verl: %w", err)
	}
	const log = output + "/metrics.jsonl"
	return launch.Command{
		Argv:  torchrun(r, "verl.trainer.sft_trainer", args...),
		Env:   environment(r, launch.Env{Name: "VERL_FILE_LOGGER_PATH", Value: filepath.Join(r.Dir, log)}),
		Files: shardLinks(r.Dataset), Progress: log, Output: output,
	}, nil
}

// verlData bounds the tokens of a device by its rows at their longest. Its own
// defaults cut nothing, but fail above 1,024 tokens.
func verlData(f *flagList, r request) {
	f.set("data.train_files", linked(r, trainDir, r.Dataset.Train.Shards))
	if r.evaluates() {
		f.set("data.val_files", linked(r, validationDir, r.Dataset.Validation.Shards))
	}
	f.set("data.messages_key", "messages")
	f.set("data.train_batch_size", r.Batch)
	f.set("data.micro_batch_size_per_gpu", r.perDevice)
	f.set("data.use_dynamic_bsz", true)
	f.set("data.max_token_len_per_gpu", (r.Window*r.perDevice+r.Share()-1)/r.Share())
	f.set("data.max_length", r.Window)
	f.set("data.truncation", "error")
	f.set("data.pad_mode", "no_padding")
}

// verlModel keeps weights that learn in float32; only what is computed with is
// rounded.
func verlModel(f *flagList, r request) {
	f.set("model.path", r.Model)
	f.set("model.trust_remote_code", false)
	f.set("model.use_remove_padding", !r.plain())
	f.set("model.use_liger", !r.plain())
	f.set("model.enable_gradient_checkpointing", !r.NoGradientCheckpointing)
	if r.Adapts() {
		rank, alpha := r.LoRA.Size()
		f.set("model.lora_rank", rank)
		f.set("model.lora_alpha", alpha)
		f.set("model.target_modules", verlTargets(r))
	}
	f.set("engine.strategy", "fsdp2")
	f.set("engine.model_dtype", map[bool]string{true: "bf16", false: "fp32"}[r.Adapts() && !r.plain()])
	f.set("engine.dtype", floatName[r.Float()])
	f.set("engine.seed", r.Seed)
	f.set("engine.ulysses_sequence_parallel_size", r.Share())
}

func verlTargets(r request) any {
	if len(r.LoRA.Targets) == 0 {
		return "all-linear"
	}
	return anyList(r.LoRA.Targets)
}

func verlOptimizer(f *flagList, r request) {
	f.set("optim.lr", r.LR)
	f.set("optim.betas", []any{0.9, 0.999})
	f.set("optim.weight_decay", r.WeightDecay)
	f.set("optim.clip_grad", r.Clip())
	f.set("optim.lr_scheduler_type", orCosine(r.Schedule))
	f.set("optim.lr_warmup_steps_ratio", r.Job.Warmup)
	f.set("optim.min_lr_ratio", 0.0)
}

func verlTrainer(f *flagList, r request) {
	save, every, keep := r.Steps()
	f.set("checkpoint.save_contents", []any{"model", "optimizer", "extra", "hf_model"})
	f.set("trainer.default_local_dir", filepath.Join(r.Dir, output))
	f.set("trainer.project_name", "trainyard")
	f.set("trainer.experiment_name", r.Recipe)
	f.set("trainer.logger", []any{"console", "file"})
	f.set("trainer.seed", r.Seed)
	f.set("trainer.total_epochs", int(max(1, r.Epochs)))
	if r.MaxSteps > 0 {
		f.set("trainer.total_epochs", manyEpochs)
		f.set("trainer.total_training_steps", r.MaxSteps)
	}
	f.set("trainer.save_freq", save)
	if !r.evaluates() {
		every = -1
	}
	f.set("trainer.test_freq", every)
	f.set("trainer.max_ckpt_to_keep", keep)
	f.set("trainer.resume_mode", "disable")
	if r.Resume != "" {
		f.set("trainer.resume_mode", "resume_path")
		f.set("trainer.resume_from_path", r.Resume)
	}
	f.set("trainer.nnodes", r.NodeCount())
	f.set("trainer.n_gpus_per_node", r.Devices())
}

// manyEpochs is more than any training by steps reaches, for trainers that end at
// whichever comes first.
const manyEpochs = 100_000
