package rented

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

// What is on a full disk here: wishes, ends, and the journal of rentals.
func TestAFullDiskHereKeepsNoBoxThatWasAskedToEnd(t *testing.T) {
	s := open(t, "runpod", Config{})
	if err := syscall.Mount("tmpfs", s.home, "tmpfs", 0, "size=4m"); err != nil {
		t.Skip("needs the right to mount a small disk:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(s.home, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	task := s.task(t, "wait")
	h, err := s.Start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	backendtest.Says(t, s.Rented, task.Dir, h, "waiting")
	checkpoint := filepath.Join(s.home, "checkpoint")
	fillDisk(t, checkpoint)
	if err := s.Stop(t.Context(), task.Dir, h, time.Second); err != nil {
		t.Fatal(err)
	}
	if status := s.ended(t, task, h); status.State != launch.Cancelled || len(s.fake.Billed()) != 0 {
		t.Errorf("%+v, %d billed", status, len(s.fake.Billed()))
	}
	if err := os.Remove(checkpoint); err != nil {
		t.Fatal(err)
	}
	if status := s.ended(t, task, h); status.State != launch.Cancelled {
		t.Errorf("with room again: %+v", status)
	}
}

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
