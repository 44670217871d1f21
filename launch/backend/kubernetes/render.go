package kubernetes

import (
	"context"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"trainyard/launch"
)

var _ launch.DryRunner = (*Kubernetes)(nil)

// Render implements launch.DryRunner: manifests as kubectl takes them,
// with the values of secrets and the bytes of the agent left out.
func (k *Kubernetes) Render(ctx context.Context, task launch.Task) ([]launch.File, error) {
	stood, missing := k.o.volumes().Rehearsed(task.Command.Files)
	task.Command.Files = stood
	agent, err := k.goingAlong(ctx)
	if err != nil {
		return nil, fmt.Errorf("kubernetes: %w", err)
	}
	p, err := k.o.newPlan(jobName(task.Dir), task, k.inPod(task.Dir), "NONCE", agent)
	if err != nil {
		return nil, fmt.Errorf("kubernetes: %w", err)
	}
	for i := range p.secret {
		p.secret[i].Value = ""
	}
	var b strings.Builder
	if agent.Digest != "" {
		fmt.Fprintf(&b, "# The agent (linux/%s, sha256 %s) goes along in ConfigMaps of its own, whose bytes are left out here.\n", agent.Arch, agent.Digest)
	}
	if !byDigest(k.o.Image) {
		fmt.Fprintf(&b, "# The image %q has no digest: another attempt may get another one.\n", k.o.Image)
	}
	for _, name := range missing {
		fmt.Fprintf(&b, "# The file %q is not made yet: here it is empty.\n", name)
	}
	all := []object{p.job()}
	for _, part := range p.parts {
		for key := range part.data {
			if p.ofAgent(part) {
				part.data[key] = nil
			}
		}
	}
	for _, x := range p.belongings("UID") {
		all = append(all, x.manifest)
	}
	for _, manifest := range all {
		text, err := yaml.MarshalWithOptions(manifest, yaml.UseLiteralStyleIfMultiline(true), yaml.IndentSequence(true))
		if err != nil {
			return nil, fmt.Errorf("kubernetes: %w", err)
		}
		b.WriteString("---\n" + string(text))
	}
	fmt.Fprintf(&b, "---\n# The Job is made suspended; when all of this is there it is let go:\n# %s\n", k.letGo())
	return []launch.File{{Name: p.name + ".yaml", Content: b.String()}}, nil
}

func (k *Kubernetes) letGo() string {
	if k.o.Queue != "" {
		return fmt.Sprintf("the label %s: %q has Kueue start it", queueLabel, k.o.Queue)
	}
	return "suspend: false"
}
