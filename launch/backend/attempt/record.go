package attempt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"trainyard/format/durable"
	"trainyard/launch/files"
)

// recordSize is the room kept for an exit record.
const recordSize = 8 << 10

// reserve fills the exit record's file with blanks before the trainer starts.
// A disk that a checkpoint has filled is a common end of a run, and its record
// must still be written: overwriting these bytes takes no new room.
func (s *supervisor) reserve() error {
	f, err := os.CreateTemp(s.dir, "."+exitName+"-")
	if err != nil {
		return err
	}
	if _, err := f.Write(bytes.Repeat([]byte{' '}, recordSize)); err != nil {
		return errors.Join(err, f.Close())
	}
	s.record = f
	return f.Sync()
}

// finish writes the exit record as the last act: fill, sync, rename, sync. The
// blanks behind the object stay; JSON allows them. The file is gone where
// the directory was removed; if a stop made that again, the record goes in
// anew.
func (s *supervisor) finish(exit Exit) error {
	// Ended follows from the time that has passed: the clock may have been set
	// since the start.
	exit.Started, exit.Ended = s.started, time.Now()
	if !s.started.IsZero() {
		exit.Ended = s.started.Add(time.Since(s.started))
	}
	if free, known := freeBytes(s.dir); known {
		exit.Free = &free
	}
	data, err := json.MarshalIndent(exit, "", "  ")
	if err != nil {
		return fmt.Errorf("exit record: %w", err)
	}
	_, err = s.record.WriteAt(append(data, '\n'), 0)
	if err := errors.Join(err, s.record.Sync(), s.record.Close()); err != nil {
		return fmt.Errorf("exit record: %w", err)
	}
	err = os.Rename(s.record.Name(), filepath.Join(s.dir, exitName))
	if errors.Is(err, fs.ErrNotExist) {
		err = files.WriteJSON(s.dir, exitName, exit)
	}
	if err != nil {
		return fmt.Errorf("exit record: %w", err)
	}
	return durable.SyncDir(s.dir)
}
