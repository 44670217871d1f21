package trainer

import (
	"path/filepath"

	"trainyard/launch"
)

// trl is TRL's own script for SFT, trl/scripts/sft.py, which torchrun starts as a
// module: `trl sft` goes by accelerate, whose several nodes want an argv each.
// Since 1.13 the script goes on from resume_from_checkpoint.
var trl = adapter{
	name:    "trl",
	summary: "TRL's SFTTrainer (trl.scripts.sft): full, LoRA or QLoRA; reads messages, tokens and packed windows",
	program: "torchrun", install: "pip install 'trl[peft,quantization]==1.16.0' deepspeed",
	can: ability{
		methods: launch.Methods, layouts: []string{"messages", "tokens", "packed"},
		schedules: launch.Schedules, precisions: launch.Precisions,
		nodes: true, parts: true, packs: true, resumes: true, dropout: true,
	},
	native: "such as use_liger_kernel or activation_offloading",
	owned:  merged(transformersOwned, trlOwned),
	render: renderTRL,
}

var trlOwned = map[string]string{
	"dataset_name":           "the dataset is the recipe's",
	"datasets":               "the dataset is the recipe's",
	"dataset_train_split":    "the dataset is the recipe's",
	"dataset_test_split":     "the validation shards are split by repository",
	"dataset_text_field":     "the dataset is the recipe's",
	"dataset_streaming":      "it would read the rows in another order and without their number",
	"streaming":              "it would read the rows in another order and without their number",
	"test_split_size":        "it would split rows at random, with one repository on both sides",
	"max_length":             "set mix.window: a shorter one cuts rows without a word",
	"truncation_mode":        "no row is longer than the window",
	"assistant_only_loss":    "the loss is on what the assistant wrote; token counts and masks were made so",
	"completion_only_loss":   "the loss is on what the assistant wrote; token counts and masks were made so",
	"packing":                "set train.packing",
	"padding_free":           "it follows from train.packing and mix.output",
	"eval_packing":           "it follows from train.packing",
	"use_peft":               "set train.method",
	"load_in_4bit":           "set train.method: qlora",
	"load_in_8bit":           "set train.method: qlora",
	"lora_r":                 "set train.lora.rank",
	"lora_alpha":             "set train.lora.alpha",
	"lora_dropout":           "set train.lora.dropout",
	"lora_target_modules":    "set train.lora.targets",
	"dtype":                  "set train.precision",
	"eos_token":              "what ends a turn follows from model.template",
	"chat_template_path":     "set model.template: token counts and masks were made with it",
	"parallelism_config":     "the batch would be divided otherwise",
	"shuffle_dataset":        "the order of rows is the trainer's, by the seed",
	"resume_from_checkpoint": "the run names the checkpoint to go on from",
}

func renderTRL(r request) (launch.Command, error) {
	s := &settings{}
	trlModel(s, r)
	trlData(s, r)
	transformersTraining(s, r)
	files, path, err := configured(r, "trl.yaml", s, splitLinks(r.Dataset))
	if err != nil {
		return launch.Command{}, err
	}
	return launch.Command{
		Argv: torchrun(r, "trl.scripts.sft", "--config", path), Env: environment(r), Files: files, Output: output,
	}, nil
}

// trlModel loads weights that learn in float32 where nothing else keeps a float32
// copy of them: bfloat16 steps of a small rate would be rounded away.
func trlModel(s *settings, r request) {
	dtype := floatName[r.Float()]
	if !r.Adapts() && !r.sharded() {
		dtype = "float32"
	}
	s.set("model_name_or_path", r.Model)
	s.set("dtype", dtype)
	s.set("attn_implementation", attention(r))
	s.set("eos_token", r.family.endOfTurn)
	s.set("pad_token", r.family.padding)
	if !r.Adapts() {
		return
	}
	s.set("use_peft", true)
	loraSize(s, r, "lora_r")
	s.set("lora_target_modules", r.targets("all-linear"))
	if r.Method == "qlora" {
		s.set("load_in_4bit", true)
		s.set("bnb_4bit_quant_type", "nf4")
		s.set("use_bnb_nested_quant", true)
	}
}

// trlData sets max_length, whose default is 1,024 tokens and cuts without a word.
// Rows of packed windows are read one at a time and without padding, which is how
// the trainer keeps their trajectories apart.
func trlData(s *settings, r request) {
	s.set("dataset_name", filepath.Join(r.Dir, splitsDir))
	s.set("dataset_train_split", trainDir)
	s.set("dataset_test_split", validationDir)
	s.set("dataset_num_proc", prepareWorkers(r))
	s.set("assistant_only_loss", layout(r.Dataset) == "messages")
	s.set("shuffle_dataset", false)
	switch {
	case layout(r.Dataset) == "packed":
		s.set("max_length", nil)
		s.set("padding_free", true)
	case r.Packing:
		s.set("max_length", r.Window)
		s.set("packing", true)
		s.set("packing_strategy", "bfd")
		s.set("eval_packing", false)
	default:
		s.set("max_length", r.Window)
		s.set("packing", false)
	}
	if !r.plain() && !r.Adapts() {
		s.set("loss_type", "chunked_nll") // the logits of a long row take more than its activations
	}
}
