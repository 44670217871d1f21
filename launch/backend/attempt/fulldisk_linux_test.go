package attempt

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

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

func TestAStopOnAFullDiskIsARequestAllTheSame(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("needs the right to mount a small disk:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	order := Order{Task: acting(t, "save")}
	order.Dir = filepath.Join(disk, "attempt-1")
	h := ordered(t, Here(""), order)
	says(t, Local{}, order.Dir, h, "waiting")
	eventually(t, "the trainer is written down", func() bool { _, err := os.Stat(filepath.Join(order.Dir, trainerName)); return err == nil })
	fill(t, filepath.Join(disk, "checkpoint"))
	if err := (Local{}).Stop(t.Context(), order.Dir, h, time.Minute); err != nil {
		t.Fatal(err)
	}
	if s := waitEnded(t, Local{}, order.Dir, h); s.State != launch.Cancelled || s.Code != 143 {
		t.Errorf("status %+v", s)
	}
	if free := exitOf(t, order.Dir).Free; free == nil || *free > 64<<10 {
		t.Errorf("free %v", free)
	}
	if _, err := (Local{}).Start(t.Context(), launch.Task{Dir: filepath.Join(disk, "attempt-2"), Self: self(t), Command: launch.Command{Argv: []string{"/bin/true"}}}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a start: %v", err)
	}
	for text, want := range map[string]syscall.Signal{`{"protocol":1}`: noRoom, `{}`: noRoomOfOld} {
		if err := os.WriteFile(filepath.Join(order.Dir, specName), []byte(text), 0o600); err != nil {
			t.Skip("no room for another spec:", err)
		}
		fill(t, filepath.Join(disk, "checkpoint-2"))
		if sig, err := placeRequest(order.Dir, stopRequest{}); sig != want || err != nil {
			t.Errorf("%s: %v, %v", text, sig, err)
		}
		if err := os.Remove(filepath.Join(disk, "checkpoint-2")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnObjectDoesNotFillASmallDisk(t *testing.T) {
	root := t.TempDir()
	if err := syscall.Mount("tmpfs", root, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("needs the right to mount a small disk:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(root, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	m := Here(root)
	data, digest := object(100_000)
	if err := put(t, m, digest, data, 0, 1000); !errors.Is(err, ErrNoSpace) {
		t.Errorf("on a disk of 1 MB: %v", err)
	}
	if size, _, err := m.Has(t.Context(), digest); size != 0 || err != nil {
		t.Errorf("%d bytes were written, %v", size, err)
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
