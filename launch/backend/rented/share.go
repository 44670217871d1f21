package rented

import (
	"context"
	"errors"
	"path/filepath"

	"trainyard/launch"
)

var _ launch.Sharer = (*Rented)(nil)

// Unseen implements launch.Sharer: what is not brought home is gone with its box.
func (r *Rented) Unseen(models bool) error {
	if models && r.c.Keep == "logs" {
		return errors.New("of what lies on a rented box the logs alone come home (keep: logs): give the place keep: model")
	}
	return nil
}

// Here implements launch.Sharer: what came home lies in the attempt's directory.
func (r *Rented) Here(_ context.Context, dir, name string) string {
	return filepath.Join(dir, filepath.FromSlash(name))
}

// Shelf implements launch.Sharer: to a box everything is brought.
func (r *Rented) Shelf(string) string { return "" }
