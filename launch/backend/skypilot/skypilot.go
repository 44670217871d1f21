package skypilot

import (
	"errors"
	"fmt"
	"path"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/backend/listed"
)

// Summary says when to choose this kind.
const Summary = "SkyPilot's managed jobs: the cheapest of some twenty clouds, with a fence of our own against its restarts"

// Example is a place as config.yaml has it.
const Example = `infra: lambda          # as --infra of sky; left out, the cheapest
accelerator: H100      # --gpus says how many
mounts:
  - path: /runs        # in the job
    source: "s3://bucket"
    here: /mnt/bucket  # where it is seen here; left out, nowhere
runs: /runs/trainyard  # attempts and checkpoints, on a mount
pass: [HF_TOKEN]       # a secret of the job`

// Options are what the settings say of a place of this kind.
type Options struct {
	Program     string   `json:"program"`       // empty: sky
	Infra       string   `json:"infra"`         // as --infra; empty: wherever it is cheapest
	Accelerator string   `json:"accelerator"`   // its name, as H100; how many is the task's
	Instance    string   `json:"instance_type"` // in place of an accelerator
	CPUs        string   `json:"cpus"`
	Memory      string   `json:"memory"`
	Disk        int      `json:"disk_gb"`
	Image       string   `json:"image"`  // image_id, as docker:NAME
	Spot        bool     `json:"spot"`   // cheaper, and taken away at any time
	Setup       string   `json:"setup"`  // a script of yours that SkyPilot runs first
	Mounts      []Mount  `json:"mounts"` // buckets and volumes
	Runs        string   `json:"runs"`   // directory for attempts, on a mount or a shared file system
	Pass        []string `json:"pass"`   // variables of this environment that jobs get as secrets
	Self        string   `json:"self"`   // the trainyard program there, for the smoke trainer
}

// A Mount is a directory of the job.
type Mount struct {
	Path   string `json:"path"`   // in the job
	Source string `json:"source"` // a bucket's URL; empty with volume, or where it is there anyway
	Volume string `json:"volume"` // of sky volumes
	Here   string `json:"here"`   // where the same files are seen on this machine; empty: nowhere
}

// Open checks the options; it asks nothing of SkyPilot yet.
func Open(name string, o Options) (launch.Backend, error) {
	var faults []error
	var volumes carry.Volumes
	for i, m := range o.Mounts {
		if !path.IsAbs(m.Path) || path.Clean(m.Path) != m.Path {
			faults = append(faults, fmt.Errorf("mounts[%d]: path is %q: give a clean absolute path", i, m.Path))
		}
		if m.Source != "" && m.Volume != "" {
			faults = append(faults, fmt.Errorf("mounts[%d]: give source or volume, not both", i))
		}
		volumes = append(volumes, carry.Volume{There: m.Path, Here: m.Here})
	}
	if o.Program == "" {
		o.Program = "sky"
	}
	b, err := listed.New(listed.Place{
		Name: name, Summary: Summary, Runs: o.Runs, Volumes: volumes, Most: 90 << 10, Pass: o.Pass, Self: o.Self, Fresh: 15 * time.Second,
	}, service{o})
	if err := errors.Join(append(faults, err)...); err != nil {
		return nil, err
	}
	return b, nil
}

type service struct{ o Options }

// Check implements listed.Service.
func (s service) Check(task launch.Task) error {
	if task.GPUs > 0 && s.o.Accelerator == "" && s.o.Instance == "" {
		return fmt.Errorf("%d GPUs are asked for, and the place says not which: give accelerator (sky gpus list names them) or instance_type", task.GPUs)
	}
	return nil
}
