package slurm

import "trainyard/launch"

// states is what Slurm's words for a job mean (slurm.h, job_states and its flags). Words
// that are not here mean that the job is known and nothing more.
var states = map[string]launch.State{
	"PENDING":       launch.Queued,
	"CONFIGURING":   launch.Queued,
	"REQUEUED":      launch.Queued,
	"REQUEUE_FED":   launch.Queued,
	"REQUEUE_HOLD":  launch.Queued,
	"SPECIAL_EXIT":  launch.Queued,
	"RESV_DEL_HOLD": launch.Queued,

	"RUNNING":    launch.Running,
	"COMPLETING": launch.Running, // its processes may write still
	"SUSPENDED":  launch.Running,
	"STOPPED":    launch.Running,
	"SIGNALING":  launch.Running,
	"STAGE_OUT":  launch.Running,
	"RESIZING":   launch.Running,

	"COMPLETED":     launch.Succeeded, // the batch script exited with 0; the exit record has the word
	"FAILED":        launch.Failed,
	"OUT_OF_MEMORY": launch.Failed,
	"TIMEOUT":       launch.Failed,
	"DEADLINE":      launch.Failed,
	"BOOT_FAIL":     launch.Failed,
	"LAUNCH_FAILED": launch.Failed,
	"REVOKED":       launch.Failed,
	"CANCELLED":     launch.Cancelled,
	"PREEMPTED":     launch.Preempted,
	"NODE_FAIL":     launch.Preempted, // the platform ended it: another attempt may go on
}

// ends say what an end means that is not the trainer's own.
var ends = map[string]string{
	"OUT_OF_MEMORY": "Slurm ended it because it took more memory than it had asked for (--mem): ask for more, or use fewer workers",
	"TIMEOUT":       "Slurm ended it at its time limit",
	"DEADLINE":      "Slurm ended it at its deadline",
	"BOOT_FAIL":     "Slurm could not boot its nodes",
	"LAUNCH_FAILED": "Slurm could not launch it on its nodes",
	"REVOKED":       "Slurm revoked it: another cluster of the federation took it",
	"PREEMPTED":     "Slurm preempted it for another job",
	"NODE_FAIL":     "Slurm ended it because a node of it failed",
}

// waits say what a job waits for that is not its turn. Those that never end by
// themselves say so.
var waits = map[string]string{
	"PartitionNodeLimit":            "it asks for more nodes than the partition gives, and never starts as it is",
	"PartitionTimeLimit":            "it asks for more time than the partition gives, and never starts as it is",
	"PartitionDown":                 "the partition is down",
	"PartitionInactive":             "the partition is inactive",
	"BadConstraints":                "no node has what it asks for, and it never starts as it is",
	"DependencyNeverSatisfied":      "what it depends on has failed, and it never starts as it is",
	"AccountNotAllowed":             "the account may not use the partition, and it never starts as it is",
	"QOSNotAllowed":                 "the QOS may not use the partition, and it never starts as it is",
	"InvalidAccount":                "Slurm does not know the account, and it never starts as it is",
	"InvalidQOS":                    "Slurm does not know the QOS, and it never starts as it is",
	"QOSMaxWallDurationPerJobLimit": "it asks for more time than the QOS gives, and never starts as it is",
	"QOSMaxNodePerJobLimit":         "it asks for more nodes than the QOS gives, and never starts as it is",
	"QOSMaxGRESPerJob":              "it asks for more GPUs than the QOS gives, and never starts as it is",
	"JobHeldUser":                   "it is held: `scontrol release` lets it go on",
	"JobHeldAdmin":                  "an administrator holds it",
	"JobHoldMaxRequeue":             "it was requeued too often and is held: `scontrol release` lets it go on",
	"ReqNodeNotAvail":               "the nodes that it asks for are not available",
	"Dependency":                    "another job of its name has not ended",
	"BeginTime":                     "Slurm starts it no earlier than some time from now, as after a requeue",
}
