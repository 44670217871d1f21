// Package skypilot runs attempts as managed jobs of SkyPilot, by its command line.
//
// In comes a launch.Task, out goes a job whose name is that of the attempt; package
// listed says how it is claimed, found and told apart. SkyPilot (0.14.1 was read, and is
// run on a Slurm cluster by .ci/skypilot) has about twenty clouds, Kubernetes and Slurm,
// and finds the cheapest.
//
// What SkyPilot does not promise is made here: a name may be given twice, and a job
// that is RUNNING is started again after a restart of its API server, with
// recovery_count still 0. So the script of the task has a fence on a directory that
// outlives its cluster, and a mark of how it ended; job_recovery has no restarts.
//
// Of a job in FAILED_CONTROLLER the cluster may be left running, and paid: the reason
// says so. RECOVERING is a queue, with the reason: the job is alive, and what its
// script finds on the next cluster is the fence.
//
// A controller of SkyPilot's that was stopped for want of work knows no jobs: it is
// started again to tell what became of one, and to be looked at it costs what it costs.
//
// What it does not do: it never talks to the API server but by sky, whose versions
// fit each other; it does not use SkyPilot's file uploads, which need a bucket of
// their own for managed jobs.
package skypilot
