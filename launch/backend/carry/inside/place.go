package inside

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/files"
	"trainyard/launch/task"
)

// place unpacks the files of the command into the directory of results. Containers of
// other nodes may do so in the same directory at this moment.
func (b Box) place(ctx context.Context, dir string) error {
	list, err := b.files()
	if err != nil {
		return fmt.Errorf("the files of the command: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the directory of results: %w", err)
	}
	for range 10 {
		err = attempt.Here("").Place(ctx, dir, list)
		if !errors.Is(err, fs.ErrExist) {
			break // a link that another made between our two steps
		}
	}
	return err
}

// files are those of all cells, where the container is of a batch, and its own.
func (b Box) files() (list []task.File, err error) {
	list, err = b.packed(FilesName)
	if err != nil || b.Cell == "" {
		return list, err
	}
	own, err := b.packed(b.Cell + FilesName)
	return append(list, own...), err
}

// packed reads the pieces of one name in the order of their numbers.
func (b Box) packed(name string) (list []task.File, err error) {
	names, err := filepath.Glob(filepath.Join(b.Start, name+"*"))
	if err != nil || len(names) == 0 {
		return nil, err
	}
	slices.Sort(names)
	var pieces []io.Reader
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		pieces = append(pieces, f)
	}
	zip, err := gzip.NewReader(io.MultiReader(pieces...))
	if err != nil {
		return nil, err
	}
	for tape := tar.NewReader(zip); ; {
		head, err := tape.Next()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		var text strings.Builder
		if _, err := io.Copy(&text, tape); err != nil {
			return nil, err
		}
		list = append(list, task.File{Name: head.Name, Content: text.String(), Link: head.Linkname})
	}
}

// records is where the supervisor of this container keeps its records: below the directory of
// results, whose disk it watches then, or in the container's own where that takes none.
func (b Box) records(results string) (dir string, err error) {
	there := filepath.FromSlash(RecordsDir(results, b.Rank))
	if refusesRecords(results) == nil {
		return there, nil
	}
	// The claim is made there all the same.
	if err := os.Mkdir(there, 0o700); errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s: %w", there, task.ErrClaimed)
	} else if err != nil {
		return "", err
	}
	return filepath.FromSlash(RecordsDir(b.Own, b.Rank)), nil
}

// RecordsDir is the directory of a rank's records, below that of the results.
func RecordsDir(results string, rank int) string {
	return path.Join(results, fmt.Sprint("node-", rank))
}

// refusesRecords is what a directory says to what records need: links and names that
// change, and a file that grows. A bucket has neither, which tests have to play.
var refusesRecords = tryRecords

func tryRecords(dir string) error {
	probe, err := os.MkdirTemp(dir, ".probe-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(probe)
	if err := files.ClaimJSON(probe, "claim", 0); err != nil {
		return err
	}
	for range 2 {
		f, err := os.OpenFile(filepath.Join(probe, "claim"), os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("more\n")
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return os.Rename(filepath.Join(probe, "claim"), filepath.Join(probe, "record"))
}
