package trainer

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/launch"
)

// settings are the keys of a configuration in the order they are written.
type settings struct {
	names  []string
	values map[string]any
}

func (s *settings) set(name string, value any) {
	if s.values == nil {
		s.values = map[string]any{}
	}
	if _, there := s.values[name]; !there {
		s.names = append(s.names, name)
	}
	s.values[name] = value
}

func (s *settings) get(name string) any { return s.values[name] }

// over lays the recipe's parameters on top, new ones last and sorted.
func (s *settings) over(params launch.Params) {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		s.set(name, params[name])
	}
}

func (s *settings) yaml() (string, error) {
	var b strings.Builder
	for _, name := range s.names {
		text, err := yamlScalar(s.values[name])
		if err != nil {
			return "", fmt.Errorf("llamafactory: %s: %w", name, err)
		}
		fmt.Fprintf(&b, "%s: %s\n", name, text)
	}
	return b.String(), nil
}

// model leaves trust_remote_code at its default, false: whether code from a
// model's repository may run here is the user's word, by train.params.
func (s *settings) model(job launch.Job) {
	s.set("model_name_or_path", job.Model)
	s.set("stage", "sft")
	s.set("do_train", true)
	if job.Method == "lora" {
		s.set("finetuning_type", "lora")
		s.set("lora_rank", 64)
		s.set("lora_alpha", 128)
		s.set("lora_target", "all")
		return
	}
	s.set("finetuning_type", "full")
}

func (s *settings) data(job launch.Job, dir, template string) {
	if job.Devices() > 1 && job.Method != "lora" && job.Params["fsdp"] == nil {
		s.set("deepspeed", filepath.Join(dir, zero3Name))
	}
	s.set("dataset_dir", dir)
	s.set("dataset", trainName)
	s.set("template", template)
	s.set("cutoff_len", job.Window)
	s.set("packing", false)
	s.set("overwrite_cache", true)
	s.set("preprocessing_num_workers", 16)
	s.set("dataloader_num_workers", 4)
	s.set("flash_attn", "fa2")
	s.set("enable_liger_kernel", true)
	s.set("use_unsloth_gc", true)
}

func (s *settings) output(dir string) {
	s.set("output_dir", filepath.Join(dir, output))
	s.set("logging_steps", 1)
	s.set("logging_nan_inf_filter", false) // transformers writes 0, or a mean, for a NaN otherwise
	s.set("save_strategy", "steps")
	s.set("save_steps", 50)
	s.set("save_total_limit", 3)
	s.set("save_only_model", false)
	s.set("overwrite_output_dir", false)
	s.set("plot_loss", true)
	s.set("report_to", "none")
	s.set("include_num_input_tokens_seen", true) // the log's throughput
}

func (s *settings) schedule(job launch.Job, perDevice, accumulation int) {
	schedule := job.Schedule
	if schedule == "" {
		schedule = "cosine"
	}
	s.set("per_device_train_batch_size", perDevice)
	s.set("gradient_accumulation_steps", accumulation)
	s.set("learning_rate", job.LR)
	s.set("num_train_epochs", job.Epochs)
	s.set("lr_scheduler_type", schedule)
	s.set("warmup_ratio", job.Warmup)
	s.set("seed", job.Seed)
	s.set("bf16", true)
	s.set("ddp_timeout", 180000000) // seconds; a rank may tokenize for long while the others wait
}

func (s *settings) validation(job launch.Job) {
	if len(job.Dataset.Validation.Shards) == 0 {
		return
	}
	s.set("eval_dataset", validationName)
	s.set("per_device_eval_batch_size", 1)
	s.set("eval_strategy", "steps")
	s.set("eval_steps", 50)
}

const zero3Name = "ds_z3.json"

// zero3 is DeepSpeed's ZeRO stage 3 with everything else left to the trainer:
// "auto" is filled in by transformers' DeepSpeed integration.
const zero3 = `{
  "train_batch_size": "auto",
  "train_micro_batch_size_per_gpu": "auto",
  "gradient_accumulation_steps": "auto",
  "gradient_clipping": "auto",
  "zero_allow_untested_optimizer": true,
  "bf16": {"enabled": "auto"},
  "zero_optimization": {
    "stage": 3,
    "overlap_comm": true,
    "contiguous_gradients": true,
    "reduce_bucket_size": "auto",
    "stage3_prefetch_bucket_size": "auto",
    "stage3_param_persistence_threshold": "auto",
    "stage3_gather_16bit_weights_on_model_save": true
  }
}
`
