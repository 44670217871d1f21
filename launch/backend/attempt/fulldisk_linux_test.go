package attempt

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"trainyard/format/durable/disktest"
	"trainyard/launch"
)

func TestAFullDiskDoesNotCostTheExitRecord(t *testing.T) {
	disk := disktest.Small(t, "128k")
	task := acting(t, "save")
	task.Dir = filepath.Join(disk, "attempt-1")
	h := start(t, Local{}, task)
	says(t, Local{}, task.Dir, h, "waiting")
	disktest.Fill(t, filepath.Join(disk, "checkpoint"))
	if err := parse(t, h).signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Failed || s.Code != 143 {
		t.Errorf("status %+v", s)
	}
}

func TestAStopOnAFullDiskIsARequestAllTheSame(t *testing.T) {
	disk := disktest.Small(t, "1m")
	order := Order{Task: acting(t, "save")}
	order.Dir = filepath.Join(disk, "attempt-1")
	h := ordered(t, Here(""), order)
	says(t, Local{}, order.Dir, h, "waiting")
	eventually(t, "the trainer is written down", func() bool { _, err := os.Stat(filepath.Join(order.Dir, trainerName)); return err == nil })
	disktest.Fill(t, filepath.Join(disk, "checkpoint"))
	askEnd(t, Local{}, order.Dir, h, time.Minute)
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
		disktest.Fill(t, filepath.Join(disk, "checkpoint-2"))
		if sig, err := placeRequest(order.Dir, stopRequest{}); sig != want || err != nil {
			t.Errorf("%s: %v, %v", text, sig, err)
		}
		if err := os.Remove(filepath.Join(disk, "checkpoint-2")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnObjectDoesNotFillASmallDisk(t *testing.T) {
	root := disktest.Small(t, "1m")
	m := Here(root)
	data, digest := object(100_000)
	if err := put(t, m, digest, data, 0, 1000); !errors.Is(err, ErrNoSpace) {
		t.Errorf("on a disk of 1 MB: %v", err)
	}
	if size, _, err := m.Has(t.Context(), digest); size != 0 || err != nil {
		t.Errorf("%d bytes were written, %v", size, err)
	}
}
