package ssh

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"trainyard/launch"
)

// Stop implements launch.Backend.
func (s *SSH) Stop(ctx context.Context, dir string, h launch.Handle, grace time.Duration) error {
	c, err := readHandle(h)
	if err != nil {
		return s.named(err)
	}
	if !c.Unseen.IsZero() {
		return s.named(s.stopUnseen(ctx, dir, c, grace))
	}
	return s.named(s.stopNodes(ctx, c, grace))
}

// stopNodes asks all nodes that something was started on at once.
func (s *SSH) stopNodes(ctx context.Context, c choice, grace time.Duration) error {
	faults := make([]error, len(c.Nodes))
	var stopping sync.WaitGroup
	for i, n := range c.Nodes {
		if n.Handle == "" {
			continue
		}
		stopping.Go(func() {
			if err := s.machine(n).Stop(ctx, n.Dir, n.Handle, grace); err != nil {
				faults[i] = fmt.Errorf("%s: %w", n.Host, err)
			}
		})
	}
	stopping.Wait()
	return errors.Join(faults...)
}

// Open implements launch.Backend. A name that begins with node-N/ is one of that
// node's; others are of rank 0.
func (s *SSH) Open(ctx context.Context, _ string, h launch.Handle, name string) (*launch.OpenFile, error) {
	n, name, err := nodeOf(h, name)
	if err != nil {
		return nil, s.named(err)
	}
	f, err := s.machine(n).Open(ctx, n.Dir, name)
	return f, s.named(err)
}

// List implements launch.Backend, with the names of Open.
func (s *SSH) List(ctx context.Context, _ string, h launch.Handle, name string) ([]launch.Entry, error) {
	n, name, err := nodeOf(h, name)
	if err != nil {
		return nil, s.named(err)
	}
	entries, err := s.machine(n).List(ctx, n.Dir, name)
	return entries, s.named(err)
}

// Digest is the SHA-256 of a file where it lies, for launch/fetch.
func (s *SSH) Digest(ctx context.Context, _ string, h launch.Handle, name string) (string, error) {
	n, name, err := nodeOf(h, name)
	if err != nil {
		return "", s.named(err)
	}
	m := s.machine(n)
	box, err := m.Box(ctx)
	if err != nil {
		return "", s.named(err)
	}
	result, err := m.Exec(ctx, []string{"sha256sum", "--", path.Join(box.Root, n.Dir, name)}, nil)
	digest, _, _ := strings.Cut(strings.TrimPrefix(string(result.Stdout), `\`), " ") // of an odd name the line begins with a backslash
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.ErrUnsupported
	case err != nil:
		return "", s.named(err)
	case result.Code != 0 || len(digest) != 64:
		return "", s.named(fmt.Errorf("digest of %s: code %d: %s", name, result.Code, strings.TrimSpace(string(result.Stderr))))
	}
	return digest, nil
}

func nodeOf(h launch.Handle, name string) (node, string, error) {
	c, err := readHandle(h)
	if err != nil {
		return node{}, "", err
	}
	first, rest, _ := strings.Cut(name, "/")
	if digits, ok := strings.CutPrefix(first, "node-"); ok && len(c.Nodes) > 1 {
		if rank, err := strconv.Atoi(digits); err == nil && rank >= 0 && rank < len(c.Nodes) {
			return c.Nodes[rank], rest, nil
		}
	}
	return c.Nodes[0], name, nil
}
