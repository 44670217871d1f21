// Package durable writes files that are whole whatever dies: readers see the old
// content or the new one, also after a power cut. And it takes locks, which end
// with the process that holds them. It imports nothing of the project, so that
// datasets, runs and checkpoints share it.
package durable
