// Package inside is what runs inside a container that no session reaches: process 1 of
// the trainer's container in a pod. It is part of the agent, and start.sh of package
// carry, which brings the agent, starts it.
//
// In comes order.json, an attempt.Order with the files of the command packed beside it,
// out goes a [Record] as the container's last words, the trainer's log on standard
// output, and the trainer's code as its own. Where attempts are a batch, each container
// has the orders and files of all of them, and takes those of its number.
//
// [Run] has the attempt's supervisor run the trainer, as on every machine, and stands
// between it and the platform: a file that the platform puts there asks for the end, a
// TERM for the container is passed on. [Tell] prints a file as it grows, as the log of a
// container of its own.
//
// The words: the directory of results is the attempt's, where the trainer works; the
// records of the supervisor lie in node-RANK below it. What takes no records, as a bucket
// that is mounted does, has them in the container: then the disk of the results is not
// watched.
//
// The promise: of several containers with one directory of results and one rank, one
// trains. The others say so, and end with code 75: a platform may start again what it
// took for dead.
//
// What it does not do: it opens no connection, and asks nothing of the platform.
package inside
