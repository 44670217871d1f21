package ssh

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"trainyard/launch/env"
	"trainyard/launch/remote"
)

// A Config is what the settings say of a place. Keys of a host win over those of the
// place.
type Config struct {
	Hosts []HostConfig `json:"hosts"`
	// Root is the directory on every host: absolute, or below the home directory;
	// empty: .trainyard there.
	Root string `json:"root"`
	// Path are directories, on every host, that programs are looked for in first, such
	// as the bin of a virtual environment.
	Path      []string `json:"path"`
	Jump      Words    `json:"jump"` // hosts between here and there
	Identity  string   `json:"identity"`
	AcceptNew bool     `json:"accept_new"`
	SSHConfig string   `json:"ssh_config"` // in place of ~/.ssh/config; none: no configuration
	GPUs      int      `json:"gpus"`       // of every host; 0: as the host says
	// Env is the Python environment of trainers: lock is that of the trainer's pinned
	// lock, none is what PATH has, anything else is the file of a lock here. Empty: none
	// where Path names directories, else lock.
	Env   string `json:"env"`
	Index string `json:"index"` // package index that hosts reach, in place of PyPI
	// Stage is a place in S3, s3://BUCKET/PREFIX, that files are brought by; empty: over
	// ssh. Credentials come from the environment here.
	Stage  string `json:"stage"`
	Python string `json:"python"` // interpreter of environments, in place of the lock's
}

// A HostConfig is one machine: a mapping, or [USER@]HOST[:PORT] alone.
type HostConfig struct {
	Host     string `json:"host"`
	GPUs     int    `json:"gpus"`
	Jump     Words  `json:"jump"`
	Identity string `json:"identity"`
	// Inside is the address by which the other hosts reach it; empty: Host's.
	Inside string `json:"inside"`
}

// UnmarshalJSON takes both forms.
func (h *HostConfig) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &h.Host) == nil {
		return nil
	}
	type plain HostConfig
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode((*plain)(h))
}

// Words are a list, or one string of them with commas between.
type Words []string

// UnmarshalJSON takes both forms.
func (w *Words) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*w = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
		return nil
	}
	return json.Unmarshal(data, (*[]string)(w))
}

// Example is a place as config.yaml has it.
const Example = `hosts:
  - host: root@gpu1.lab
    gpus: 8
  - host: me@gpu2.lab:2222
    gpus: 8
    jump: gateway.lab
accept_new: true
env: lock`

// Short is the config of ssh:[USER@]HOST[:PORT].
func Short(text string) map[string]any { return map[string]any{"hosts": []any{text}} }

// env is Env with its default.
func (c Config) env() string {
	switch {
	case c.Env != "":
		return c.Env
	case len(c.Path) > 0:
		return env.None
	}
	return env.OfTrainer
}

const defaultRoot = ".trainyard"

// A host is one machine with the place's options filled in.
type host struct {
	remote.Host
	Inside string
	GPUs   int
}

func (c Config) hosts() ([]host, error) {
	if len(c.Hosts) == 0 {
		return nil, errors.New("it has no hosts: give hosts: [USER@HOST]")
	}
	var all []host
	var faults []error
	seen := map[string]bool{}
	for _, h := range c.Hosts {
		r, err := remote.ParseHost(h.Host)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if seen[r.String()] {
			faults = append(faults, fmt.Errorf("host %q is there twice", h.Host))
		}
		seen[r.String()] = true
		r.Jump, r.Identity, r.AcceptNew, r.Config = c.Jump, c.Identity, c.AcceptNew, c.SSHConfig
		if len(h.Jump) > 0 {
			r.Jump = h.Jump
		}
		if h.Identity != "" {
			r.Identity = h.Identity
		}
		gpus := c.GPUs
		if h.GPUs != 0 {
			gpus = h.GPUs
		}
		if gpus < 0 {
			faults = append(faults, fmt.Errorf("host %q: gpus is %d: give 0 or more", h.Host, gpus))
		}
		all = append(all, host{Host: r, Inside: h.Inside, GPUs: gpus})
	}
	return all, errors.Join(faults...)
}

// plainPath is what a directory below a home may be called: its name stands in the
// files of trainers before the home is known.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9._/+@%-]+$`)

// root is the directory as commands are rendered with it.
func (c Config) root() (string, error) {
	root := strings.TrimPrefix(c.Root, "~/")
	switch {
	case root == "":
		return "~/" + defaultRoot, nil
	case strings.ContainsAny(root, "\x00\r\n\"\\:"):
		return "", fmt.Errorf("root %q: a directory without quotes, backslashes, colons and control characters", c.Root)
	case path.IsAbs(root):
		return path.Clean(root), nil
	case !plainPath.MatchString(root) || strings.HasPrefix(path.Clean(root), ".."):
		return "", fmt.Errorf("root %q: a directory below the home directory, of letters, digits and ._/+@%%-, or an absolute one", c.Root)
	}
	return "~/" + path.Clean(root), nil
}
