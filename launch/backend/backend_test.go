package backend

import (
	"testing"

	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/local"
)

func TestMain(m *testing.M) { backendtest.Main(m, local.Supervise) }

func TestEveryBackendKeepsTheContract(t *testing.T) {
	for name, b := range Backends {
		t.Run(name, func(t *testing.T) { backendtest.Conform(t, name, b) })
	}
}
