package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

type vastInstance struct {
	ID             int64           `json:"id"`
	ActualStatus   *string         `json:"actual_status"`
	IntendedStatus string          `json:"intended_status"`
	Label          string          `json:"label"`
	SSHHost        string          `json:"ssh_host"`
	SSHPort        int             `json:"ssh_port"`
	PublicIP       string          `json:"public_ipaddr"`
	Ports          json.RawMessage `json:"ports"` // an object in the list, in places an array
	StartDate      float64         `json:"start_date"`
	GPUName        string          `json:"gpu_name"`
	GPURAM         float64         `json:"gpu_ram"`
	NumGPUs        int             `json:"num_gpus"`
	Geolocation    string          `json:"geolocation"`
	DPHTotal       float64         `json:"dph_total"`
	StorageTotal   float64         `json:"storage_total_cost"`
}

// state reads the container's state beside the one that was asked for.
func (v vastInstance) state() (State, string) {
	if v.ActualStatus == nil {
		if v.IntendedStatus == "stopped" {
			return Stopped, "it never ran, and its storage is billed"
		}
		return Provisioning, "storage is billed from the creation"
	}
	switch *v.ActualStatus {
	case "created", "loading":
		if v.IntendedStatus == "stopped" {
			return Stopped, "it was told to stop, and its storage is billed"
		}
		return Provisioning, "storage is billed from the creation"
	case "running", "rebooting":
		return Running, "it runs"
	case "stopped":
		if v.IntendedStatus == "running" {
			return Preempted, "it was outbid or paused, and its storage is billed"
		}
		return Stopped, "its storage is billed"
	case "frozen":
		return Preempted, "it is frozen, and its GPUs are billed"
	case "exited":
		return Stopped, "its container ended, and its storage is billed"
	case "unknown", "offline":
		return Unknown, "its host cannot be seen, and its storage is billed"
	}
	return Unknown, fmt.Sprintf("its status %q is not known", *v.ActualStatus)
}

func (v vastInstance) box() Box {
	state, why := v.state()
	word := "null"
	if v.ActualStatus != nil {
		word = *v.ActualStatus
	}
	b := Box{
		Provider: "vast", ID: strconv.FormatInt(v.ID, 10), State: state, Word: word, Billing: true, BillingWhy: why,
		PricePerHour: v.DPHTotal, GPU: GPUName(v.GPUName, v.GPURAM/1024), Count: v.NumGPUs, Region: v.Geolocation, SSH: v.ssh(),
	}.marked(v.Label)
	if v.StartDate > 0 {
		b.CreatedAt = time.UnixMilli(int64(v.StartDate * 1000))
	}
	if word == "stopped" || word == "exited" || state == Stopped {
		b.PricePerHour = v.StorageTotal
	}
	return b
}

// ssh prefers the box's own port to the proxy.
func (v vastInstance) ssh() SSH {
	if at, ok := v.direct(); ok {
		return at
	}
	return SSH{v.SSHHost, v.SSHPort, "root"}
}

// direct is the box's own port; ok is false where it is not told.
func (v vastInstance) direct() (at SSH, ok bool) {
	var ports map[string][]struct{ HostPort string }
	if json.Unmarshal(v.Ports, &ports) == nil && len(ports["22/tcp"]) > 0 {
		if port, err := strconv.Atoi(ports["22/tcp"][0].HostPort); err == nil && v.PublicIP != "" {
			return SSH{strings.TrimSpace(v.PublicIP), port, "root"}, true
		}
	}
	return SSH{}, false
}

// reached is the box with its own port. Where a look at one instance tells its ports as a
// bare list of numbers, as the schema has it, the listing says which of the host's ports
// leads to which. The proxy, which is told always, is slow and cuts long lines.
func (p vast) reached(ctx context.Context, v vastInstance) Box {
	box := v.box()
	if _, direct := v.direct(); direct || box.State != Running {
		return box
	}
	all, err := p.List(ctx)
	for _, other := range all {
		if err == nil && other.ID == box.ID && other.Ready() {
			box.SSH = other.SSH
		}
	}
	return box
}
