package mix

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"trainyard/format/durable"
)

// journalFile, in the work directory, names the files of a dataset that is
// being put into place and of the one that goes for it. It is there before the
// first of them moves, so that after a crash the next prepare knows which files
// are ours, and touches no other.
const journalFile = "publishing.json"

// publish moves the finished files into place and the manifest last. The old
// manifest goes first, so that a crash leaves no dataset rather than a mixed
// one.
func (o *outDir) publish(m *Manifest) error {
	old, err := owned(o.dir)
	if err != nil {
		return err
	}
	work := filepath.Join(o.dir, workDir)
	if err := m.write(work); err != nil {
		return err
	}
	if err := writeJournal(o.dir, append(old, m.files()...)); err != nil {
		return err
	}
	if err := o.clear(old); err != nil {
		return err
	}
	for _, f := range m.files() {
		if err := os.Rename(filepath.Join(work, f), filepath.Join(o.dir, f)); err != nil {
			return fmt.Errorf("publish %s: %w", o.dir, err)
		}
	}
	if err := durable.SyncDir(o.dir); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(work, ManifestFile), filepath.Join(o.dir, ManifestFile)); err != nil {
		return fmt.Errorf("publish %s: %w", o.dir, err)
	}
	return durable.SyncDir(o.dir)
}

// files are the names of all that a dataset consists of but the manifest.
func (m *Manifest) files() []string {
	names := []string{m.Outcomes.File, m.RecipeFile.File}
	for _, s := range m.Shards {
		names = append(names, s.File)
	}
	return names
}

// clear removes an older dataset, manifest first.
func (o *outDir) clear(names []string) error {
	err := os.Remove(filepath.Join(o.dir, ManifestFile))
	if err == nil {
		err = durable.SyncDir(o.dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err = nil
	for _, name := range names {
		if name == workDir {
			continue
		}
		if e := os.Remove(filepath.Join(o.dir, name)); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// recover removes the files that a killed prepare had put into place without
// its manifest, and its work directory.
func (o *outDir) recover() error {
	names, err := owned(o.dir)
	if err == nil {
		err = o.clear(names)
	}
	if err != nil {
		return err
	}
	return o.clearWork()
}

func writeJournal(dir string, names []string) error {
	data, err := json.Marshal(names)
	if err != nil {
		return err
	}
	return writeDurably(filepath.Join(dir, workDir, journalFile), data)
}

// readJournal lists the names of a publishing that did not come to its end;
// none where there is no journal.
func readJournal(dir string) (names []string, err error) {
	path := filepath.Join(dir, workDir, journalFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &names)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w (remove the directory, or choose another with --out)", path, err)
	}
	return names, nil
}
