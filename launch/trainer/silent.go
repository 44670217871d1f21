package trainer

import "trainyard/launch"

// Divide says how the batch of a job is divided: the rows that a device computes
// side by side, and the rounds whose gradients are summed.
func Divide(job launch.Job) (rows, rounds int, err error) {
	if job.Trainer == "llamafactory" {
		return splitBatch(job.Trainer, job, rowsOnDevice(job))
	}
	return splitBatch(job.Trainer, job, job.Rows())
}

// EndOfTurn is the token that ends a turn under a template, empty where it is not
// known.
func EndOfTurn(template string) string { return families[template].endOfTurn }

// Silent are the defaults of a trainer that work without a word, each with what it
// is told instead.
func Silent(name string) []string { return silent[name] }

// silent by trainer, from their sources: defaults that cut, drop, hide or send.
var silent = map[string][]string{
	"llamafactory": {
		"cutoff_len would cut rows above 2,048 tokens: it is the window",
		"logging_nan_inf_filter would show 0 for a loss of NaN: it is off",
		"every GPU in sight would be taken: NPROC_PER_NODE is the run's",
	},
	"trl": {
		"max_length would cut rows above 1,024 tokens: it is the window",
		"logging_nan_inf_filter would show 0 for a loss of NaN: it is off",
		"the loss would be on all text: assistant_only_loss is set",
	},
	"axolotl": {
		"rows above sequence_len would be dropped: they are an error",
		"telemetry would be sent: AXOLOTL_DO_NOT_TRACK is set",
		"of a loss of NaN transformers shows 0, which axolotl has no setting for: grad_norm tells",
	},
	"ms-swift": {
		"rows that it cannot read would be deleted: strict is set",
		"rows above max_length are deleted: it is the window, above which none is",
		"checkpoints would come from ModelScope: use_hf is set",
		"weight_decay 0.1 and adam_beta2 0.95 are its own: they are the recipe's, and 0.999",
		"each run would get another output directory: add_version is off",
	},
	"verl": {
		"rows above 1,024 tokens are an error: max_length is the window",
		"lr 1e-3, a constant schedule and no checkpoints are its own: they are the recipe's",
		"W&B would be logged in to: the log is a file",
	},
	"open-instruct": {
		"rows above max_seq_length are cut: it is the window",
		"the model would be uploaded, and jobs started on its makers' cluster: both are off",
		"checkpoints would be deleted at the end: they are kept",
		"nothing is evaluated: validation rows are not read",
	},
	"openrlhf": {
		"rows above 2,048 tokens would be cut: max_len is the window",
		"eight rows would be computed side by side: it is train.micro_batch",
		"at most a million rows would be read: max_samples is the number of rows",
	},
	"nemo-automodel": {
		"the header of a turn would be trained too: the template marks what the assistant says",
		"gradients would be kept whole on every GPU: defer_fsdp_grad_sync is off",
		"rates would begin at a tenth and end at a hundredth: they begin and end at 0",
		"processes would wait for a minute alone: they wait for ten hours",
	},
}
