package mix

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// smallDisk is a file system of so many bytes, as mount spells them.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("needs the right to mount a small disk:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	return disk
}

func TestAFullDiskIsToldAndLeavesNoManifest(t *testing.T) {
	disk := smallDisk(t, "64k")
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 400))
	cfg.Out = filepath.Join(disk, "out")
	if _, err := Prepare(context.Background(), cfg); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the error is %v, not that the disk is full", err)
	}
	if _, err := OpenDataset(cfg.Out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a dataset: %v", err)
	}
}

// A cache on a full disk is done without: rows that it has stay of use.
func TestACacheOnAFullDiskIsDoneWithout(t *testing.T) {
	disk := smallDisk(t, "64k")
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 400))
	mustPrepare(t, cfg)
	cached := again(t, cfg)
	cached.Cache = filepath.Join(disk, "cache")
	if res := mustPrepare(t, cached); !errors.Is(res.Uncached, syscall.ENOSPC) {
		t.Errorf("what is told is %v, not that the disk is full", res.Uncached)
	}
	checkEqual(t, cached, cfg)
	left, err := filepath.Glob(filepath.Join(cached.Cache, "*", "*.part"))
	if err != nil || len(left) > 0 {
		t.Errorf("left on the disk: %v", left)
	}
}

// A cache that can only be read is read, and nothing is added to it.
func TestAReadOnlyCacheIsRead(t *testing.T) {
	disk := smallDisk(t, "8m")
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 40), writeSource(t, t.TempDir(), "b.jsonl", 30))
	mustPrepare(t, cfg)
	cached := again(t, cfg)
	cached.Cache, cached.Sources = filepath.Join(disk, "cache"), cfg.Sources[:1]
	first := mustPrepare(t, cached)
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	cached = again(t, cfg)
	cached.Cache = filepath.Join(disk, "cache")
	res := mustPrepare(t, cached)
	if res.Uncached == nil || res.FromCache != first.Read {
		t.Errorf("%d of %d bytes came from the cache (%v)", res.FromCache, first.Read, res.Uncached)
	}
	checkEqual(t, cached, cfg)
}
