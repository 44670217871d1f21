package mix

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestAFullDiskIsToldAndLeavesNoManifest(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("needs the right to mount a small disk:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 400))
	cfg.Out = filepath.Join(disk, "out")
	if _, err := Prepare(context.Background(), cfg); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the error is %v, not that the disk is full", err)
	}
	if _, err := OpenDataset(cfg.Out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a dataset: %v", err)
	}
}
