package binary

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"trainyard/format/durable"
)

// Shipped are the machines that a release has agents for.
var Shipped = [][2]string{{"linux", "amd64"}, {"linux", "arm64"}}

// Pack builds the agents of a release into a directory, compressed: embedded, of this
// package, for a build with the tag agents, or the one of the program.
func Pack(ctx context.Context, root, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, machine := range Shipped {
		data, err := compile(ctx, root, machine[0], machine[1])
		if err != nil {
			return fmt.Errorf("agent for %s/%s: %w", machine[0], machine[1], err)
		}
		var packed bytes.Buffer
		w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
		path := filepath.Join(dir, "agent-"+machine[0]+"-"+machine[1]+".gz")
		if err := errors.Join(w.Close(), durable.Write(path, "", 0o644, durable.Bytes(packed.Bytes()))); err != nil {
			return err
		}
	}
	return nil
}
