package kubernetes

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"trainyard/format/durable"
	"trainyard/launch"
	"trainyard/launch/files"
)

// Start implements launch.Backend: the claim is the directory here and the Job
// there; what it needs comes after it, and then it is let go.
func (k *Kubernetes) Start(ctx context.Context, task launch.Task) (launch.Handle, error) {
	c, err := k.client()
	if err != nil {
		return "", err
	}
	agent, err := k.goingAlong(ctx)
	if err != nil {
		return "", fmt.Errorf("kubernetes: %w", err)
	}
	p, err := k.o.newPlan(jobName(task.Dir), task, k.inPod(task.Dir), rand.Text(), agent)
	if err != nil {
		return "", fmt.Errorf("kubernetes: %w", err)
	}
	if err := claimHere(task.Dir); err != nil {
		return "", err
	}
	if err := files.WriteJSON(task.Dir, specName, describe(p, task, p.dir)); err != nil {
		return "", fmt.Errorf("kubernetes: prepare attempt: %w", err)
	}
	j, err := p.submit(ctx, c)
	if err != nil {
		return "", fmt.Errorf("kubernetes: %w", err)
	}
	return j.handle(), nil
}

func claimHere(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return fmt.Errorf("kubernetes: %w", err)
	}
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("kubernetes: %s: %w", dir, launch.ErrClaimed)
	}
	if err == nil {
		err = durable.SyncDir(filepath.Dir(dir))
	}
	if err != nil {
		return fmt.Errorf("kubernetes: claim attempt: %w", err)
	}
	return nil
}

// A spec is what is remembered here of what was started.
type spec struct {
	Run      string        `json:"run"`
	Attempt  int           `json:"attempt"`
	Job      string        `json:"job"`
	Dir      string        `json:"dir"` // in the pod
	Progress string        `json:"progress,omitempty"`
	Argv     []string      `json:"argv"`
	Env      []launch.Env  `json:"env,omitempty"`
	Files    []launch.File `json:"files,omitempty"`
	Nodes    int           `json:"nodes,omitempty"`
	Stall    time.Duration `json:"stall_after_ns,omitempty"`
	Deadline time.Duration `json:"deadline_ns,omitempty"`
	Agent    []string      `json:"agent,omitempty"` // ConfigMaps with the agent
	Index    *int          `json:"index,omitempty"` // in a batch
}

func describe(p *plan, task launch.Task, dir string) spec {
	cmd := task.Command
	var agent []string
	for _, part := range p.parts {
		if p.ofAgent(part) {
			agent = append(agent, part.name)
		}
	}
	return spec{
		Run: task.Run, Attempt: task.Attempt, Job: p.name, Dir: dir, Progress: cmd.Progress, Argv: cmd.Argv, Env: cmd.Env,
		Files: cmd.Files, Nodes: task.Nodes, Stall: task.StallAfter, Deadline: task.Deadline,
		Agent: agent,
	}
}

// submit makes the Job, then what belongs to it, then lets it go.
func (p *plan) submit(ctx context.Context, c *client) (job, error) {
	j, err := p.create(ctx, c)
	if err != nil {
		return j, err
	}
	if err := p.claim(ctx, c, j); err != nil {
		return j, err
	}
	for _, b := range p.belongings(j.Metadata.UID) {
		err := c.do(ctx, http.MethodPost, c.core(b.kind)+strict, asJSON, b.manifest, nil)
		if err != nil && !answered(err, http.StatusConflict) {
			return j, fmt.Errorf("make %s of the Job %s: %w", b.kind, p.name, err)
		}
	}
	err = c.do(ctx, http.MethodPatch, c.job(p.name), asPatch, p.release(), &j)
	if err != nil {
		return j, fmt.Errorf("let the Job %s go: %w", p.name, err)
	}
	return j, nil
}

func (p *plan) create(ctx context.Context, c *client) (job, error) {
	return c.make(ctx, p.name, p.nonce, p.job())
}

// make asks once for a Job. Where the answer was lost, or another Job of the name is there,
// the nonce tells whose it is.
func (c *client) make(ctx context.Context, name, nonce string, manifest object) (job, error) {
	var j job
	err := c.do(ctx, http.MethodPost, c.jobs()+strict, asJSON, manifest, &j)
	if err == nil {
		return j, nil
	}
	if refused(err) && !answered(err, http.StatusConflict) {
		return job{}, fmt.Errorf("make the Job %s: %w", name, err)
	}
	there, found := c.get(ctx, name)
	switch {
	case found != nil:
		return job{}, fmt.Errorf("make the Job %s: %w", name, err)
	case there.Metadata.Annotations[nonceNote] == nonce:
		return there, nil
	}
	return job{}, fmt.Errorf("the Job %s is there: %w", name, launch.ErrClaimed)
}

func (c *client) job(name string) string { return c.jobs() + "/" + url.PathEscape(name) }

func (c *client) get(ctx context.Context, name string) (job, error) {
	var j job
	err := c.do(ctx, http.MethodGet, c.job(name), "", nil, &j)
	return j, err
}
