package kubernetes

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"trainyard/launch"
)

// Find implements launch.Backend. The Job's name follows from the directory. One
// that was not let go yet is made void, in a patch that its starter's would need
// too; where there is none, a void one takes its name.
func (k *Kubernetes) Find(ctx context.Context, dir string) (launch.Handle, error) {
	c, err := k.client()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("kubernetes: %w", err)
	}
	h, err := c.find(ctx, jobName(dir), k.o.tombstone(dir))
	if err != nil {
		return "", fmt.Errorf("kubernetes: %w", err)
	}
	return h, nil
}

// find looks again where a starter was quicker, which can only happen once or twice:
// stages go one way.
func (c *client) find(ctx context.Context, name string, tombstone object) (launch.Handle, error) {
	for {
		j, err := c.get(ctx, name)
		switch {
		case answered(err, http.StatusNotFound):
			err = c.do(ctx, http.MethodPost, c.jobs()+strict, asJSON, tombstone, nil)
			if err == nil {
				return "", launch.ErrNeverStarted
			}
			if !answered(err, http.StatusConflict) {
				return "", fmt.Errorf("make sure that the Job %s cannot start: %w", name, err)
			}
		case err != nil:
			return "", fmt.Errorf("look for the Job %s: %w", name, err)
		case j.Metadata.Annotations[stageNote] == void:
			return "", launch.ErrNeverStarted
		case j.Metadata.Annotations[stageNote] == part:
			h, again, err := c.findPart(ctx, j)
			if !again {
				return h, err
			}
		case j.Metadata.Annotations[stageNote] != making:
			return j.handle(), nil
		default:
			err = c.do(ctx, http.MethodPatch, c.job(name), asPatch, voiding(), nil)
			if err == nil {
				return "", launch.ErrNeverStarted
			}
			if !overtaken(err) {
				return "", fmt.Errorf("make sure that the Job %s cannot start: %w", name, err)
			}
		}
		if err := pause(ctx); err != nil {
			return "", err
		}
	}
}

// overtaken reports whether a patch was refused because another process changed the
// Job since the look: its test failed, or it is gone.
func overtaken(err error) bool {
	return answered(err, http.StatusUnprocessableEntity) || answered(err, http.StatusConflict) || answered(err, http.StatusNotFound)
}

// pause is between two looks at what another process is changing.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(50 * time.Millisecond):
		return nil
	}
}

func voiding() []object {
	stage := "/metadata/annotations/" + pointer(stageNote)
	return []object{{"op": "test", "path": stage, "value": making}, {"op": "replace", "path": stage, "value": void}}
}

// tombstone is a suspended Job of no pods that takes a name.
func (o *Options) tombstone(dir string) object {
	p := plan{name: jobName(dir), task: launch.Task{Dir: dir}, o: o}
	labels := object{managedBy: "trainyard"}
	return object{"apiVersion": "batch/v1", "kind": "Job", "metadata": object{
		"name": p.name, "labels": labels, "annotations": object{dirNote: dir, stageNote: void},
	}, "spec": object{
		"suspend": true, "parallelism": 0, "backoffLimit": 0,
		"template": object{"metadata": object{"labels": labels}, "spec": object{
			"restartPolicy": "Never",
			"containers":    []object{{"name": trainerContainer, "image": o.Image, "command": []string{"/bin/true"}}},
		}},
	}}
}
