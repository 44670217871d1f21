package trainer

import (
	"path/filepath"
	"slices"

	"trainyard/launch"
)

// Trainers that take a directory read every file in it. A dataset's directory
// has both splits and the manifest, so each split gets a directory of links.
const (
	trainDir      = "train"
	validationDir = "validation"
	// datasetDir is for trainers that read the manifest: the dataset's own directory is
	// on this machine, and the attempt may run on another.
	datasetDir = "dataset"
)

// datasetLinks are the links to a dataset's manifest and to all its shards.
func datasetLinks(d launch.Dataset) []launch.File {
	return slices.Concat(linksIn(datasetDir, d.Dir, []string{"manifest.json"}), linksIn(datasetDir, d.Dir, d.Train.Shards), linksIn(datasetDir, d.Dir, d.Validation.Shards))
}

// shardLinks are the links to the shards of both splits, in order.
func shardLinks(d launch.Dataset) []launch.File {
	files := linksIn(trainDir, d.Dir, d.Train.Shards)
	return append(files, linksIn(validationDir, d.Dir, d.Validation.Shards)...)
}

func linksIn(split, dir string, shards []string) []launch.File {
	files := make([]launch.File, len(shards))
	for i, shard := range shards {
		files[i] = launch.File{Name: split + "/" + shard, Link: filepath.Join(dir, shard)}
	}
	return files
}
