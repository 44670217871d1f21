package ssh

import (
	"testing"

	"trainyard/launch/backend/backendtest"
	"trainyard/launch/remote/boxtest"
)

func TestABoxKeepsTheContractOfBackends(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	lab := place(t, box)
	backendtest.On(lab, backendtest.Machine{
		Living: func(pid int) bool { return box.Living(t, pid) },
		Where:  func(string) string { return box.Here("/root/.trainyard") },
	})
	backendtest.Conform(t, "lab", lab)
}
