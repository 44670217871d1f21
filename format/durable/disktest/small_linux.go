package disktest

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// Small is the directory of a disk of its own, of a size as mount has it, such as 64m. It
// goes with the test, which is skipped where none may be made.
func Small(t *testing.T, size string) string {
	t.Helper()
	disk := t.TempDir()
	Mount(t, disk, size)
	return disk
}

// Mount puts such a disk on a directory that is there.
func Mount(t *testing.T, dir, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("needs the right to mount a small disk:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// Fill writes a file until its disk has no room for another byte.
func Fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 16; size > 0; {
		_, err := f.Write(make([]byte, size))
		if errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
