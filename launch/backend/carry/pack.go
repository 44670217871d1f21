package carry

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"trainyard/launch"
	"trainyard/launch/files"
)

// Pack makes a tar, in gzip, of a command's files, of at most so many bytes; nil for
// no files. wayOut is what to do about files that are too large.
func (v Volumes) Pack(list []launch.File, most int, wayOut string) ([]byte, error) {
	if len(list) == 0 {
		return nil, nil
	}
	p := packer{volumes: v, out: limited{most: most}, wayOut: wayOut}
	zip := gzip.NewWriter(&p.out)
	p.tape = tar.NewWriter(zip)
	for _, f := range list {
		if err := p.add(f); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(p.tape.Close(), zip.Close()); err != nil {
		return nil, p.tooLarge(err, "the files of the command")
	}
	return p.out.Bytes(), nil
}

type packer struct {
	volumes Volumes
	tape    *tar.Writer
	out     limited
	wayOut  string
}

func (p *packer) add(f launch.File) error {
	if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
		return fmt.Errorf("file %q lies outside the attempt's directory", f.Name)
	}
	name := path.Clean(f.Name)
	if f.Link == "" {
		return p.tooLarge(p.write(name, []byte(f.Content)), f.Name)
	}
	if target, ok := p.volumes.There(f.Link); ok {
		return p.tape.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777})
	}
	most := int64(p.out.most) * 8 // text may be as much smaller when it is packed
	if info, err := os.Stat(f.Link); err == nil && info.Mode().IsRegular() && info.Size() > most {
		return p.tooLarge(errFull, f.Link)
	}
	data, err := files.ReadRegular(f.Link, most)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return p.tooLarge(p.write(name, data), f.Link)
}

func (p *packer) write(name string, data []byte) error {
	if err := p.tape.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: int64(len(data))}); err != nil {
		return err
	}
	_, err := p.tape.Write(data)
	return err
}

var errFull = errors.New("full")

func (p *packer) tooLarge(err error, what string) error {
	if !errors.Is(err, errFull) {
		return err
	}
	return fmt.Errorf("%s: more than the %d KiB that can be sent along: %s", what, p.out.most>>10, p.wayOut)
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

// Rehearsed has an empty file for each link to what is not made yet, as in a dry run,
// whose names are missing.
func (v Volumes) Rehearsed(list []launch.File) (stood []launch.File, missing []string) {
	for _, f := range list {
		_, seen := v.There(f.Link)
		if _, err := os.Stat(f.Link); f.Link != "" && !seen && errors.Is(err, fs.ErrNotExist) {
			missing = append(missing, f.Name)
			f = launch.File{Name: f.Name}
		}
		stood = append(stood, f)
	}
	return stood, missing
}
