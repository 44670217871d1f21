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
	s.set("finetuning_type", "lora")
	loraSize(s, r, "lora_rank")
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
	transformersOutput(s, r)
	s.set("overwrite_output_dir", false)
	s.set("plot_loss", true)
	s.set("report_to", "none")
	s.set("include_num_input_tokens_seen", true) // the log's throughput
}

func (s *settings) schedule(r request) {
	s.set("per_device_train_batch_size", r.perDevice)
	s.set("gradient_accumulation_steps", r.accumulation)
	transformersCourse(s, r)
	s.set("warmup_ratio", r.Job.Warmup)
	adamW(s, r, "optim")
	s.set("seed", r.Seed)
	s.set("bf16", r.Float() == "bf16")
	s.set("fp16", r.Float() == "fp16")
	s.set("ddp_timeout", 180000000) // seconds; a rank may tokenize for long while the others wait
}

func (s *settings) validation(r request) {
	if !r.evaluates() {
		return
	}
	s.set("eval_dataset", validationName)
	transformersEval(s, r)
}
