//go:build linux

package kubernetes

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/carry"
)

// agent is the one that this machine's pods run, packed once for all tests.
var agent = sync.OnceValues(func() (carry.Agent, error) {
	return carry.PackAgent(background(), binary.Path, runtime.GOARCH)
})

// open is a place on the cluster of the test.
func open(t *testing.T, p *controlPlane, change func(*Options)) *Kubernetes {
	t.Helper()
	o := Options{Kubeconfig: p.kubeconfig, Image: "machine", Ephemeral: true, Self: backendtest.Self(t), Arch: runtime.GOARCH}
	if change != nil {
		change(&o)
	}
	b, err := Open("cluster", o, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := b.(*Kubernetes)
	if k.packed, err = agent(); err != nil {
		t.Fatal(err)
	}
	if k.o.Agent != "" {
		k.packed = carry.Agent{}
	}
	return k
}

func unpacked(packed []byte) ([]byte, error) {
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zip)
}

func TestClusterKeepsTheContract(t *testing.T) {
	p := onCluster(t)
	disk := filepath.Join(p.dir, "disk")
	if err := os.MkdirAll(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	backendtest.Conform(t, "cluster", shared(t, p, disk, nil), map[string]string{
		"no process of an ended attempt is left behind": "processes of a container end with its first one, and their numbers, which this asks for, are those of its own namespace",
	})
}
