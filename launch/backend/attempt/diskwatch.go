package attempt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"trainyard/launch/files"
)

// warningName is the file that tells of a disk that fills up while the trainer runs.
const warningName = "warning.json"

// A warning is what a running attempt should be looked at for.
type warning struct {
	At    time.Time `json:"at"`
	Free  int64     `json:"free"` // bytes
	Limit int64     `json:"limit"`
}

func (w warning) words() string {
	return fmt.Sprintf("its disk has %.2f GB free, less than %.2f GB", float64(w.Free)/1e9, float64(w.Limit)/1e9)
}

// A diskWatch writes a warning when the disk has less room than a limit, and takes it
// back when there is room again.
type diskWatch struct {
	dir    string
	limit  int64
	warned bool
}

// defaultMinFree is less than most checkpoints need; of a small disk it is a twentieth.
const defaultMinFree = 2 << 30

func newDiskWatch(dir string, limit int64) *diskWatch {
	if limit <= 0 {
		limit = defaultMinFree
		var disk syscall.Statfs_t
		if syscall.Statfs(dir, &disk) == nil {
			limit = min(limit, int64(uint64(disk.Blocks)*uint64(disk.Bsize)/20))
		}
	}
	return &diskWatch{dir: dir, limit: limit}
}

func (w *diskWatch) look() {
	free, known := freeBytes(w.dir)
	if !known {
		return
	}
	switch low := free < w.limit; {
	case low && !w.warned:
		// Where there is no room for the warning either, the exit record has the figure.
		err := files.WriteJSON(w.dir, warningName, warning{At: time.Now(), Free: free, Limit: w.limit})
		w.warned = err == nil || errors.Is(err, syscall.ENOSPC)
	case w.warned && free > w.limit+w.limit/10:
		err := os.Remove(filepath.Join(w.dir, warningName))
		w.warned = err != nil && !errors.Is(err, fs.ErrNotExist)
	}
}

// Warning is what a running attempt should be looked at for, as its directory has it;
// empty where there is nothing.
func Warning(dir string) string {
	var w warning
	if found, err := files.ReadJSON(dir, warningName, &w); err != nil || !found {
		return ""
	}
	return w.words()
}
