package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"trainyard/format/durable"
)

// maxJSON is far more than any of these files holds.
const maxJSON = 16 << 20

// ReadJSON reports found as false, without an error, where there is no file.
func ReadJSON(dir, name string, v any) (found bool, err error) {
	data, err := ReadRegular(filepath.Join(dir, name), maxJSON)
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

// WriteJSON is Write of a value as JSON.
func WriteJSON(dir, name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return Write(dir, name, append(data, '\n'))
}

// Write replaces a file of the directory.
func Write(dir, name string, data []byte) error {
	return durable.Write(filepath.Join(dir, name), "", 0o600, durable.Bytes(data))
}

// ClaimJSON makes a file with its content in one step and fails with
// fs.ErrExist where it is there already: of several callers one wins, and no
// reader meets it half written.
func ClaimJSON(dir, name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, name)
	temp, err := durable.Beside(path, "", 0o600, durable.Bytes(append(data, '\n')))
	if err != nil {
		return err
	}
	if err := errors.Join(os.Link(temp, path), os.Remove(temp)); err != nil {
		return err
	}
	return durable.SyncDir(dir)
}
