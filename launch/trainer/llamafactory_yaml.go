package trainer

import (
	"cmp"
	"path/filepath"
	"strings"
)

// model leaves trust_remote_code at its default, false: whether code from a
// model's repository may run here is the user's word, by train.params.
func (s *settings) model(r request) {
	s.set("model_name_or_path", r.Model)
	s.set("stage", "sft")
	s.set("do_train", true)
	if !r.Adapts() {
		s.set("finetuning_type", "full")
		return
	}
	rank, alpha := r.LoRA.Size()
	s.set("finetuning_type", "lora")
	s.set("lora_rank", rank)
	s.set("lora_alpha", alpha)
	s.set("lora_dropout", r.LoRA.Dropout)
	s.set("lora_target", cmp.Or(strings.Join(r.LoRA.Targets, ","), "all"))
	if r.Method == "qlora" {
		s.set("quantization_bit", 4)
		s.set("quantization_method", "bnb")
		s.set("quantization_type", "nf4")
		s.set("double_quantization", true)
	}
}

// data asks packed rows to be kept apart: packing alone lets them see each other.
func (s *settings) data(r request) {
	if r.sharded() && r.Params["fsdp"] == nil {
		s.set("deepspeed", filepath.Join(r.Dir, zero3Name))
	}
	s.set("dataset_dir", r.Dir)
	s.set("dataset", trainName)
	s.set("template", r.family.llamaFactory)
	s.set("cutoff_len", r.Window)
	s.set("packing", r.Packing)
	if r.Packing {
		s.set("cutoff_len", r.Window+1) // it takes one off, and would drop the longest rows
		s.set("neat_packing", true)
	}
	s.set("overwrite_cache", true)
	s.set("preprocessing_num_workers", prepareWorkers(r))
	s.set("dataloader_num_workers", readWorkers(r))
	s.kernels(r)
}

// kernels are those of a GPU, but for float32, which they do not take.
func (s *settings) kernels(r request) {
	attention := "fa2"
	if r.plain() {
		attention = "sdpa"
	}
	s.set("flash_attn", attention)
	s.set("enable_liger_kernel", !r.plain())
	s.set("use_unsloth_gc", !r.plain() && !r.NoGradientCheckpointing)
	s.set("disable_gradient_checkpointing", r.NoGradientCheckpointing)
}

func (s *settings) output(r request) {
	save, _, keep := r.Steps()
	s.set("output_dir", filepath.Join(r.Dir, output))
	s.set("logging_steps", 1)
	s.set("logging_nan_inf_filter", false) // transformers writes 0, or a mean, for a NaN otherwise
	s.set("save_strategy", "steps")
	s.set("save_steps", save)
	s.set("save_total_limit", keep)
	s.set("save_only_model", false)
	s.set("overwrite_output_dir", false)
	s.set("plot_loss", true)
	s.set("report_to", "none")
	s.set("include_num_input_tokens_seen", true) // the log's throughput
}

func (s *settings) schedule(r request) {
	s.set("per_device_train_batch_size", r.perDevice)
	s.set("gradient_accumulation_steps", r.accumulation)
	s.set("learning_rate", r.LR)
	s.set("num_train_epochs", r.Epochs)
	if r.MaxSteps > 0 {
		s.set("max_steps", r.MaxSteps)
	}
	s.set("lr_scheduler_type", warmed(r))
	s.set("warmup_ratio", r.Job.Warmup)
	s.set("optim", "adamw_torch")
	s.set("adam_beta1", 0.9)
	s.set("adam_beta2", 0.999)
	s.set("weight_decay", r.WeightDecay)
	s.set("max_grad_norm", r.Clip())
	s.set("seed", r.Seed)
	s.set("bf16", r.Float() == "bf16")
	s.set("fp16", r.Float() == "fp16")
	s.set("ddp_timeout", 180000000) // seconds; a rank may tokenize for long while the others wait
}

func (s *settings) validation(r request) {
	if !r.evaluates() {
		return
	}
	_, every, _ := r.Steps()
	s.set("eval_dataset", validationName)
	s.set("per_device_eval_batch_size", 1)
	s.set("eval_strategy", "steps")
	s.set("eval_steps", every)
}
