//go:build linux

package kubernetes

import (
	"os"
	"path/filepath"
	"testing"

	"trainyard/launch/backend/backendtest"
)

// open is a place on the cluster of the test.
func open(t *testing.T, p *controlPlane, change func(*Options)) *Kubernetes {
	t.Helper()
	o := Options{Kubeconfig: p.kubeconfig, Image: "machine", Ephemeral: true, Self: backendtest.Self(t)}
	if change != nil {
		change(&o)
	}
	b, err := Open("cluster", o)
	if err != nil {
		t.Fatal(err)
	}
	return b.(*Kubernetes)
}

func TestClusterKeepsTheContract(t *testing.T) {
	p := onCluster(t)
	disk := filepath.Join(p.dir, "disk")
	if err := os.MkdirAll(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	backendtest.Conform(t, "cluster", open(t, p, func(o *Options) {
		o.Ephemeral, o.Runs, o.Mounts = false, "/shared/runs", []Mount{{Host: disk, Path: "/shared", Local: disk}}
	}), map[string]string{
		"no process of an ended attempt is left behind": "processes of a container end with its first one, and their numbers, which this asks for, are those of its own namespace",
	})
}
