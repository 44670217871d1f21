package slurm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/slurm/node"
)

// logPath is the log of the first node in the directory of a start.
var logPath = path.Join(node.NodeDir("", 0), launch.LogName)

// newest is the directory of the newest start of the attempt's job.
func (s *Slurm) newest(ctx context.Context, dir string) (attempt.Machine, string, error) {
	m, err := s.machine(ctx)
	if err != nil {
		return nil, "", err
	}
	return s.newestIn(ctx, m, s.dir(dir))
}

func (s *Slurm) newestIn(ctx context.Context, m attempt.Machine, dir string) (attempt.Machine, string, error) {
	entries, err := m.List(ctx, dir, ".")
	if err != nil {
		return m, dir, err
	}
	restart := 0
	for _, e := range entries {
		restart = max(restart, node.Restart(e.Name))
	}
	return m, node.TryDir(dir, restart), nil
}

// maxRead is far more than any small file of an attempt holds.
const maxRead = 16 << 20

// readFile reads a small file; fs.ErrNotExist where there is none.
func readFile(ctx context.Context, m attempt.Machine, dir, name string) ([]byte, error) {
	f, err := m.Open(ctx, dir, name)
	if errors.Is(err, launch.ErrGone) {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f.From(0), maxRead))
}

// readJSON reports found as false, without an error, where there is no file.
func readJSON(ctx context.Context, m attempt.Machine, dir, name string, v any) (found bool, err error) {
	data, err := readFile(ctx, m, dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("%s/%s: %w", dir, name, err)
	}
	return true, nil
}

// writeJSON replaces a file.
func writeJSON(ctx context.Context, m attempt.Machine, dir, name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return m.Place(ctx, dir, []launch.File{{Name: name, Content: string(text) + "\n"}})
}

// must runs a program whose code other than 0 is an error.
func must(ctx context.Context, m attempt.Machine, stdin []byte, argv ...string) error {
	result, err := m.Exec(ctx, argv, stdin)
	if err == nil && result.Code != 0 {
		err = fmt.Errorf("code %d: %s", result.Code, strings.TrimSpace(string(result.Stderr)))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", argv[0], err)
	}
	return nil
}

// claim makes the directory; ErrClaimed where it is there. mkdir is atomic on every file
// system that clusters share.
func claim(ctx context.Context, m attempt.Machine, dir string) error {
	if err := must(ctx, m, nil, "mkdir", "-p", "-m", "700", path.Dir(dir)); err != nil {
		return err
	}
	result, err := m.Exec(ctx, []string{"mkdir", "-m", "700", dir}, nil)
	switch {
	case err != nil:
		return err
	case result.Code == 0:
		return nil
	}
	if there, err := m.Exec(ctx, []string{"test", "-d", dir}, nil); err != nil || there.Code != 0 {
		return errors.Join(err, fmt.Errorf("claim attempt: %s", strings.TrimSpace(string(result.Stderr))))
	}
	return fmt.Errorf("%s: %w", dir, launch.ErrClaimed)
}

// shut closes the gate of an attempt and gives the gate as it stands: one that a job
// passed before stays that job's.
func shut(ctx context.Context, m attempt.Machine, dir, nonce string) (node.Gate, error) {
	own := "." + node.GateName + "-" + nonce
	if err := writeJSON(ctx, m, dir, own, node.Gate{}); err != nil {
		return node.Gate{}, err
	}
	linked, err := m.Exec(ctx, []string{"ln", path.Join(dir, own), path.Join(dir, node.GateName)}, nil)
	if err != nil {
		return node.Gate{}, err
	}
	if err := must(ctx, m, nil, "rm", "-f", path.Join(dir, own)); err != nil {
		return node.Gate{}, err
	}
	var gate node.Gate
	found, err := readJSON(ctx, m, dir, node.GateName, &gate)
	if err == nil && !found {
		err = fmt.Errorf("close the attempt: ln: %s", strings.TrimSpace(string(linked.Stderr)))
	}
	return gate, err
}

// checkFiles refuses names that are not below the attempt's directory, before anything
// is claimed.
func checkFiles(placed []launch.File) error {
	for _, f := range placed {
		if !fs.ValidPath(f.Name) || f.Name == "." {
			return fmt.Errorf("file %q lies outside the attempt's directory", f.Name)
		}
	}
	return nil
}
