package listed

import (
	"context"
	"fmt"
	"path"

	"trainyard/launch"
)

var _ launch.Sharer = (*Backend)(nil)

// Unseen implements launch.Sharer: a service shows the log alone, so that only files of a
// volume that is seen here can be read.
func (b *Backend) Unseen(bool) error {
	if _, seen := b.Volumes.Here(b.Runs); !seen {
		return fmt.Errorf("this service shows no files but the log, and the mount of runs: %s is not seen here: give it here:, where it is", b.Runs)
	}
	return nil
}

// Here implements launch.Sharer.
func (b *Backend) Here(_ context.Context, dir, name string) string {
	here, _ := b.Volumes.Here(path.Join(b.there(dir), name))
	return here
}

// Shelf implements launch.Sharer: beside the attempts, on their volume.
func (b *Backend) Shelf(name string) string {
	if _, there := b.Volumes.There(name); there {
		return ""
	}
	here, _ := b.Volumes.Here(path.Join(b.Runs, "models"))
	return here
}
