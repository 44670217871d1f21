package attempt

import (
	"context"
	"net"
	"testing"

	"trainyard/launch/backend/backendtest"
)

// session is a machine behind a session of its own, with a root.
func session(t *testing.T, root string) Machine {
	t.Helper()
	ours, theirs := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- Serve(context.Background(), theirs, theirs, root) }()
	m, err := Client(t.Context(), ours)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error("the session ended with:", err)
		}
	})
	return m
}

func TestAMachineKeepsTheContractOfABackend(t *testing.T) {
	backendtest.Conform(t, "local", Local{})
}

func TestAMachineBehindASessionKeepsTheContractOfABackend(t *testing.T) {
	backendtest.Conform(t, "local", Local{session(t, t.TempDir())})
}
