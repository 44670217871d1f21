package smoke

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"

	"trainyard/format/durable"
)

// writeFile puts what fill writes at path; a crash may leave .tmp-NAME beside it.
func writeFile(path string, fill func(io.Writer) error) error {
	return durable.Write(path, ".tmp-"+filepath.Base(path), 0o644, func(f io.Writer) error {
		w := bufio.NewWriterSize(f, 1<<20)
		return errors.Join(fill(w), w.Flush())
	})
}

func writeBytes(path string, data []byte) error { return writeFile(path, durable.Bytes(data)) }

func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return writeBytes(path, append(data, '\n'))
}
