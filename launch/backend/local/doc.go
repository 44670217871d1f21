// Package local runs attempts on this machine.
//
// In comes a launch.Task, out goes a handle that finds its supervisor again. All of it
// is the box protocol of launch/backend/attempt, spoken in this process: a supervisor
// of its own outlives the terminal and the process which started it.
//
// What it does not do: it shares out no GPUs. The trainer sees all that the environment
// shows it.
package local
