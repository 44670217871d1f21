package recipes

// An Operation is something that published work did to its trajectories before it
// trained on them, and how a recipe says it.
type Operation struct {
	Summary string
	Source  string // who did it, and where its definition was read
	// Say is what a source says for it, as YAML; empty where nothing has to be said.
	Say  string
	Note string // how it differs from the source's; empty where it does not
}

// Operations holds them by name. A test loads what each says.
var Operations = map[string]Operation{
	"clean_success": {
		Summary: "successes whose tests passed throughout",
		Source:  "SWE-Next (card of TIGER-Lab/SWE-Next-SFT-Trajectories)",
		Say:     `keep: 'features.verified == "clean"'`,
		Note:    "their parser of test output is not published; a run fails here by exit code or by what it printed",
	},
	"recovery_success": {
		Summary: "successes that passed after an earlier failing test",
		Source:  "SWE-Next (card of TIGER-Lab/SWE-Next-SFT-Trajectories)",
		Say:     `keep: 'features.verified == "recovery"'`,
	},
	"condensation_splits": {
		Summary: "n condensations of a run give n+1 trajectories",
		Source:  "Agent Data Protocol (agents/openhands_sdk/condensation_sft.py)",
		Note: "nothing is to be said: logs of OpenHands, Claude Code and Codex give a record for each context that the model saw. " +
			"The n prompts of the condenser, which ADP makes by calling a model anew, are not trained: where a log holds them they are side_call",
	},
	"error_masking": {
		Summary: "the steps without a tool error are learned from, the others are only read",
		Source:  "SWE-Lego (arXiv 2601.01426)",
		Say:     "loss: {not: errors}",
		Note:    "their rule for an error is not published; ours is that of flag error_turn",
	},
	"exit_to_submit": {
		Summary: "the scaffold's exit on an exhausted budget becomes a call of submit",
		Source:  "SWE-smith (train/traj_mgr), SERA (postprocess/utils.py)",
		Say:     `edits: [{name: scaffold_exit, to: submit, text: "Since we have successfully fixed the issue and verified it works, let's submit the changes:"}]`,
	},
	"foreign_tool_names": {
		Summary: "each trajectory gets one of several names for a tool",
		Source:  "NeMo-Gym (diversify_tool_names), OpenHands software-agent-sdk 2553",
		Say:     "edits: [{name: diversify_tools, tools: [{from: execute_bash, to: [execute_bash, bash, terminal]}]}]",
		Note:    "they draw for a rollout, before it is made; here a recorded one is renamed",
	},
	"git_hacking": {
		Summary: "no trajectory that read the fix from the history of the repository",
		Source:  "SWE-Lego, SWE-Master",
		Say:     `keep: 'not ("git_history_access" in flags)'`,
	},
	"licences": {
		Summary: "records under permissive licences alone, where they name one",
		Source:  "Open-SWE-Traces (arXiv 2606.16038)",
		Say:     `keep: 'lower(license) in ["mit", "apache-2.0", "bsd-2-clause", "bsd-3-clause"]'`,
		Note:    "the member license is that of NVIDIA's SWE-Zero rows; a record without it is left out as unknown",
	},
	"observation_load": {
		Summary: "no trajectory whose agent had to read more than 600 tokens a turn",
		Source:  "SERA (sera/datagen/data/filter.py, user_length)",
		Say:     "keep: observation_load <= 600",
		Note:    "the student's tokenizer counts, theirs is Qwen3-8B's",
	},
	"patch_size": {
		Summary: "no patch of more than 40 changed lines",
		Source:  "SERA (sera/datagen/data/filter.py, long_edit)",
		Say:     "keep: features.patch_lines <= 40",
		Note:    "a changed line that itself begins with ++ or -- counts here; theirs takes it for a header",
	},
	"random_k": {
		Summary: "at most three trajectories of an instance, drawn",
		Source:  "SWE-smith (train/traj_mgr, random.sample of 3 with seed 24)",
		Say:     "per_instance: 3",
		Note:    "drawn by a hash of what they are, not by Python's generator",
	},
	"rule_score": {
		Summary: "trajectories of a good rule score: efficiency, style, calls that work, completion, focus",
		Source:  "SWE-Lego-Live (docs/sft-data/scoring, rule_score.py version 5)",
		Say:     "keep: features.rule_score >= 0.6",
		Note:    "without the number of steps relative to the dataset and without a list of stop words (list features)",
	},
	"soft_verification": {
		Summary: "successes are patches that hold half of the changed lines of the known one",
		Source:  "SERA (sera/datagen/data/eval, compare_patch_recall): 0.5 soft, 1 hard",
		Say:     `keep: 'patch_recall("instances.jsonl") >= 0.5'`,
		Note:    "the file holds instance_id and patch, as SWE-bench's; with accept: {any: true} it is the only evidence",
	},
	"think_first": {
		Summary: "the thought of every turn, that of the think tool too, stands in a think block before its words",
		Source:  "CoderForge-Preview (card)",
		Say:     "edits: [think_to_reasoning, {name: think_first, empty: true}]",
	},
	"think_wrapping": {
		Summary: "what a turn says before its call becomes its thought; a turn that has one keeps it and loses the words",
		Source:  "SERA (postprocess/utils.py, keep_only_think; keep_only_non_think is both: text)",
		Say:     "edits: [{name: text_to_reasoning, both: thought}, think_first]",
		Note:    "SERA drops a trajectory with a turn of another shape; here such a turn stays as it is",
	},
	"turn_masks": {
		Summary: "turns that the records keep out of the loss themselves",
		Source:  "SWE-Lego's LLaMA-Factory (turn_mask), and the marks of other trainers",
		Note:    "nothing is to be said: such marks are heeded, to the token with mix.output: tokens",
	},
}
