package trainer

import (
	"fmt"
	"path/filepath"
	"strings"

	"trainyard/launch"
)

// openRLHF is OpenRLHF's trainer for SFT. It takes the rank of a process from the
// environment, so that torchrun can start it in place of DeepSpeed's launcher,
// which wants ssh between the nodes.
//
// It reads and writes checkpoints in one directory and removes old ones from it:
// it cannot go on from another attempt's without touching them.
var openRLHF = adapter{
	name:    "openrlhf",
	summary: "OpenRLHF (openrlhf.cli.train_sft, DeepSpeed): full, LoRA or QLoRA, several GPUs to a row; reads messages; cannot resume",
	program: "torchrun", install: "pip install 'openrlhf[liger,ring]==0.11.2'",
	can: ability{
		methods: launch.Methods, layouts: []string{"messages"},
		schedules: launch.Schedules, precisions: []string{"bf16", "fp16"},
		nodes: true, shares: true, dropout: true,
	},
	native: "dotted or nested as its options are, such as ds: {adam_offload: true}",
	owned:  openRLHFOwned,
	limits: openRLHFLimits,
	render: renderOpenRLHF,
}

var openRLHFOwned = map[string]string{
	"model.model_name_or_path":            "set model.base",
	"model.pretrain_mode_enable":          "the loss is on what the assistant wrote; token counts and masks were made so",
	"model.gradient_checkpointing_enable": "set train.gradient_checkpointing",
	"data.dataset":                        "the dataset is the recipe's",
	"data.dataset_probs":                  "the mix is the recipe's: set sources.NAME.share",
	"data.dataset_split":                  "the dataset is the recipe's",
	"data.max_samples":                    "it would drop rows without a word: set mix.budget",
	"data.multiturn":                      "the loss is on every turn of the assistant; token counts and masks were made so",
	"data.input_key":                      "the dataset is the recipe's",
	"data.output_key":                     "the dataset is the recipe's",
	"data.input_template":                 "set model.template: token counts and masks were made with it",
	"data.apply_chat_template":            "set model.template: token counts and masks were made with it",
	"data.tokenizer_chat_template":        "set model.template: token counts and masks were made with it",
	"data.max_len":                        "set mix.window: a shorter one cuts rows without a word",
	"eval.dataset":                        "the validation shards are split by repository",
	"eval.steps":                          "set train.eval_every",
	"train.batch_size":                    "set train.batch",
	"train.micro_batch_size":              "set train.micro_batch",
	"train.max_epochs":                    "set train.epochs",
	"train.seed":                          "set train.seed",
	"adam.lr":                             "set train.lr",
	"adam.weight_decay":                   "set train.weight_decay",
	"max_norm":                            "set train.max_grad_norm",
	"lr_scheduler":                        "set train.schedule",
	"lr_warmup_ratio":                     "set train.warmup",
	"ds.param_dtype":                      "set train.precision",
	"ds.ring_attn_size":                   "set train.sequence_parallel",
	"ds.load_in_4bit":                     "set train.method: qlora",
	"ds.lora.rank":                        "set train.lora.rank",
	"ds.lora.alpha":                       "set train.lora.alpha",
	"ds.lora.dropout":                     "set train.lora.dropout",
	"ds.lora.target_modules":              "set train.lora.targets",
	"ckpt.output_dir":                     "every attempt has a directory of its own",
	"ckpt.path":                           "every attempt has a directory of its own",
	"ckpt.save_steps":                     "set train.save_every",
	"ckpt.max_num":                        "set train.keep_checkpoints",
	"ckpt.disable_ds":                     "true makes the run impossible to resume",
	"ckpt.load_enable":                    "a run begins in a directory of its own",
	"logger.wandb.key":                    "pass WANDB_API_KEY by the environment",
}

func openRLHFLimits(job launch.Job) (faults []error) {
	if job.MaxSteps > 0 {
		faults = append(faults, fmt.Errorf("openrlhf: it counts whole epochs alone: leave train.max_steps out"))
	}
	if job.Packing {
		faults = append(faults, fmt.Errorf("openrlhf: it joins the rows of a device by itself and counts them by rows: leave train.packing out"))
	}
	return faults
}

func renderOpenRLHF(r request) (launch.Command, error) {
	if strings.ContainsAny(r.Dir, ",@") {
		return launch.Command{}, fmt.Errorf("openrlhf: it splits the names of files at , and @, and the attempt's directory is %s: choose another home (TRAINYARD_HOME)", r.Dir)
	}
	f := &flagList{}
	openRLHFData(f, r)
	openRLHFModel(f, r)
	openRLHFOptimizer(f, r)
	openRLHFOutput(f, r)
	args, err := f.flags(r.Params)
	if err != nil {
		return launch.Command{}, fmt.Errorf("openrlhf: %w", err)
	}
	return launch.Command{Argv: torchrun(r, "openrlhf.cli.train_sft", args...), Env: environment(r), Files: shardLinks(r.Dataset), Output: output}, nil
}

// openRLHFData says how many rows there are: by itself it takes a million at most.
// It splits lists of files at commas, and names at @.
func openRLHFData(f *flagList, r request) {
	f.set("data.dataset", joined(linked(r, trainDir, r.Dataset.Train.Shards)))
	f.set("data.dataset_split", "train")
	f.set("data.max_samples", r.Dataset.Train.Rows)
	f.set("data.input_key", "messages")
	f.set("data.multiturn", true)
	f.set("data.apply_chat_template", true)
	f.set("data.max_len", r.Window)
	if r.evaluates() {
		_, every, _ := r.Steps()
		f.set("eval.dataset", joined(linked(r, validationDir, r.Dataset.Validation.Shards)))
		f.set("eval.split", "train")
		f.set("eval.steps", every)
	}
}

func joined(list []any) string {
	var words []string
	for _, v := range list {
		words = append(words, fmt.Sprint(v))
	}
	return strings.Join(words, ",")
}

func openRLHFModel(f *flagList, r request) {
	f.set("model.model_name_or_path", r.Model)
	f.set("model.gradient_checkpointing_enable", !r.NoGradientCheckpointing)
	f.set("ds.param_dtype", r.Float())
	f.set("ds.attn_implementation", "flash_attention_2")
	f.set("ds.packing_samples", true) // rows of a device one after another, kept apart, without padding
	f.set("ds.use_liger_kernel", true)
	f.set("ds.zero_stage", map[bool]int{true: 3, false: 2}[r.sharded()])
	if r.Share() > 1 {
		f.set("ds.ring_attn_size", r.Share())
		f.set("ds.ring_attn_head_stride", 2)
	}
	if !r.Adapts() {
		return
	}
	rank, alpha := r.LoRA.Size()
	f.set("ds.load_in_4bit", r.Method == "qlora")
	f.set("ds.lora.rank", rank)
	f.set("ds.lora.alpha", alpha)
	f.set("ds.lora.dropout", r.LoRA.Dropout)
	if len(r.LoRA.Targets) > 0 {
		f.set("ds.lora.target_modules", anyList(r.LoRA.Targets))
	}
}

func openRLHFOptimizer(f *flagList, r request) {
	f.set("train.batch_size", r.Batch)
	f.set("train.micro_batch_size", r.perDevice)
	f.set("train.max_epochs", int(max(1, r.Epochs)))
	f.set("train.seed", r.Seed)
	f.set("optim", "adam")
	f.set("adam.lr", r.LR)
	f.set("adam.betas", []any{0.9, 0.999})
	f.set("adam.weight_decay", r.WeightDecay)
	f.set("max_norm", r.Clip())
	f.set("lr_scheduler", warmed(r))
	f.set("lr_warmup_ratio", r.Job.Warmup)
	f.set("min_lr_ratio", 0.0)
}

func openRLHFOutput(f *flagList, r request) {
	save, _, keep := r.Steps()
	out := filepath.Join(r.Dir, output)
	f.set("ckpt.output_dir", out)
	f.set("ckpt.path", filepath.Join(out, "checkpoints"))
	f.set("ckpt.save_steps", save)
	f.set("ckpt.max_num", keep)
	f.set("logger.logging_steps", 1)
	f.set("logger.tensorboard_dir", filepath.Join(out, "tensorboard"))
}
