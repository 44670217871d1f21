package rented

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"trainyard/format/durable/disktest"
	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

// What is on a full disk here: wishes, ends, and the journal of rentals.
func TestAFullDiskHereKeepsNoBoxThatWasAskedToEnd(t *testing.T) {
	s := open(t, "runpod", Config{})
	disktest.Mount(t, s.home, "4m")
	task := s.task(t, "wait")
	h, err := s.Start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	backendtest.Says(t, s.Rented, task.Dir, h, "waiting")
	checkpoint := filepath.Join(s.home, "checkpoint")
	disktest.Fill(t, checkpoint)
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
