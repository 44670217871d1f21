package database

import (
	"fmt"
	"syscall"
)

// fileSystem tells the kind of file system that a directory lies on, by the name
// that statfs gives.
func fileSystem(dir string) (string, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return "", fmt.Errorf("ask for the file system of %s: %w", dir, err)
	}
	var name []byte
	for _, c := range fs.Fstypename {
		if c == 0 {
			break
		}
		name = append(name, byte(c))
	}
	return darwinNames[string(name)], nil
}

var darwinNames = map[string]string{"nfs": "nfs", "smbfs": "smb", "afpfs": "afs", "macfuse": "fuse", "osxfuse": "fuse", "webdav": "fuse"}
