package database

import (
	"fmt"
	"syscall"
)

// fileSystem tells the kind of file system that a directory lies on, by the magic
// number of statfs; empty for one that is not in the table.
func fileSystem(dir string) (string, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return "", fmt.Errorf("ask for the file system of %s: %w", dir, err)
	}
	return magics[uint32(fs.Type)], nil
}

// magics are those of file systems that several hosts may share, from linux/magic.h
// and, for those outside the kernel, from the table of coreutils' stat.
var magics = map[uint32]string{
	0x6969:     "nfs",
	0x0bd00bd0: "lustre",
	0x47504653: "gpfs",
	0x65735546: "fuse",
	0x01021997: "9p",
	0xff534d42: "cifs",
	0xfe534d42: "smb2",
	0x517b:     "smb",
	0x00c36400: "ceph",
	0x19830326: "beegfs",
	0x5346414f: "afs",
	0x7461636f: "ocfs2",
	0x01161970: "gfs2",
	0xaad7aaea: "panfs",
	0x786f4256: "vboxsf",
	0xbacbacbc: "vmhgfs",
}
