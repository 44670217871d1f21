package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"sync"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/backend/carry/inside"
)

// Summary says when to choose this kind.
const Summary = "a Kubernetes cluster: one Job for each attempt, which the API server makes once; several nodes, Kueue"

// Example is a place as config.yaml has it.
const Example = `context: gpu-cluster   # of the kubeconfig
namespace: training
image: "ghcr.io/you/trainer@sha256:…"   # has the trainer
memory: 400Gi
shm: 64Gi              # size of /dev/shm
mounts:
  - claim: shared      # a PersistentVolumeClaim
    path: /shared      # in the pod
    local: /mnt/shared # where it is seen here; left out, nowhere
runs: /shared/runs     # attempts and checkpoints, on a mount
queue: research        # a LocalQueue of Kueue
pass: [HF_TOKEN]       # goes along in a Secret`

// Kubernetes runs attempts in one namespace of one cluster.
type Kubernetes struct {
	name  string
	o     Options
	agent carry.AgentFor

	connecting sync.Mutex
	connected  *client

	packing sync.Mutex
	packed  carry.Agent // zero before it is first needed, and where the image has one
}

var (
	_ launch.Backend = (*Kubernetes)(nil)
	_ launch.Queuer  = (*Kubernetes)(nil)
)

// Open checks the options; it asks no cluster yet. agent finds the agent that goes along.
func Open(name string, o Options, agent carry.AgentFor) (launch.Backend, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return &Kubernetes{name: name, o: o, agent: agent}, nil
}

// Name implements launch.Backend.
func (k *Kubernetes) Name() string { return k.name }

// Image implements launch.Imager.
func (k *Kubernetes) Image() string { return k.o.Image }

// Summary implements launch.Backend.
func (k *Kubernetes) Summary() string { return Summary }

// Queues implements launch.Queuer.
func (k *Kubernetes) Queues() bool { return true }

// Site implements launch.Backend.
func (k *Kubernetes) Site(dir, _ string) launch.Site {
	self := k.o.Self
	if self == "" {
		self = "trainyard"
	}
	return launch.Site{Dir: k.inPod(dir), Self: self}
}

// inPod is the attempt's directory in its pod, with the names that people know
// where those are enough to tell it from all others.
func (k *Kubernetes) inPod(dir string) string {
	run, isID := launch.RunOf(dir)
	switch {
	case k.o.Runs == "":
		return path.Join(inside.Home, "run")
	case run == rehearsed || isID:
		return path.Join(k.o.Runs, run, filepath.Base(dir))
	}
	return path.Join(k.o.Runs, jobName(dir))
}

// goingAlong packs the agent once: every attempt has the same.
func (k *Kubernetes) goingAlong(ctx context.Context) (carry.Agent, error) {
	k.packing.Lock()
	defer k.packing.Unlock()
	if k.o.Agent != "" || k.packed.Digest != "" {
		return k.packed, nil
	}
	var err error
	k.packed, err = carry.PackAgent(ctx, k.agent, k.o.Arch)
	return k.packed, err
}

// rehearsed stands for a run's id where nothing is started.
const rehearsed = "RUN"

// LookPath implements launch.Backend. An image is not looked into before it runs: a
// program that is not in it ends the trainer with code 127.
func (k *Kubernetes) LookPath(program string) (string, error) { return program, nil }

// client connects once, when a cluster is first needed.
func (k *Kubernetes) client() (*client, error) {
	k.connecting.Lock()
	defer k.connecting.Unlock()
	if k.connected != nil {
		return k.connected, nil
	}
	c, err := connect(k.o)
	if err != nil {
		return nil, fmt.Errorf("kubernetes: %w", err)
	}
	if k.o.Namespace != "" {
		c.namespace = k.o.Namespace
	}
	if c.namespace == "" {
		c.namespace = "default"
	}
	k.connected = newClient(c)
	return k.connected, nil
}

// A handle finds a Job, or one index of it. Its uid tells it from a later one of the same name.
type handle struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	UID       string `json:"uid"`
	Index     *int   `json:"index,omitempty"` // of a cell, whose Job is that of its batch
}

func (h handle) text() launch.Handle {
	text, err := json.Marshal(h)
	if err != nil {
		panic("kubernetes: " + err.Error()) // strings alone
	}
	return launch.Handle(text)
}

func readHandle(text launch.Handle) (handle, error) {
	var h handle
	if err := json.Unmarshal([]byte(text), &h); err != nil || h.Name == "" {
		return h, fmt.Errorf("kubernetes: %q is no handle of a Job", text)
	}
	return h, nil
}
