package verdict

import "trainyard/format/pyjson"

// Fields are the members in which datasets, scaffolds and graders keep an
// evaluation's verdict, as dotted paths, the most telling first. exit_status is
// none: it says how a run ended.
var Fields = []string{
	"resolved", "report.resolved", "test_result.report.resolved", // SWE-Gym, OpenHands after evaluation
	"eval_result.full_success", "eval_result.success", "full_success", // Hybrid-Gym's graders
	"is_resolved", "success", "passed", // Terminal-Bench, others
	"target", "reward", "verified", // nebius, R2E-Gym and CoderForge, others
	"label", "kto_tag", // rows for KTO: TRL's and ms-swift's, LLaMA-Factory's
}

// RowIDs are the members by which rows of reports name what they judge.
var RowIDs = []string{"instance_id", "task_id", "task_name", "trial_name", "traj_id", "trajectory_id"}

// VagueIDs are members that name what a row is about where it has none of RowIDs.
var VagueIDs = []string{"id", "instance", "task", "name"}

// The columns of a table in which ids and verdicts stand, the most telling first.
var (
	IDColumns = []string{"instance_id", "traj_id", "trajectory_id", "task_id", "id", "instance", "task", "task_name", "trial_name", "name"}
	Columns   = []string{"full_success", "resolved", "is_resolved", "success", "passed", "verdict", "accepted", "correct", "result", "outcome", "label", "reward", "score"}
)

// IDsOf are the ids that a row has under RowIDs.
func IDsOf(row pyjson.Value) (ids []string) {
	for _, name := range RowIDs {
		if id := row.Get(name).Text(); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}
