package hfjobs

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/backend/listed"
)

// Summary says when to choose this kind.
const Summary = "Jobs of the Hugging Face Hub: one machine of up to eight GPUs by the minute, with datasets and checkpoints in buckets"

// Example is a place as config.yaml has it.
const Example = `flavor: h200x8         # hf jobs hardware lists them
image: "ghcr.io/you/trainer@sha256:…"   # has the trainer
volumes:
  - source: "hf://buckets/you/runs"
    path: /runs        # in the job
runs: /runs            # attempts and checkpoints, on a bucket
pass: [HF_TOKEN]       # a secret of the job`

// Options are what the settings say of a place of this kind.
type Options struct {
	Program       string   `json:"program"`        // empty: hf
	Flavor        string   `json:"flavor"`         // see hf jobs hardware
	Image         string   `json:"image"`          // of the trainer, by digest at best
	Namespace     string   `json:"namespace"`      // an organisation; empty: the token's user
	ResourceGroup string   `json:"resource_group"` // of an organisation, for its limits
	Volumes       []Volume `json:"volumes"`
	Runs          string   `json:"runs"` // directory for attempts, on a bucket
	Pass          []string `json:"pass"` // variables of this environment that jobs get as secrets
	Self          string   `json:"self"` // the trainyard program in the image, for the smoke trainer
}

// A Volume is something of the Hub in the job.
type Volume struct {
	Source   string `json:"source"` // hf://buckets/NAMESPACE/NAME, or a dataset or a model
	Path     string `json:"path"`   // in the job
	ReadOnly bool   `json:"read_only"`
	Here     string `json:"here"` // where the same files are seen on this machine; empty: nowhere
}

// Open checks the options; it asks nothing of the Hub yet.
func Open(name string, o Options) (launch.Backend, error) {
	var faults []error
	var volumes carry.Volumes
	for i, v := range o.Volumes {
		if !strings.HasPrefix(v.Source, "hf://") || strings.Contains(strings.TrimPrefix(v.Source, "hf://"), ":") {
			faults = append(faults, fmt.Errorf("volumes[%d]: source is %q: give hf://buckets/NAMESPACE/NAME, or a dataset or a model of the Hub", i, v.Source))
		}
		if !path.IsAbs(v.Path) || path.Clean(v.Path) != v.Path || strings.Contains(v.Path, ":") {
			faults = append(faults, fmt.Errorf("volumes[%d]: path is %q: give a clean absolute path without a colon", i, v.Path))
		}
		volumes = append(volumes, carry.Volume{There: v.Path, Here: v.Here})
	}
	if o.Image == "" || strings.HasPrefix(o.Image, "-") {
		faults = append(faults, fmt.Errorf("image is %q: name the container image that has the trainer", o.Image))
	}
	if o.Flavor == "" {
		faults = append(faults, errors.New("flavor is missing: name the machine; hf jobs hardware lists them with their prices"))
	}
	if o.Runs != "" && !volumes.Hold(o.Runs) {
		faults = append(faults, fmt.Errorf("runs is %q, which is on none of the volumes", o.Runs))
	}
	if o.Program == "" {
		o.Program = "hf"
	}
	b, err := listed.New(listed.Place{
		Name: name, Summary: Summary, Runs: o.Runs, Volumes: volumes, Most: 64 << 10, Pass: o.Pass, Self: o.Self, Fresh: 10 * time.Second,
	}, service{o})
	if err := errors.Join(append(faults, err)...); err != nil {
		return nil, err
	}
	return b, nil
}

type service struct{ o Options }

// gpus is how many a flavor has by its name: h200x8, a10g-largex4.
var gpus = regexp.MustCompile(`x(\d+)$`)

// Check implements listed.Service.
func (s service) Check(task launch.Task) error {
	switch has := gpus.FindStringSubmatch(s.o.Flavor); {
	case task.Nodes > 1:
		return fmt.Errorf("%d nodes are asked for: a job of the Hub has one machine; take a flavor with more GPUs, or another backend", task.Nodes)
	case task.Deadline <= 0:
		return errors.New("the Hub ends a job after 30 minutes unless it is told otherwise: give the run a deadline")
	case has != nil && task.GPUs > 1 && has[1] != fmt.Sprint(task.GPUs):
		return fmt.Errorf("%d GPUs are asked for, and the flavor %s has %s: name another flavor, or another number", task.GPUs, s.o.Flavor, has[1])
	}
	return nil
}
