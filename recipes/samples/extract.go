package samples

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// stamp is the file in an extracted directory that says the directory is ours
// and which version it holds.
const stamp = ".samples"

// attempts bounds how often Extract tries again when others replace the
// directory under its hands.
const attempts = 8

// Extract makes dir hold the sample files and returns quickly when it does
// already. The directory appears by rename, whole or not at all, and any number
// of processes may call Extract for it at once.
//
// Files in dir that differ are replaced together with everything else in it, so
// dir must belong to the samples: one that holds other files and no stamp of
// ours is refused.
func Extract(dir string) error {
	if Complete(dir) {
		return nil
	}
	if err := mayReplace(dir); err != nil {
		return err
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fmt.Errorf("extract samples: %w", err)
	}
	temp, err := os.MkdirTemp(parent, ".samples-*")
	if err != nil {
		return fmt.Errorf("extract samples: %w", err)
	}
	defer os.RemoveAll(temp)
	fresh := filepath.Join(temp, "new")
	if err := write(fresh); err != nil {
		return fmt.Errorf("extract samples: %w", err)
	}
	return swap(fresh, dir, filepath.Join(temp, "old"))
}

// Complete reports whether dir holds the samples of this program. It compares every file. That is 5 MB to read, and makes up for not
// forcing the files to disk: what a power cut spoils is replaced next time.
func Complete(dir string) bool {
	if version, err := os.ReadFile(filepath.Join(dir, stamp)); err != nil || string(version) != Digest() {
		return false
	}
	err := fs.WalkDir(FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		want, err := fs.ReadFile(FS(), name)
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err == nil && !bytes.Equal(got, want) {
			err = fs.ErrInvalid
		}
		return err
	})
	return err == nil
}

// mayReplace protects a directory that another program filled.
func mayReplace(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("extract samples: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() == stamp {
			return nil
		}
	}
	return fmt.Errorf("extract samples: %s holds other files; choose a directory that is empty or does not exist", dir)
}

// write lays the files and the stamp down in a new directory.
func write(dir string) error {
	if err := os.CopyFS(dir, FS()); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, stamp), []byte(Digest()), 0o644)
}

// swap renames fresh to dir. What stands there goes to aside first, unless it
// is what another process has just put there.
func swap(fresh, dir, aside string) error {
	var err error
	for range attempts {
		if err = os.Rename(fresh, dir); err == nil || Complete(dir) {
			return nil
		}
		if old := os.Rename(dir, aside); old != nil && !errors.Is(old, fs.ErrNotExist) {
			return fmt.Errorf("extract samples: %w", old)
		}
		if gone := os.RemoveAll(aside); gone != nil {
			return fmt.Errorf("extract samples: %w", gone)
		}
	}
	return fmt.Errorf("extract samples: %w", err)
}
