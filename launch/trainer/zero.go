package trainer

import (
	"fmt"
	"path/filepath"

	"trainyard/launch"
)

const zero3Name = "ds_z3.json"

const auto = `"auto"`

// zero3Files is DeepSpeed's ZeRO stage 3, where the settings name it, with everything
// else left to the trainer: "auto" is filled in by transformers' DeepSpeed integration.
func zero3Files(s *settings, r request) []launch.File {
	if s.get("deepspeed") != filepath.Join(r.Dir, zero3Name) {
		return nil
	}
	return []launch.File{{Name: zero3Name, Content: fmt.Sprintf(zero3, auto, auto, auto)}}
}

// zero3Clipped says what transformers' integration would fill in, for programs
// that use accelerate's alone.
func zero3Clipped(r request) launch.File {
	return launch.File{Name: zero3Name, Content: fmt.Sprintf(zero3, fmt.Sprint(r.Clip()), fmt.Sprint(r.Float() == "bf16"), fmt.Sprint(r.Float() == "fp16"))}
}

const zero3 = `{
  "train_batch_size": "auto",
  "train_micro_batch_size_per_gpu": "auto",
  "gradient_accumulation_steps": "auto",
  "gradient_clipping": %s,
  "zero_allow_untested_optimizer": true,
  "bf16": {"enabled": %s},
  "fp16": {"enabled": %s},
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
