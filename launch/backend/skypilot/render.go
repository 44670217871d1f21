package skypilot

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"trainyard/launch"
	"trainyard/launch/backend/listed"
)

// yamlName is the file, in the attempt's directory here, that sky is given.
const yamlName = "sky.yaml"

// A task is the part of SkyPilot's task YAML that is written.
type task struct {
	Name      string         `yaml:"name"`
	Resources map[string]any `yaml:"resources"`
	Nodes     int            `yaml:"num_nodes"`
	Mounts    map[string]any `yaml:"file_mounts,omitempty"`
	Volumes   map[string]any `yaml:"volumes,omitempty"`
	Setup     string         `yaml:"setup,omitempty"`
	Run       string         `yaml:"run"`
}

// Render implements listed.Service: the YAML, and as a comment before it the command
// that submits it.
func (s service) Render(o listed.Order) ([]launch.File, error) {
	t := task{Name: o.Name, Resources: s.resources(o), Nodes: max(1, o.Nodes), Mounts: map[string]any{}, Volumes: map[string]any{}, Setup: s.o.Setup, Run: run(o)}
	for _, m := range s.o.Mounts {
		switch {
		case m.Source != "":
			t.Mounts[m.Path] = map[string]any{"source": m.Source, "mode": "MOUNT"}
		case m.Volume != "":
			t.Volumes[m.Path] = m.Volume
		}
	}
	text, err := yaml.MarshalWithOptions(t, yaml.UseLiteralStyleIfMultiline(true))
	if err != nil {
		return nil, err
	}
	head := "# sky " + strings.Join(s.launch(o), " ") + "\n"
	return []launch.File{{Name: yamlName, Content: head + string(text)}}, nil
}

func (s service) resources(o listed.Order) map[string]any {
	r := map[string]any{"job_recovery": map[string]any{"max_restarts_on_errors": 0}}
	put := func(key, value string) {
		if value != "" {
			r[key] = value
		}
	}
	put("infra", s.o.Infra)
	put("instance_type", s.o.Instance)
	put("cpus", s.o.CPUs)
	put("memory", s.o.Memory)
	put("image_id", s.o.Image)
	if s.o.Accelerator != "" && o.GPUs > 0 {
		r["accelerators"] = fmt.Sprintf("%s:%d", s.o.Accelerator, o.GPUs)
	}
	if s.o.Disk > 0 {
		r["disk_size"] = s.o.Disk
	}
	if s.o.Spot {
		r["use_spot"] = true
	}
	return r
}

// run is the task's script. Variables are set in it, since SkyPilot puts the values
// of its own envs in the place of $NAME elsewhere in a task.
func run(o listed.Order) string {
	var b strings.Builder
	for _, e := range o.Plain() {
		fmt.Fprintf(&b, "export %s=%s\n", e.Name, quote(e.Value))
	}
	names, values := o.Load()
	for i, name := range names {
		fmt.Fprintf(&b, "export %s=%s\n", name, quote(values[i]))
	}
	if o.Nodes > 1 {
		b.WriteString("export NODE_RANK=\"$SKYPILOT_NODE_RANK\" NNODES=\"$SKYPILOT_NUM_NODES\" MASTER_PORT=29500\n" +
			"export MASTER_ADDR=\"$(printf '%s\\n' \"$SKYPILOT_NODE_IPS\" | head -n 1)\" TY_NODE=\"$SKYPILOT_NODE_RANK\"\n")
	}
	b.WriteString("exec /bin/sh -c " + quote(listed.Fenced) + " sh " + quote(o.There))
	for _, arg := range o.Command.Argv {
		b.WriteString(" " + quote(arg))
	}
	return b.String() + "\n"
}

// quote makes one word of a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
