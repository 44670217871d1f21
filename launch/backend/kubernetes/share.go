package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"path"

	"trainyard/launch"
)

var _ launch.Sharer = (*Kubernetes)(nil)

// Unseen implements launch.Sharer: the API shows no files, so that only those of a volume
// that is seen here can be read.
func (k *Kubernetes) Unseen(bool) error {
	if k.o.Runs == "" {
		return errors.New("what lies in a pod goes with it (ephemeral: true): give the place runs: on a mount with local:, where that is seen here")
	}
	if _, seen := k.o.volumes().Here(k.o.Runs); !seen {
		return fmt.Errorf("the API of Kubernetes shows no files, and the mount of runs: %s is not seen here: give it local:, where it is", k.o.Runs)
	}
	return nil
}

// Here implements launch.Sharer.
func (k *Kubernetes) Here(_ context.Context, dir, name string) string {
	here, _ := k.o.volumes().Here(path.Join(k.inPod(dir), name))
	return here
}

// Shelf implements launch.Sharer: beside the attempts, on their volume.
func (k *Kubernetes) Shelf(name string) string {
	if _, there := k.o.volumes().There(name); there {
		return ""
	}
	here, _ := k.o.volumes().Here(path.Join(k.o.Runs, "models"))
	return here
}
