package slurm

import (
	"context"
	"path/filepath"
	"strings"

	"trainyard/launch"
)

var (
	_ launch.Sharer = (*Slurm)(nil)
	_ launch.Mover  = (*Slurm)(nil)
)

// Unseen implements launch.Sharer: the login node sees all that the nodes write.
func (s *Slurm) Unseen(bool) error { return nil }

// Here implements launch.Sharer: with a login node elsewhere, nothing lies here.
func (s *Slurm) Here(ctx context.Context, dir, name string) string {
	if s.config.Login != "" {
		return ""
	}
	try, err := s.Where(ctx, dir)
	if err != nil { // nothing lies there yet
		try = s.dir(dir)
	}
	return filepath.Join(filepath.FromSlash(try), filepath.FromSlash(name))
}

// Shelf implements launch.Sharer: with a root, that is what the nodes share with this
// machine, unless files are brought to a login node.
func (s *Slurm) Shelf(path string) string {
	root := filepath.FromSlash(s.config.Root)
	if s.config.Login != "" || root == "" || path == root || strings.HasPrefix(path, strings.TrimSuffix(root, "/")+"/") {
		return ""
	}
	return filepath.Join(root, "models")
}

// Where implements launch.Mover: a restart has its files, and the checkpoints that were
// whole before it, in a directory of its own.
func (s *Slurm) Where(ctx context.Context, dir string) (string, error) {
	_, try, err := s.newest(ctx, dir)
	return try, err
}
