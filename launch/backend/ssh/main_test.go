package ssh

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/remote/boxtest"
)

// TestMain lets the test binary also play a trainyard that starts an attempt and dies at
// a point of its way.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "start" {
		startAndDie(os.Args[2], os.Args[3])
		os.Exit(0)
	}
	backendtest.Main(m, attempt.Supervise)
}

// startAndDie starts the task of a file on the place of a file, and kills itself at the
// point.
func startAndDie(file, point string) {
	var order struct {
		Config Config
		Agent  string
		Task   launch.Task
	}
	data, err := os.ReadFile(file)
	if err := errors.Join(err, json.Unmarshal(data, &order)); err != nil {
		panic(err)
	}
	lab, err := Open("lab", order.Config, func(context.Context, string, string) (string, error) { return order.Agent, nil })
	if err != nil {
		panic(err)
	}
	lab.at = func(reached string) {
		if reached == point {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	if _, err := lab.Start(context.Background(), order.Task); err != nil {
		panic(err)
	}
}

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
	s, err := Open("lab", configOf(boxes), agentFor)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func configOf(boxes []*boxtest.Box) Config {
	c := Config{SSHConfig: boxes[0].Config}
	for _, b := range boxes {
		c.Hosts = append(c.Hosts, HostConfig{Host: b.Address(), Inside: b.Inside()})
	}
	return c
}
