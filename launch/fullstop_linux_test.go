package launch_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
)

// fillDisk writes until the disk is full.
func fillDisk(t *testing.T, path string) {
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

// TestAStopOnAFullDiskReturnsWhenTheRunHasEnded has the ledger, the attempt and all else
// on a disk without room.
func TestAStopOnAFullDiskReturnsWhenTheRunHasEnded(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skip("needs the right to mount a small disk:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	p := newPlace(t)
	l := launcher(filepath.Join(disk, "home"))
	defer l.Ledger.Close()
	run, err := l.Start(t.Context(), job(p.dataset, "hold", p.mark))
	if err != nil {
		t.Fatal(err)
	}
	p.awaitStart(t)
	fillDisk(t, filepath.Join(disk, "checkpoint"))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if run, err = l.Stop(ctx, run); err != nil || run.State != launch.Cancelled {
		t.Errorf("%+v, %v", run.Attempt, err)
	}
	if err := os.Remove(filepath.Join(disk, "checkpoint")); err != nil {
		t.Fatal(err)
	}
	if run, err = l.Refresh(t.Context(), run); err != nil || run.State != launch.Cancelled {
		t.Errorf("with room again: %+v, %v", run.Attempt, err)
	}
}
