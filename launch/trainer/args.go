package trainer

// An Arg is something that train.params of a trainer may hold, or that stands
// for a value inside it, or that its log may hold.
type Arg struct {
	Name     string
	Kind     string // a type, "placeholder", or "progress line"
	Required bool
	Summary  string
}

// Args tell, by trainer, what its parameters are. A trainer that reads its own
// parameters, without a list of ours, is told in Notes.
var Args = map[string][]Arg{
	"command": commandArgs(),
	"smoke": {
		{Name: "learning_rate", Kind: "number", Summary: "of the tiny model, which train.lr would leave where it starts"},
		{Name: "logging_steps", Kind: "integer", Summary: "steps between lines of its log"},
		{Name: "save_steps", Kind: "integer", Summary: "steps between checkpoints"},
		{Name: "save_total_limit", Kind: "integer", Summary: "newest checkpoints that are kept"},
	},
}

// Notes tell what else there is to know before a trainer is chosen.
var Notes = map[string]string{
	"command": "success is judged by the last step of the progress file, which must be the planned one, or else by a finished model or train_results.json in {output}; " +
		"an exit code of 0 alone shows nothing. All of the job, other parameters too, is JSON in {config}.",
	"llamafactory": "params are its own settings, such as deepspeed, lora_rank or resume_from_checkpoint, and are passed on as they are; " +
		"those that would contradict the recipe or hide progress are refused with the reason.",
	"smoke": "needs no program besides trainyard, one process, no GPU.",
}

// progressArgs are the members of a progress line that launch.ParseMetric
// reads, by the names of LLaMA-Factory's trainer_log.jsonl.
var progressArgs = []Arg{
	{Name: "current_steps", Required: true, Summary: "optimizer steps done; global_step and step are read too"},
	{Name: "total_steps", Summary: "steps planned: without it there is no progress in per cent, and no evidence of the end"},
	{Name: "loss", Summary: "training loss; NaN and Infinity are told as diverged"},
	{Name: "eval_loss", Summary: "validation loss"},
	{Name: "lr", Summary: "learning rate"},
	{Name: "epoch", Summary: "epochs done, with a fraction"},
	{Name: "throughput", Summary: "tokens a second"},
	{Name: "total_tokens", Summary: "tokens seen"},
	{Name: "elapsed_time", Summary: "as H:MM:SS"},
	{Name: "remaining_time", Summary: "as H:MM:SS, the trainer's own estimate"},
}
