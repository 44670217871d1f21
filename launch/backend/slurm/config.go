package slurm

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A Config is what a place of this kind must know; all of it may be empty.
type Config struct {
	// Login is the ssh host that has sbatch; empty: this machine.
	Login string `json:"login"`
	// Root is a directory that the login node and all nodes share; empty: the attempts
	// lie in the state directory, which they must share then, and so the program.
	Root       string `json:"root"`
	Partition  string `json:"partition"`
	Account    string `json:"account"`
	QOS        string `json:"qos"`
	Constraint string `json:"constraint"`
	// GPUs says how they are asked for: per-node (the default), gres, or none.
	GPUs string `json:"gpus"`
	// GPUType is what comes before their number, such as h100.
	GPUType string `json:"gpu_type"`
	CPUs    int    `json:"cpus"`   // on each node; 0 is Slurm's default
	Memory  string `json:"memory"` // on each node, as --mem takes it; empty is Slurm's default
	// Time limits a job whose recipe has no deadline, as 36h or as Slurm writes it;
	// empty is the partition's default.
	Time string `json:"time"`
	// Warning is how long before its end a job is warned; empty is 2m.
	Warning string `json:"warning"`
	// Requeue lets Slurm start a job again, for trainers that go on by themselves from
	// the newest checkpoint in their output.
	Requeue bool `json:"requeue"`
	// Limit is how many jobs of one array run at once; 0 is all.
	Limit int `json:"limit"`
	// Options are given to sbatch as they are.
	Options []string `json:"options"`
}

// ours are the options of sbatch that the protocol needs for itself.
var ours = []string{
	"--parsable", "--job-name", "-J", "--comment", "--output", "-o", "--error", "-e", "--open-mode", "--signal", "--array", "-a", "--wrap", "--requeue", "--no-requeue",
	"--dependency", "-d", "--export", "--export-file", "--nodes", "-N", "--ntasks", "-n", "--ntasks-per-node", "--chdir", "-D", "--wait", "-W", "--test-only", "--hold", "-H", "--clusters", "-M",
}

func (c Config) check() error {
	var faults []error
	for name, value := range map[string]string{
		"login": c.Login, "root": c.Root, "partition": c.Partition, "account": c.Account, "qos": c.QOS, "constraint": c.Constraint, "gpu_type": c.GPUType, "memory": c.Memory,
	} {
		if strings.ContainsFunc(value, unicode.IsControl) || strings.HasPrefix(value, "-") {
			faults = append(faults, fmt.Errorf("%s is %q: give a name", name, value))
		}
	}
	if c.Login != "" && c.Root == "" {
		faults = append(faults, errors.New("root is empty: with a login host, give a directory that it shares with all nodes"))
	}
	if c.Root != "" && (!path.IsAbs(c.Root) || path.Clean(c.Root) != c.Root) {
		faults = append(faults, fmt.Errorf("root is %q: give an absolute path", c.Root))
	}
	if !slices.Contains([]string{"", "per-node", "gres", "none"}, c.GPUs) {
		faults = append(faults, fmt.Errorf("gpus is %q: give per-node, gres or none", c.GPUs))
	}
	if c.CPUs < 0 || c.Limit < 0 {
		faults = append(faults, fmt.Errorf("cpus is %d and limit %d: give 0 or more", c.CPUs, c.Limit))
	}
	if _, err := minutes(c.Time); err != nil {
		faults = append(faults, err)
	}
	if _, err := c.warning(); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(append(faults, c.checkOptions()...)...)
}

func (c Config) checkOptions() (faults []error) {
	for _, option := range c.Options {
		name, _, _ := strings.Cut(option, "=")
		switch {
		case !strings.HasPrefix(option, "-") || strings.ContainsFunc(option, unicode.IsControl):
			faults = append(faults, fmt.Errorf("options has %q: give options of sbatch, each with its value, such as --exclude=n7", option))
		case slices.Contains(ours, name) || !strings.HasPrefix(name, "--") && len(name) >= 2 && slices.Contains(ours, name[:2]):
			faults = append(faults, fmt.Errorf("options has %q, which trainyard sets itself", option))
		}
	}
	return faults
}

// warning is how many seconds before the end a job is warned.
func (c Config) warning() (int, error) {
	if c.Warning == "" {
		return 120, nil
	}
	d, err := time.ParseDuration(c.Warning)
	if err != nil || d < time.Second || d > 65535*time.Second { // the type of Slurm's field
		return 0, fmt.Errorf("warning is %q: give a time from 1s to 18h", c.Warning)
	}
	return int(d / time.Second), nil
}

// minutes reads a time limit: 36h, or as sbatch takes it. Empty is none.
func minutes(text string) (string, error) {
	if d, err := time.ParseDuration(text); err == nil && d >= time.Minute {
		return strconv.Itoa(int((d + time.Minute - 1) / time.Minute)), nil
	}
	if strings.Trim(text, "0123456789:-") != "" {
		return "", fmt.Errorf("time is %q: give a time such as 36h or 1-12:00:00", text)
	}
	return text, nil
}

// gpus are the options that ask for n GPUs on each node.
func (c Config) gpus(n int) []string {
	kind := c.GPUType
	if kind != "" {
		kind += ":"
	}
	switch {
	case n <= 0 || c.GPUs == "none":
		return nil
	case c.GPUs == "gres":
		return []string{fmt.Sprintf("--gres=gpu:%s%d", kind, n)}
	}
	return []string{fmt.Sprintf("--gpus-per-node=%s%d", kind, n)}
}

// options are those that every job of the place has.
func (c Config) options() (argv []string) {
	for _, o := range []struct{ name, value string }{
		{"--partition", c.Partition}, {"--account", c.Account}, {"--qos", c.QOS}, {"--constraint", c.Constraint}, {"--mem", c.Memory},
	} {
		if o.value != "" {
			argv = append(argv, o.name+"="+o.value)
		}
	}
	if c.CPUs > 0 {
		argv = append(argv, fmt.Sprintf("--cpus-per-task=%d", c.CPUs))
	}
	if c.Requeue {
		argv = append(argv, "--requeue")
	} else {
		argv = append(argv, "--no-requeue")
	}
	return append(argv, c.Options...)
}
