package attempt

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"strings"

	"trainyard/launch/task"
)

// A BoxID tells one life of a machine or a container from another: what was restarted
// has another one, and an address that was given to another box too.
type BoxID struct {
	Host      string // its name
	BootID    string // of its kernel
	PIDSpace  string // of its processes; empty where there are none
	InitStart string // start time of process 1 there
	Provider  string `json:",omitempty"` // the provider's id for it, where the environment tells
}

// Same reports whether two identities are those of one life of one box. What one of
// them does not know says nothing, and a name alone may change.
func (b BoxID) Same(other BoxID) bool {
	alike := func(a, b string) bool { return a == "" || b == "" || a == b }
	return b.BootID == other.BootID && alike(b.PIDSpace, other.PIDSpace) && alike(b.InitStart, other.InitStart) && alike(b.Provider, other.Provider)
}

// BoxOf is the identity of the box that an attempt was started on.
func BoxOf(h task.Handle) (BoxID, error) {
	var id identity
	err := json.Unmarshal([]byte(h), &id)
	return id.box(), err
}

func (id identity) box() BoxID {
	return BoxID{Host: id.Host, BootID: id.BootID, PIDSpace: id.PIDSpace, InitStart: id.InitStart, Provider: id.Provider}
}

// Hello implements Machine.
func (m here) Hello(ctx context.Context) (Box, error) {
	box, err := m.whoami()
	box.GPUs = findGPUs(ctx)
	return box, err
}

// whoami is Hello without the GPUs: nvidia-smi takes seconds where the driver sleeps.
func (m here) whoami() (Box, error) {
	self, err := identify(os.Getpid())
	if err != nil {
		return Box{}, err
	}
	home, _ := os.UserHomeDir() // empty where there is none
	self.Provider = providerID()
	box := Box{Protocol: Protocol, ID: self.box(), OS: runtime.GOOS, Arch: runtime.GOARCH, Home: home, Root: m.root, Cores: runtime.NumCPU()}
	if m.root != "" {
		err = os.MkdirAll(m.store(), 0o700)
		box.Store = m.store()
		err = errors.Join(err, box.countSlots(m.root))
	}
	if free, known := freeBytes(cmp.Or(m.root, home, "/")); known {
		box.Free = free
	}
	return box, err
}

// providerNames are the variables in which providers tell a box its id: RunPod's pods,
// Vast's instances, and what this program sets where it makes a box itself.
var providerNames = []string{"RUNPOD_POD_ID", "CONTAINER_ID", "TRAINYARD_BOX"}

// providerID is the provider's id for this box. A session of ssh lacks the variables
// that the first process of a container has.
func providerID() string {
	first, _ := os.ReadFile("/proc/1/environ") // only root may, and not everywhere
	for _, name := range providerNames {
		if value := os.Getenv(name); value != "" {
			return value
		}
		for pair := range bytes.SplitSeq(first, []byte{0}) {
			if value, found := strings.CutPrefix(string(pair), name+"="); found && value != "" {
				return value
			}
		}
	}
	return ""
}

var errNoRoot = errors.New("this machine was opened without a root: it has no store and no queues")
