package trainer

import (
	"math"
	"path/filepath"

	"trainyard/launch"
)

// nemoAutomodel is NVIDIA's NeMo Automodel, a recipe in YAML whose parts are named
// by the Python they are made of.
var nemoAutomodel = adapter{
	name:    "nemo-automodel",
	summary: "NVIDIA NeMo Automodel (FSDP2): full, LoRA or QLoRA, several GPUs to a row; reads messages",
	program: "torchrun", install: "pip install nemo-automodel==0.7.0 bitsandbytes",
	can: ability{
		methods: launch.Methods, layouts: []string{"messages"},
		schedules: launch.Schedules, precisions: []string{"bf16", "fp32"},
		nodes: true, shares: true, resumes: true, dropout: true,
	},
	native: "nested as its YAML is, such as distributed: {tp_size: 2}",
	owned:  nemoOwned,
	render: renderNemo,
}

var nemoOwned = map[string]string{
	"recipe":                               "trainyard runs supervised fine-tuning only",
	"seed":                                 "set train.seed",
	"model.pretrained_model_name_or_path":  "set model.base",
	"model.torch_dtype":                    "set train.precision",
	"peft":                                 "set train.method",
	"quantization":                         "set train.method: qlora",
	"dataset":                              "the dataset is the recipe's",
	"validation_dataset":                   "the validation shards are split by repository",
	"packed_sequence":                      "windows of this trainer need parts that Qwen2 has none of here",
	"step_scheduler.global_batch_size":     "set train.batch",
	"step_scheduler.local_batch_size":      "set train.micro_batch",
	"step_scheduler.num_epochs":            "set train.epochs",
	"step_scheduler.max_steps":             "set train.max_steps",
	"step_scheduler.ckpt_every_steps":      "set train.save_every",
	"step_scheduler.val_every_steps":       "set train.eval_every",
	"checkpoint.enabled":                   "false makes the run impossible to resume",
	"checkpoint.checkpoint_dir":            "every attempt has a directory of its own",
	"checkpoint.restore_from":              "the run names the checkpoint to go on from",
	"checkpoint.max_recent_checkpoints":    "set train.keep_checkpoints",
	"distributed.cp_size":                  "set train.sequence_parallel",
	"distributed.activation_checkpointing": "set train.gradient_checkpointing",
	"optimizer.lr":                         "set train.lr",
	"optimizer.weight_decay":               "set train.weight_decay",
	"lr_scheduler.lr_decay_style":          "set train.schedule",
	"lr_scheduler.lr_warmup_steps":         "set train.warmup",
	"clip_grad_norm.max_norm":              "set train.max_grad_norm",
	"skypilot":                             "the run is started by its backend",
	"nemo_run":                             "the run is started by its backend",
}

func renderNemo(r request) (launch.Command, error) {
	s := &settings{}
	s.set("recipe", "TrainFinetuneRecipeForNextTokenPrediction")
	s.set("seed", r.Seed)
	nemoSteps(s, r)
	nemoModel(s, r)
	nemoData(s, r)
	nemoOptimizer(s, r)
	nemoCheckpoints(s, r)
	beside := append(shardLinks(r.Dataset), launch.File{Name: nemoTemplate, Content: r.family.generation})
	files, path, err := configured(r, "nemo.yaml", s, beside)
	if err != nil {
		return launch.Command{}, err
	}
	return launch.Command{
		Argv: torchrun(r, "nemo_automodel.cli.app", path), Env: environment(r), Files: files,
		Progress: output + "/training.jsonl", Output: output,
	}, nil
}

func nemoSteps(s *settings, r request) {
	save, every, _ := r.Steps()
	steps := s.below("step_scheduler")
	steps.set("global_batch_size", r.Batch)
	steps.set("local_batch_size", r.perDevice)
	steps.set("num_epochs", int(max(1, r.Epochs)))
	if r.MaxSteps > 0 {
		steps.set("num_epochs", manyEpochs)
		steps.set("max_steps", r.MaxSteps)
	}
	steps.set("ckpt_every_steps", save)
	steps.set("save_checkpoint_every_epoch", false)
	steps.set("validate_on_checkpoint", false)
	if r.evaluates() {
		steps.set("val_every_steps", every)
	}
	dist := s.below("dist_env")
	dist.set("backend", map[bool]string{true: "gloo", false: "nccl"}[r.plain()])
	dist.set("timeout_minutes", 600) // its own is one; a rank may tokenize for long while the others wait
}

// nemoModel divides the gradients in each round: its own default keeps them whole
// on every GPU, 64 GiB of a 32B model. Context parallelism works over PyTorch's
// own attention alone.
func nemoModel(s *settings, r request) {
	model := s.below("model")
	model.set("_target_", "nemo_automodel.NeMoAutoModelForCausalLM.from_pretrained")
	model.set("pretrained_model_name_or_path", r.Model)
	model.set("torch_dtype", map[bool]string{true: "float32", false: "bfloat16"}[r.plain()])
	model.set("output_hidden_states", !r.plain()) // the fused loss multiplies them itself
	model.set("attn_implementation", "sdpa")
	dist := s.below("distributed")
	dist.set("strategy", "fsdp2")
	dist.set("dp_size", nil)
	dist.set("tp_size", 1)
	dist.set("cp_size", r.Share())
	dist.set("pp_size", 1)
	dist.set("activation_checkpointing", !r.NoGradientCheckpointing)
	dist.set("defer_fsdp_grad_sync", false)
	s.below("loss_fn").set("_target_", nemoLoss(r))
	if r.Adapts() {
		nemoAdapters(s, r)
	}
}

func nemoLoss(r request) string {
	if r.plain() {
		return "nemo_automodel.components.loss.masked_ce.MaskedCrossEntropy"
	}
	return "nemo_automodel.components.loss.linear_ce.FusedLinearCrossEntropy"
}

func nemoAdapters(s *settings, r request) {
	rank, alpha := r.LoRA.Size()
	peft := s.below("peft")
	peft.set("_target_", "nemo_automodel.components._peft.lora.PeftConfig")
	if len(r.LoRA.Targets) > 0 {
		var targets []any
		for _, name := range r.LoRA.Targets {
			targets = append(targets, "*"+name)
		}
		peft.set("target_modules", targets)
	} else {
		peft.set("match_all_linear", true)
	}
	peft.set("dim", rank)
	peft.set("alpha", alpha)
	peft.set("dropout", r.LoRA.Dropout)
	if r.Method == "qlora" {
		quantization := s.below("quantization")
		quantization.set("load_in_4bit", true)
		quantization.set("bnb_4bit_compute_dtype", "bfloat16")
		quantization.set("bnb_4bit_use_double_quant", true)
		quantization.set("bnb_4bit_quant_type", "nf4")
		quantization.set("bnb_4bit_quant_storage", "bfloat16")
	}
}

// nemoTemplate has marks around what the assistant says. Without them the trainer
// takes the header of each turn into the loss too.
const nemoTemplate = "template.jinja"

func nemoData(s *settings, r request) {
	nemoDataset(s, r, "dataset", trainDir)
	nemoLoader(s, r, "dataloader", true)
	if r.evaluates() {
		nemoDataset(s, r, "validation_dataset", validationDir)
		nemoLoader(s, r, "validation_dataloader", false)
	}
}

func nemoDataset(s *settings, r request, key, split string) {
	data := s.below(key)
	data.set("_target_", "nemo_automodel.components.datasets.llm.chat_dataset.ChatDataset")
	data.set("path_or_dataset_id", filepath.Join(r.Dir, split))
	data.set("split", split)
	data.set("seq_length", r.Window)
	data.set("padding", "do_not_pad")
	data.set("truncation", "do_not_truncate")
	data.set("chat_template", filepath.Join(r.Dir, nemoTemplate))
}

func nemoLoader(s *settings, r request, key string, shuffle bool) {
	loader := s.below(key)
	loader.set("_target_", "torchdata.stateful_dataloader.StatefulDataLoader")
	collate := loader.below("collate_fn")
	collate.set("_target_", "nemo_automodel.components.datasets.utils.default_collater")
	if r.Share() > 1 {
		collate.set("pad_seq_len_divisible", 2*r.Share())
	}
	loader.set("shuffle", shuffle)
}

// nemoOptimizer counts the steps of the warmup, which this trainer takes no share
// for, and says that rates begin and end at 0: a tenth and a hundredth are its own.
func nemoOptimizer(s *settings, r request) {
	opt := s.below("optimizer")
	opt.set("_target_", "torch.optim.AdamW")
	opt.set("lr", r.LR)
	opt.set("betas", []any{0.9, 0.999})
	opt.set("eps", 1e-8)
	opt.set("weight_decay", r.WeightDecay)
	rate := s.below("lr_scheduler")
	rate.set("lr_decay_style", orCosine(r.Schedule))
	rate.set("lr_warmup_steps", int(math.Ceil(r.Job.Warmup*float64(totalSteps(r.Job)))))
	rate.set("init_lr", 0.0)
	rate.set("max_lr", r.LR)
	rate.set("min_lr", 0.0)
	s.below("clip_grad_norm").set("max_norm", r.Clip())
}

// totalSteps are those of all epochs, as trainers round them.
func totalSteps(job launch.Job) int {
	if job.MaxSteps > 0 {
		return job.MaxSteps
	}
	batch := int64(max(1, job.Batch))
	perEpoch := float64((job.Dataset.Train.Rows + batch - 1) / batch)
	return max(1, int(math.Ceil(perEpoch*job.Epochs-1e-9)))
}

func nemoCheckpoints(s *settings, r request) {
	_, _, keep := r.Steps()
	ckpt := s.below("checkpoint")
	ckpt.set("enabled", true)
	ckpt.set("checkpoint_dir", filepath.Join(r.Dir, output))
	ckpt.set("model_save_format", "safetensors")
	ckpt.set("save_consolidated", "final")
	ckpt.set("max_recent_checkpoints", keep)
	if r.Resume != "" {
		ckpt.set("restore_from", r.Resume)
	}
}
