// Package carry takes a command to a machine that no session reaches: a pod, a
// container of a service, a cluster that another program makes.
//
// In come the files of a launch.Command, out goes one packed piece to be sent along
// with the command. A [Volume] is a directory that both sides see: links to what lies
// on one stay links, and of what lies here alone the bytes are taken along. [Run] is
// the script that unpacks them there, starts the trainer, ends it when it is asked to,
// at its deadline, by a stall or with its machine, and leaves a [Record]. [Tell] is
// the script that prints a file as it grows.
//
// The promise: no text of a user is part of a script; all comes as arguments, in the
// environment, or packed. What is too large is refused before anything is sent.
//
// What it does not do: it sends nothing itself.
package carry
