package trainer

import (
	"maps"
	"path/filepath"
)

// transformersTraining are the settings of transformers' TrainingArguments that
// TRL and ms-swift take by these names, each said even where it is the default
// today: defaults differ between the trainers and change with versions.
func transformersTraining(s *settings, r request) {
	transformersOutput(s, r)
	s.set("report_to", "none")
	transformersBatch(s, r)
	transformersRate(s, r)
	if r.evaluates() {
		transformersEval(s, r)
	} else {
		s.set("eval_strategy", "no")
	}
	if r.Resume != "" {
		s.set("resume_from_checkpoint", r.Resume)
	}
}

func transformersOutput(s *settings, r request) {
	save, _, keep := r.Steps()
	s.set("output_dir", filepath.Join(r.Dir, output))
	s.set("logging_steps", 1)
	s.set("logging_nan_inf_filter", false) // transformers writes 0, or a mean, for a NaN otherwise
	s.set("save_strategy", "steps")
	s.set("save_steps", save)
	s.set("save_total_limit", keep)
	s.set("save_only_model", false) // true makes the run impossible to resume
}

func transformersBatch(s *settings, r request) {
	s.set("per_device_train_batch_size", r.perDevice)
	s.set("gradient_accumulation_steps", r.accumulation)
	s.set("gradient_checkpointing", !r.NoGradientCheckpointing)
	s.set("bf16", r.Float() == "bf16")
	s.set("fp16", r.Float() == "fp16")
	if r.sharded() {
		s.set("deepspeed", filepath.Join(r.Dir, zero3Name))
	}
	s.set("dataloader_num_workers", readWorkers(r))
	s.set("ddp_timeout", 180000000) // seconds; a rank may tokenize for long while the others wait
}

func transformersEval(s *settings, r request) {
	_, every, _ := r.Steps()
	s.set("per_device_eval_batch_size", 1)
	s.set("eval_strategy", "steps")
	s.set("eval_steps", every)
}

// adamW says the optimizer, under the trainer's name for it. Its betas are
// transformers': ms-swift's own are others.
func adamW(s *settings, r request, name string) {
	s.set(name, "adamw_torch")
	s.set("adam_beta1", 0.9)
	s.set("adam_beta2", 0.999)
	s.set("weight_decay", r.WeightDecay)
	s.set("max_grad_norm", r.Clip())
}

// transformersCourse is how long is trained, and the learning rate over that time.
func transformersCourse(s *settings, r request) {
	s.set("learning_rate", r.LR)
	s.set("num_train_epochs", r.Epochs)
	if r.MaxSteps > 0 {
		s.set("max_steps", r.MaxSteps)
	}
	s.set("lr_scheduler_type", warmed(r))
}

func transformersRate(s *settings, r request) {
	adamW(s, r, "optim")
	transformersCourse(s, r)
	s.set("warmup_steps", r.Job.Warmup) // below 1 it is a share, in transformers from 5 on
	s.set("seed", r.Seed)
	s.set("data_seed", r.Seed)
}

// warmed is transformers' name of the schedule. Its constant has no warmup.
func warmed(r request) string {
	if orCosine(r.Schedule) == "constant" {
		return "constant_with_warmup"
	}
	return orCosine(r.Schedule)
}

// loraSize says the size of adapters, their rank under the trainer's name for it.
func loraSize(s *settings, r request, rankName string) {
	rank, alpha := r.LoRA.Size()
	s.set(rankName, rank)
	s.set("lora_alpha", alpha)
	s.set("lora_dropout", r.LoRA.Dropout)
}

var floatName = map[string]string{"bf16": "bfloat16", "fp16": "float16", "fp32": "float32"}

// attention is FlashAttention where the numbers are of its kind.
func attention(r request) string {
	if r.plain() {
		return "sdpa"
	}
	return "flash_attention_2"
}

// prepareWorkers is how many processes tokenize.
func prepareWorkers(r request) int {
	if r.plain() {
		return 1
	}
	return 16
}

// readWorkers is how many processes read rows ahead; 0 reads them in the trainer's
// own.
func readWorkers(r request) int {
	if r.plain() {
		return 0
	}
	return 4
}

// merged is one table of several.
func merged(tables ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// transformersOwned are the settings of TrainingArguments that may not be given.
var transformersOwned = map[string]string{
	"model_name_or_path":          "set model.base",
	"output_dir":                  "every attempt has a directory of its own",
	"overwrite_output_dir":        "true deletes the log and the checkpoints to resume from",
	"save_only_model":             "true makes the run impossible to resume",
	"save_strategy":               "set train.save_every",
	"save_steps":                  "set train.save_every",
	"save_total_limit":            "set train.keep_checkpoints",
	"eval_strategy":               "set train.eval_every",
	"eval_steps":                  "set train.eval_every",
	"learning_rate":               "set train.lr",
	"num_train_epochs":            "set train.epochs",
	"max_steps":                   "set train.max_steps",
	"lr_scheduler_type":           "set train.schedule",
	"warmup_ratio":                "set train.warmup",
	"warmup_steps":                "set train.warmup",
	"weight_decay":                "set train.weight_decay",
	"max_grad_norm":               "set train.max_grad_norm",
	"seed":                        "set train.seed",
	"data_seed":                   "set train.seed",
	"bf16":                        "set train.precision",
	"fp16":                        "set train.precision",
	"per_device_train_batch_size": "set train.micro_batch",
	"gradient_accumulation_steps": "it follows from train.batch, train.micro_batch and the GPUs",
	"gradient_checkpointing":      "set train.gradient_checkpointing",
	"logging_nan_inf_filter":      "true hides a diverged run behind a loss of 0",
	"push_to_hub":                 "a run writes into its own directory alone",
}
