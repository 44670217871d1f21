// Package durable writes files that are whole whatever dies: readers see the old
// content or the new one, also after a power cut. It imports nothing of the
// project, so that datasets, runs and checkpoints share it.
package durable
