// Package kubernetes runs attempts as batch/v1 Jobs of a cluster, over plain REST.
//
// In comes a launch.Task, out goes a handle with the name and the uid of a Job. The
// cluster is found as kubectl finds it: by a kubeconfig and a context, or from
// inside a pod by its service account.
//
// The words:
//
//   - The claim is the Job itself. Its name follows from the attempt's directory, so
//     a second create is refused by the API server, by whichever process it is sent.
//   - A stage is the annotation trainyard/stage of a Job. It is made suspended, as
//     "making"; once its ConfigMaps and its Secret are there, one patch sets it to
//     "made" and lets it go. Find sets one that is still "making" to "void", or makes
//     an empty one that is: after that nothing can start. Both are tests and sets of
//     the API server, of which one wins.
//   - The carried files are those of the command, packed into ConfigMaps that the Job
//     owns. What is larger than 8 MiB has to lie on a volume of the place.
//   - The agent supervises in the pod, as on every machine: it unpacks the files, starts
//     the trainer, and ends it when it is asked to, at its deadline, by a stall or with
//     the pod. It goes along in ConfigMaps of the Job, for the architecture of the
//     place's nodes, or lies in the image; package carry brings it to life. Its word is
//     the termination message of the container. It also prints the progress file as the
//     log of a container of its own, which is how curves come here without a way into
//     the pod.
//   - A batch is several attempts, of as many runs, that ask for the same: one Indexed Job,
//     whose index N is the cell N. Every pod has the orders of all cells, and its agent takes
//     that of its number. A cell's claim is the Job of its name all the same, an empty one
//     that says which index of which Job it is and goes with that, so that it is claimed once
//     and found by whichever process looks, and started once, in a batch or alone.
//   - Collecting is copying the logs of the pods into the attempt's directory here, at
//     each look. What was copied stays when the pod goes.
//
// The promise: no pod is ever started by a second call; a pod that ended is not replaced
// (backoffLimit 0, of a batch backoffLimitPerIndex 0; restartPolicy Never), since another
// attempt has its own directory; where the cluster starts a pod again all the same, as
// Kueue does after a preemption, it finds the attempt claimed on the volume of runs:, and
// trains nothing; a Job is deleted with its pods; the pod's activeDeadlineSeconds ends an
// attempt that does not end itself, with no process here. "Cannot see" is the last known
// state, and a Job that is gone without our doing is lost. Values of secrets travel in a
// Secret that the Job owns. It and the agent are deleted when a look finds that the
// attempt has ended, or the last of its batch. A cell ends no other one: what fails, is
// stopped or is taken away ends its own index, which is not started again.
//
// What it does not do: it does not look into a pod (no exec, no port-forward), so what the
// trainer writes is read only where the place says where a volume is seen from here. It
// makes no batch of attempts of several nodes, nor of those that a queue of Kueue takes.
// A Job keeps no word on why an index failed. Of a cell whose pod went between two looks
// the API server still has the pod as it was last, for some minutes (with the right to
// watch pods), and of preemptions an event, for an hour (with that to list events); after
// these it cannot tell whether the cluster took it or another hand. A log that
// the node rotated between two looks has a hole. It installs nothing: the image brings the
// trainer, and a shell with gzip and sha256sum. With ephemeral: true nothing tells a pod
// that was started again from the first.
package kubernetes
