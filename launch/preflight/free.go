package preflight

import (
	"path/filepath"
	"syscall"
)

// Free is how many bytes a process without privileges may still write below dir, or
// below what of its path is there; 0 where that cannot be told.
func Free(dir string) int64 {
	for {
		var fs syscall.Statfs_t
		if err := syscall.Statfs(dir, &fs); err == nil {
			return int64(fs.Bavail) * int64(fs.Bsize)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return 0
		}
		dir = parent
	}
}
