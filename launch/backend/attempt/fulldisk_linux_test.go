package attempt

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"trainyard/launch"
)

func TestAFullDiskDoesNotCostTheExitRecord(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=128k"); err != nil {
		t.Skip("needs the right to mount a small disk:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	task := acting(t, "save")
	task.Dir = filepath.Join(disk, "attempt-1")
	h := start(t, Local{}, task)
	says(t, Local{}, task.Dir, h, "waiting")
	fill(t, filepath.Join(disk, "checkpoint"))
	if err := parse(t, h).signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Failed || s.Code != 143 {
		t.Errorf("status %+v", s)
	}
}

// fill writes until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 4096; size > 0; {
		_, err := f.Write(make([]byte, size))
		if errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
