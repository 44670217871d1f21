package trainer

import (
	"path/filepath"

	"trainyard/launch"
)

// axolotl is started by torchrun as a module. It writes no log of JSON lines: its
// curve is read from what it prints and from trainer_state.json.
var axolotl = adapter{
	name:    "axolotl",
	summary: "axolotl (axolotl.cli.train): full, LoRA or QLoRA, several GPUs to a row; reads messages, turns, tokens and packed windows",
	program: "torchrun", install: "pip install 'axolotl[deepspeed,flash-attn,ring-flash-attn]==0.19.0'",
	can: ability{
		methods: launch.Methods, layouts: []string{"messages", "turns", "tokens", "packed"},
		schedules: launch.Schedules, precisions: launch.Precisions,
		nodes: true, parts: true, packs: true, shares: true, resumes: true, dropout: true,
	},
	native: "such as plugins or activation_offloading",
	owned:  axolotlOwned,
	render: renderAxolotl,
}

var axolotlOwned = map[string]string{
	"base_model":                   "set model.base",
	"datasets":                     "the dataset is the recipe's",
	"test_datasets":                "the validation shards are split by repository",
	"pretraining_dataset":          "the dataset is the recipe's",
	"val_set_size":                 "it would split rows at random, with one repository on both sides",
	"chat_template":                "set model.template: token counts and masks were made with it",
	"chat_template_jinja":          "set model.template: token counts and masks were made with it",
	"special_tokens":               "what ends a turn follows from model.template",
	"train_on_inputs":              "the loss is on what the assistant wrote; token counts and masks were made so",
	"sequence_len":                 "set mix.window",
	"excess_length_strategy":       "no row is longer than the window, and one that were must not vanish without a word",
	"sample_packing":               "set train.packing",
	"eval_sample_packing":          "set train.packing",
	"curriculum_sampling":          "the order of rows is the trainer's, by the seed",
	"shuffle_merged_datasets":      "the order of rows is the trainer's, by the seed",
	"streaming":                    "it would read the rows in another order and without their number",
	"micro_batch_size":             "set train.micro_batch",
	"batch_size":                   "set train.batch",
	"gradient_accumulation_steps":  "it follows from train.batch, train.micro_batch and the GPUs",
	"context_parallel_size":        "set train.sequence_parallel",
	"sequence_parallel_degree":     "set train.sequence_parallel",
	"gradient_checkpointing":       "set train.gradient_checkpointing",
	"num_epochs":                   "set train.epochs",
	"max_steps":                    "set train.max_steps",
	"learning_rate":                "set train.lr",
	"lr_scheduler":                 "set train.schedule",
	"warmup_ratio":                 "set train.warmup",
	"warmup_steps":                 "set train.warmup",
	"weight_decay":                 "set train.weight_decay",
	"max_grad_norm":                "set train.max_grad_norm",
	"seed":                         "set train.seed",
	"bf16":                         "set train.precision",
	"fp16":                         "set train.precision",
	"adapter":                      "set train.method",
	"load_in_4bit":                 "set train.method: qlora",
	"load_in_8bit":                 "set train.method: qlora",
	"lora_r":                       "set train.lora.rank",
	"lora_alpha":                   "set train.lora.alpha",
	"lora_dropout":                 "set train.lora.dropout",
	"lora_target_modules":          "set train.lora.targets",
	"lora_target_linear":           "set train.lora.targets",
	"output_dir":                   "every attempt has a directory of its own",
	"save_only_model":              "true makes the run impossible to resume",
	"save_steps":                   "set train.save_every",
	"saves_per_epoch":              "set train.save_every",
	"save_strategy":                "set train.save_every",
	"save_total_limit":             "set train.keep_checkpoints",
	"eval_steps":                   "set train.eval_every",
	"evals_per_epoch":              "set train.eval_every",
	"eval_strategy":                "set train.eval_every",
	"resume_from_checkpoint":       "the run names the checkpoint to go on from",
	"auto_resume_from_checkpoints": "the run names the checkpoint to go on from",
}

func renderAxolotl(r request) (launch.Command, error) {
	s := &settings{}
	axolotlModel(s, r)
	axolotlData(s, r)
	axolotlKernels(s, r)
	axolotlSchedule(s, r)
	axolotlOutput(s, r)
	files, path, err := configured(r, "axolotl.yaml", s, splitLinks(r.Dataset))
	if err != nil {
		return launch.Command{}, err
	}
	env := environment(r, launch.Env{Name: "AXOLOTL_DO_NOT_TRACK", Value: "1"})
	return launch.Command{Argv: torchrun(r, "axolotl.cli.train", path), Env: env, Files: files, Output: output}, nil
}

func axolotlModel(s *settings, r request) {
	s.set("base_model", r.Model)
	tokens := s.below("special_tokens")
	tokens.set("eos_token", r.family.endOfTurn)
	tokens.set("pad_token", r.family.padding)
	s.set("chat_template", "tokenizer_default")
	if !r.Adapts() {
		return
	}
	s.set("adapter", r.Method)
	s.set("load_in_4bit", r.Method == "qlora")
	loraSize(s, r, "lora_r")
	if len(r.LoRA.Targets) == 0 {
		s.set("lora_target_linear", true)
	} else {
		s.set("lora_target_modules", anyList(r.LoRA.Targets))
	}
}

func axolotlData(s *settings, r request) {
	s.set("datasets", []*settings{axolotlDataset(r, trainDir)})
	if r.evaluates() {
		s.set("test_datasets", []*settings{axolotlDataset(r, validationDir)})
	}
	s.set("val_set_size", 0)
	s.set("dataset_prepared_path", filepath.Join(r.Dir, "prepared"))
	s.set("dataset_num_proc", prepareWorkers(r))
	s.set("sequence_len", r.Window)
	s.set("excess_length_strategy", "raise") // its own default drops such rows
	s.set("train_on_inputs", false)
	s.set("sample_packing", r.Packing)
	s.set("eval_sample_packing", false)
	s.set("pad_to_sequence_len", r.Packing)
	s.set("group_by_length", false)
}

// axolotlDataset reads one split. A dataset without a type is tokenised already;
// in turns each message says itself whether it is learnt from.
func axolotlDataset(r request, split string) *settings {
	d := &settings{}
	d.set("path", filepath.Join(r.Dir, splitsDir))
	d.set("split", split)
	rows := layout(r.Dataset)
	if rows != "messages" && rows != "turns" {
		d.set("type", nil)
		return d
	}
	d.set("type", "chat_template")
	d.set("field_messages", "messages")
	mapping := d.below("message_property_mappings")
	mapping.set("role", "role")
	mapping.set("content", "content")
	if rows == "turns" {
		d.set("roles_to_train", []any{})
		d.set("message_field_training", "loss")
	} else {
		d.set("roles_to_train", []any{"assistant"})
	}
	d.set("train_on_eos", "turn")
	return d
}

// axolotlKernels fuses the output layer with the loss: the logits of a long row
// take more than its activations.
func axolotlKernels(s *settings, r request) {
	s.set("attn_implementation", attention(r))
	s.set("gradient_checkpointing", !r.NoGradientCheckpointing)
	s.set("bf16", r.Float() == "bf16")
	s.set("fp16", r.Float() == "fp16")
	if r.Share() > 1 {
		s.set("context_parallel_size", r.Share())
	}
	if r.sharded() {
		s.set("deepspeed", filepath.Join(r.Dir, zero3Name))
	}
	if !r.plain() {
		s.set("plugins", []any{"axolotl.integrations.liger.LigerPlugin"})
		s.set("liger_fused_linear_cross_entropy", true)
		s.set("liger_rms_norm", true)
		s.set("liger_glu_activation", true)
	}
}

func axolotlSchedule(s *settings, r request) {
	s.set("micro_batch_size", r.perDevice)
	s.set("gradient_accumulation_steps", r.accumulation)
	s.set("num_epochs", r.Epochs)
	if r.MaxSteps > 0 {
		s.set("max_steps", r.MaxSteps)
	}
	adamW(s, r, "optimizer")
	s.set("learning_rate", r.LR)
	s.set("lr_scheduler", warmed(r))
	s.set("warmup_ratio", r.Job.Warmup)
	s.set("seed", r.Seed)
}

func axolotlOutput(s *settings, r request) {
	save, every, keep := r.Steps()
	s.set("output_dir", filepath.Join(r.Dir, output))
	s.set("logging_steps", 1)
	s.set("save_strategy", "steps")
	s.set("save_steps", save)
	s.set("save_total_limit", keep)
	s.set("save_only_model", false)
	if r.evaluates() {
		s.set("eval_strategy", "steps")
		s.set("eval_steps", every)
	} else {
		s.set("eval_strategy", "no")
	}
	s.set("auto_resume_from_checkpoints", false)
	if r.Resume != "" {
		s.set("resume_from_checkpoint", r.Resume)
	}
	s.set("ddp_timeout", 180000000) // seconds; a rank may tokenize for long while the others wait
}
