package durable

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestALockHasOneHolderUntilItIsClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lock")
	first, err := Lock(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(path, 0o600); !errors.Is(err, ErrLocked) {
		t.Errorf("a second holder got %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Lock(path, 0o600)
	if err != nil {
		t.Fatal("after the first let go:", err)
	}
	again.Close()
}
