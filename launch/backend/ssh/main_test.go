package ssh

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"syscall"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/attempt/binary"
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
		Task   launch.Task
	}
	data, err := os.ReadFile(file)
	if err := errors.Join(err, json.Unmarshal(data, &order)); err != nil {
		panic(err)
	}
	lab, err := Open("lab", order.Config, binary.Path)
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

// place is a backend of boxes.
func place(t *testing.T, boxes ...*boxtest.Box) *SSH {
	t.Helper()
	s, err := Open("lab", configOf(boxes), binary.Path)
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
