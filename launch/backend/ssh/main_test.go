package ssh

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/remote/boxtest"
)

func TestMain(m *testing.M) { backendtest.Main(m, attempt.Supervise) }

// builtAgent is the agent of these sources, built once.
var builtAgent = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "trainyard-agent-test-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "agent")
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", file, "trainyard/launch/backend/attempt/agent")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return string(out), err
	}
	return file, nil
})

func agentFor(context.Context, string, string) (string, error) { return builtAgent() }

// place is a backend of boxes.
func place(t *testing.T, boxes ...*boxtest.Box) *SSH {
	t.Helper()
	var hosts []HostConfig
	for _, b := range boxes {
		hosts = append(hosts, HostConfig{Host: b.Address(), Inside: b.Inside()})
	}
	s, err := Open("lab", Config{Hosts: hosts, SSHConfig: boxes[0].Config}, agentFor)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
