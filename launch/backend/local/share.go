package local

import (
	"context"
	"path/filepath"
)

// Unseen implements launch.Sharer: everything lies here.
func (Local) Unseen(bool) error { return nil }

// Here implements launch.Sharer.
func (Local) Here(_ context.Context, dir, name string) string {
	return filepath.Join(dir, filepath.FromSlash(name))
}

// Shelf implements launch.Sharer.
func (Local) Shelf(string) string { return "" }
