package attempt

import "syscall"

// freeBytes is the room that a disk has for us; known is false where it cannot be told.
func freeBytes(dir string) (free int64, known bool) {
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) != nil {
		return 0, false
	}
	return int64(uint64(fs.Bavail) * uint64(fs.Bsize)), true
}

// full reports whether the disk has no room for another line of a log.
func full(dir string) bool {
	free, known := freeBytes(dir)
	return known && free < 64<<10
}
