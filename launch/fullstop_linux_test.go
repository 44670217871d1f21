package launch_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"trainyard/format/durable/disktest"
	"trainyard/launch"
)

// TestAStopOnAFullDiskReturnsWhenTheRunHasEnded has the ledger, the attempt and all else
// on a disk without room.
func TestAStopOnAFullDiskReturnsWhenTheRunHasEnded(t *testing.T) {
	disk := disktest.Small(t, "8m")
	p := newPlace(t)
	l := launcher(filepath.Join(disk, "home"))
	defer l.Ledger.Close()
	run, err := l.Start(t.Context(), job(p.dataset, "hold", p.mark))
	if err != nil {
		t.Fatal(err)
	}
	p.awaitStart(t)
	disktest.Fill(t, filepath.Join(disk, "checkpoint"))
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
