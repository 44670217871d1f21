package kubernetes

import (
	"strconv"
	"strings"
)

// Labels and annotations. A prefix of one's own keeps them apart from others'.
const (
	managedBy  = "app.kubernetes.io/managed-by"
	runLabel   = "trainyard/run"
	tryLabel   = "trainyard/attempt"
	dirNote    = "trainyard/directory"
	nonceNote  = "trainyard/nonce"
	stageNote  = "trainyard/stage"
	stopNote   = "trainyard/stop"
	batchNote  = "trainyard/batch"
	uidNote    = "trainyard/batch-uid"
	indexNote  = "trainyard/index"
	queueLabel = "kueue.x-k8s.io/queue-name"
)

// Stages of a Job, see the package's words.
const (
	making = "making"
	made   = "made"
	void   = "void"
	part   = "part" // of a batch, whose Job is another
)

// labels are those of everything of the attempt. Those of a batch, whose attempts are of
// several runs, name none; the claims do.
func (p *plan) labels() object {
	labels := object{managedBy: "trainyard"}
	if p.cells == nil {
		labels[tryLabel], labels[runLabel] = strconv.Itoa(p.task.Attempt), label(p.task.Run)
	} else {
		labels[batchNote] = p.name
	}
	for _, pair := range p.o.Labels {
		key, value, _ := strings.Cut(pair, "=")
		labels[key] = value
	}
	return labels
}

// label is a text as a label's value may be written; a run's id is one as it is.
func label(text string) string {
	return strings.Trim(unfit.ReplaceAllString(strings.ToLower(clip(text, 60)), "-"), "-")
}
