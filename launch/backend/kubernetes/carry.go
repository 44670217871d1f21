package kubernetes

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"trainyard/launch"
	"trainyard/launch/files"
)

const (
	// partSize stays below the 1 MiB of a ConfigMap, and with base64 below the
	// 1.5 MiB of a request to etcd.
	partSize = 768 << 10
	// maxParts bounds what one attempt puts into the cluster's database.
	maxParts = 11
)

// pack makes the parts of a tar, in gzip, of a command's files. A link to what lies
// on a mount stays a link; of what lies here alone the bytes are taken along.
func (o *Options) pack(list []launch.File) ([][]byte, error) {
	if len(list) == 0 {
		return nil, nil
	}
	limit := &limited{most: maxParts * partSize}
	zip := gzip.NewWriter(limit)
	tape := tar.NewWriter(zip)
	for _, f := range list {
		if err := o.packOne(tape, f); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(tape.Close(), zip.Close()); err != nil {
		return nil, tooLarge(err, "the files of the command")
	}
	var parts [][]byte
	for data := limit.Bytes(); len(data) > 0; {
		n := min(len(data), partSize)
		parts, data = append(parts, data[:n]), data[n:]
	}
	return parts, nil
}

func (o *Options) packOne(tape *tar.Writer, f launch.File) error {
	if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
		return fmt.Errorf("file %q lies outside the attempt's directory", f.Name)
	}
	name := path.Clean(f.Name)
	if f.Link == "" {
		return tooLarge(write(tape, name, []byte(f.Content)), f.Name)
	}
	if target, ok := o.inPod(f.Link); ok {
		return tape.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777})
	}
	if info, err := os.Stat(f.Link); err == nil && info.Mode().IsRegular() && info.Size() > maxParts*partSize {
		return tooLarge(errFull, f.Link)
	}
	data, err := files.ReadRegular(f.Link, maxParts*partSize)
	if err != nil {
		return fmt.Errorf("%s: %w (where it is on a volume of the cluster, give the mount its local: directory)", f.Name, err)
	}
	return tooLarge(write(tape, name, data), f.Link)
}

func write(tape *tar.Writer, name string, data []byte) error {
	if err := tape.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: int64(len(data))}); err != nil {
		return err
	}
	_, err := tape.Write(data)
	return err
}

var errFull = errors.New("full")

func tooLarge(err error, what string) error {
	if !errors.Is(err, errFull) {
		return err
	}
	return fmt.Errorf("%s: more than the %d MiB that ConfigMaps take along: put it on a volume of the cluster, and give the place a mount with path: (in the pod) and local: (where it is seen here)",
		what, maxParts*partSize>>20)
}

// limited keeps at most so many bytes.
type limited struct {
	bytes.Buffer
	most int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > l.most {
		return 0, errFull
	}
	return l.Buffer.Write(p)
}

var _ io.Writer = (*limited)(nil)
