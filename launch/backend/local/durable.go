package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// readJSON reports found as false, without an error, where there is no file.
func readJSON(dir, name string, v any) (found bool, err error) {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
	}
	return true, nil
}

// writeJSON replaces a file: readers see the old one or the new one, also
// after a power cut.
func writeJSON(dir, name string, v any) error {
	temp, err := syncedTemp(dir, name, v)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, filepath.Join(dir, name)); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncDir(dir)
}

// claimJSON makes a file with its content in one step and fails with
// fs.ErrExist where it is there already: of several callers one wins, and no
// reader meets it half written.
func claimJSON(dir, name string, v any) error {
	temp, err := syncedTemp(dir, name, v)
	if err != nil {
		return err
	}
	if err := errors.Join(os.Link(temp, filepath.Join(dir, name)), os.Remove(temp)); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncedTemp(dir, name string, v any) (string, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "."+name+"-")
	if err != nil {
		return "", err
	}
	_, err = f.Write(append(data, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
