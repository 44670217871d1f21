// Package listed makes backends of services that promise nothing about a submit: no
// key, no unique name, only a list of jobs. SkyPilot and Hugging Face Jobs are such.
//
// In comes a [Service], which submits, lists, shows a log and cancels; out goes a
// launch.Backend.
//
// The words:
//
//   - The claim is here: the attempt's directory, and in it asked.json, written before
//     the service is asked. Who finds neither makes asked.json void, and nothing can
//     be asked any more.
//   - A job is ours if its name is exactly ours: names hold the run's id, which is
//     random.
//   - The fence is there: a directory that outlives the job's machine, in which its
//     script makes a directory "begun". A second start of a script, by a service that
//     restarts what it lost sight of, finds it and trains nothing. "done" keeps the
//     code that the first one ended with.
//   - A snapshot is one list, which serves all looks of a moment: such a list takes
//     seconds.
//
// The promise: a submit is never repeated. What was asked for and is in no list is
// unknown, until lists that are two minutes apart have not shown it; then Find says
// never started, and where the fence is seen from here it is closed first. A job that
// vanished from the list is lost only after two looks. A list that cannot be had
// changes nothing that is known.
//
// The script run.sh supervises the trainer there, and not the agent as elsewhere: a job
// takes along what fits into a variable of its environment, at most 128 KiB on Linux, and
// the agent in gzip has 1.6 MB. (A run script of SkyPilot could hold it as text of its own;
// whether its API server, its database and each cloud take one of 2 MB was not tried.) It
// watches stop, deadline, stall and the end of the machine; what the script does not know is
// a process that left the trainer's group, the memory of its control group, and the disk.
//
// What it does not do: it sees no files of the job but those on volumes that the
// place says are seen here, and the log as the service shows it.
package listed
