package local

import (
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

func TestMain(m *testing.M) { backendtest.Main(m, Supervise) }

// The bench of the conformance suite, by shorter names.
var (
	self       = backendtest.Self
	start      = backendtest.Start
	waitEnded  = backendtest.WaitEnded
	eventually = backendtest.Eventually
	read       = backendtest.Read
	says       = backendtest.Says
)

// task is an attempt in a fresh place whose trainer acts as told.
func task(t *testing.T, role ...string) launch.Task {
	t.Helper()
	return backendtest.Task(t, Local{}, role...)
}
