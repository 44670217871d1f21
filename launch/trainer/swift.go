package trainer

import (
	"strconv"

	"trainyard/launch"
)

// msSwift is ms-swift's own launcher, which starts torchrun with NPROC_PER_NODE,
// NNODES, NODE_RANK, MASTER_ADDR and MASTER_PORT as it finds them.
var msSwift = adapter{
	name:    "ms-swift",
	summary: "ms-swift (swift sft): full, LoRA or QLoRA, several GPUs to a row; reads messages and turns",
	program: "swift", install: "pip install ms-swift==4.6.0 deepspeed liger-kernel",
	can: ability{
		methods: launch.Methods, layouts: []string{"messages", "turns"},
		schedules: launch.Schedules, precisions: launch.Precisions,
		nodes: true, parts: true, packs: true, shares: true, resumes: true, dropout: true,
	},
	native: "such as rope_scaling or init_strategy",
	owned:  merged(transformersOwned, swiftOwned),
	render: renderSwift,
}

var swiftOwned = map[string]string{
	"model":                    "set model.base",
	"model_type":               "it follows from model.template",
	"template":                 "set model.template: token counts and masks were made with it",
	"template_type":            "set model.template: token counts and masks were made with it",
	"system":                   "system texts are in the rows",
	"tuner_type":               "set train.method",
	"train_type":               "set train.method",
	"quant_method":             "set train.method: qlora",
	"quant_bits":               "set train.method: qlora",
	"lora_rank":                "set train.lora.rank",
	"lora_alpha":               "set train.lora.alpha",
	"lora_dropout":             "set train.lora.dropout",
	"target_modules":           "set train.lora.targets",
	"dataset":                  "the dataset is the recipe's",
	"val_dataset":              "the validation shards are split by repository",
	"split_dataset_ratio":      "it would split rows at random, with one repository on both sides",
	"cached_dataset":           "it would train on rows that were tokenised before",
	"streaming":                "it would read the rows in another order and without their number",
	"interleave_prob":          "the mix is the recipe's: set sources.NAME.share",
	"dataset_shuffle":          "the order of rows is the trainer's, by the seed",
	"train_dataloader_shuffle": "the order of rows is the trainer's, by the seed",
	"strict":                   "false drops rows that it cannot read",
	"loss_scale":               "the loss is on what the assistant wrote; token counts and masks were made so",
	"max_length":               "set mix.window",
	"truncation_strategy":      "no row is longer than the window",
	"packing":                  "set train.packing",
	"padding_free":             "it follows from train.packing",
	"sequence_parallel_size":   "set train.sequence_parallel",
	"torch_dtype":              "set train.precision",
	"add_version":              "the output directory must be the one that is looked into",
	"resume_from_checkpoint":   "the run names the checkpoint to go on from",
	"resume_only_model":        "the optimizer goes on too",
	"ignore_data_skip":         "a resumed run must not learn rows twice",
	"max_epochs":               "set train.epochs",
}

func renderSwift(r request) (launch.Command, error) {
	s := &settings{}
	swiftModel(s, r)
	swiftData(s, r)
	transformersTraining(s, r)
	files, path, err := configured(r, "swift.yaml", s, shardLinks(r.Dataset))
	if err != nil {
		return launch.Command{}, err
	}
	return launch.Command{
		Argv: []string{"swift", "sft", path}, Env: environment(r, swiftEnv(r)...), Files: files,
		Progress: output + "/logging.jsonl", Output: output,
	}, nil
}

// swiftEnv has torchrun find a free port on a single machine: its own default is
// one port for all runs.
func swiftEnv(r request) []launch.Env {
	env := []launch.Env{{Name: "NPROC_PER_NODE", Value: strconv.Itoa(r.Devices())}}
	if r.NodeCount() == 1 {
		env = append(env, launch.Env{Name: "PET_STANDALONE", Value: "1"}, launch.Env{Name: "PET_LOCAL_ADDR", Value: loopback})
	}
	return env
}

// swiftModel takes checkpoints from the Hugging Face hub: ModelScope's is its own
// default.
func swiftModel(s *settings, r request) {
	s.set("model", r.Model)
	s.set("use_hf", true)
	s.set("model_type", r.family.swiftModel)
	s.set("template", r.family.swift)
	dtype := floatName[r.Float()]
	if !r.Adapts() && !r.sharded() {
		dtype = "float32" // nothing else keeps a float32 copy of weights that learn
	}
	s.set("torch_dtype", dtype)
	s.set("attn_impl", map[bool]string{true: "sdpa", false: "flash_attn"}[r.plain()])
	s.set("use_liger_kernel", !r.plain())
	if !r.Adapts() {
		s.set("tuner_type", "full")
		return
	}
	s.set("tuner_type", "lora")
	loraSize(s, r, "lora_rank")
	s.set("target_modules", r.targets("all-linear"))
	if r.Method == "qlora" {
		s.set("quant_method", "bnb")
		s.set("quant_bits", 4)
		s.set("bnb_4bit_compute_dtype", floatName[r.Float()])
		s.set("bnb_4bit_quant_type", "nf4")
		s.set("bnb_4bit_use_double_quant", true)
	}
}

// swiftData makes an error of rows that it cannot read: it deletes them otherwise.
func swiftData(s *settings, r request) {
	s.set("dataset", linked(r, trainDir, r.Dataset.Train.Shards))
	if r.evaluates() {
		s.set("val_dataset", linked(r, validationDir, r.Dataset.Validation.Shards))
	}
	s.set("split_dataset_ratio", 0)
	s.set("dataset_shuffle", false)
	s.set("train_dataloader_shuffle", true)
	s.set("dataset_num_proc", prepareWorkers(r))
	s.set("strict", true)
	s.set("lazy_tokenize", false)
	s.set("loss_scale", "default")
	s.set("max_length", r.Window)
	s.set("truncation_strategy", "delete")
	s.set("packing", r.Packing)
	s.set("sequence_parallel_size", r.Share())
	s.set("add_version", false)
	s.set("create_checkpoint_symlink", false)
}
