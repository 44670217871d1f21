// Package carry takes a command to a machine that no session reaches: a pod, a
// container of a service, a cluster that another program makes.
//
// In come the files of a launch.Command, out goes one packed piece to be sent along
// with the command. A [Volume] is a directory that both sides see: links to what lies
// on one stay links, and of what lies here alone the bytes are taken along. An [Agent] is
// the program that supervises there, packed likewise; [Start] is the script that checks
// and starts it, where package inside goes on.
//
// The promise: no text of a user is part of a script. What is too large is refused before
// anything is sent. An agent that cannot run there says why in the container's last
// words: another architecture, no room, a file system that runs no program, other bytes.
//
// What it does not do: it sends nothing itself.
package carry
