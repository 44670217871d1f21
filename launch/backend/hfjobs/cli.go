package hfjobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/backend/listed"
)

// run are the arguments that submit a job. What a user typed stands behind the image,
// where hf takes nothing for an option, and runs as a list that no shell reads.
func (s service) run(o listed.Order) []string {
	args := []string{
		"jobs", "run", "--detach", "--json", "--name", o.Name, "--label", "managed-by=trainyard", "--flavor", s.o.Flavor,
		"--timeout", fmt.Sprintf("%ds", carry.Seconds(o.Deadline+o.Grace)+late),
	}
	for _, v := range s.o.Volumes {
		mode := "rw"
		if v.ReadOnly {
			mode = "ro"
		}
		args = append(args, "--volume", v.Source+":"+v.Path+":"+mode)
	}
	for _, e := range o.Secret {
		args = append(args, "--secrets", e.Name)
	}
	if s.o.ResourceGroup != "" {
		args = append(args, "--resource-group-id", s.o.ResourceGroup)
	}
	args = append(args, s.namespace()...)
	args = append(args, "--", s.o.Image, "env")
	for _, e := range o.Plain() {
		args = append(args, e.Pair())
	}
	names, values := o.Load()
	for i, name := range names {
		args = append(args, name+"="+values[i])
	}
	return append(append(args, "sh", "-c", listed.Fenced, "sh", o.There), o.Command.Argv...)
}

// late is how long, in seconds, after its own deadline a job is ended by the Hub: its
// clock starts before the trainer does.
const late = 15 * 60

func (s service) namespace() []string {
	if s.o.Namespace == "" {
		return nil
	}
	return []string{"--namespace", s.o.Namespace}
}

// Render implements listed.Service: the arguments, one a line, as JSON.
func (s service) Render(o listed.Order) ([]launch.File, error) {
	text, err := json.MarshalIndent(append([]string{s.o.Program}, s.run(o)...), "", "  ")
	if err != nil {
		return nil, err
	}
	return []launch.File{{Name: "hf.json", Content: string(text) + "\n"}}, nil
}

// Submit implements listed.Service.
func (s service) Submit(ctx context.Context, o listed.Order) error {
	_, err := s.hf(ctx, o.Secret, s.run(o)...)
	return err
}

// hf runs one command of the client.
func (s service) hf(ctx context.Context, secret []launch.Env, args ...string) (string, error) {
	client := listed.Client{
		Name: "hf", Program: s.o.Program, Install: "uv tool install huggingface_hub",
		Env: []string{"NO_COLOR=1", "HF_HUB_DISABLE_TELEMETRY=1", "HF_HUB_DISABLE_UPDATE_CHECK=1"},
	}
	out, err := client.Run(ctx, "", secret, args...)
	var exit *listed.Exit
	if errors.As(err, &exit) && exit.Code == usage {
		err = errors.Join(listed.ErrRefused, err)
	}
	return out, err
}

// usage is the code of hf for arguments that it does not take.
const usage = 2

// A row is the part of a job that is read (huggingface_hub/_jobs_api.py, JobInfo).
type row struct {
	ID       string            `json:"id"`
	Labels   map[string]string `json:"labels"`
	Created  time.Time         `json:"created_at"`
	Started  time.Time         `json:"started_at"`
	Finished time.Time         `json:"finished_at"`
	Status   status            `json:"status"`
}

// A status is the stage alone in hf 2.4's list, and an object in the Hub's API.
type status struct{ Stage, Message string }

func (s *status) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &s.Stage) == nil {
		return nil
	}
	type whole status
	return json.Unmarshal(text, (*whole)(s))
}

// List implements listed.Service.
func (s service) List(ctx context.Context) ([]listed.Job, error) {
	args := append([]string{"jobs", "ps", "--all", "--limit", "0", "--label", "managed-by=trainyard", "--json"}, s.namespace()...)
	out, err := s.hf(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	return parse(out)
}

func parse(out string) ([]listed.Job, error) {
	var rows []row
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		return nil, fmt.Errorf("hf jobs ps: no list in %q: %w", listed.Words(out), err)
	}
	var jobs []listed.Job
	for _, r := range rows {
		name := r.Labels["name"]
		if !strings.HasPrefix(name, listed.Prefix) {
			continue
		}
		state, reason := stage(r.Status.Stage, r.Status.Message)
		jobs = append(jobs, listed.Job{
			ID: r.ID, Name: name, State: state, Reason: reason, Submitted: r.Created.UTC(), Started: r.Started.UTC(), Ended: r.Finished.UTC(),
		})
	}
	return jobs, nil
}

// stage is a JobStage of the Hub.
func stage(name, message string) (launch.State, string) {
	switch name {
	case "SCHEDULING":
		return launch.Queued, strings.TrimSuffix("waits for its machine: "+message, ": ")
	case "RUNNING":
		return launch.Running, ""
	case "COMPLETED":
		return launch.Succeeded, ""
	case "CANCELED":
		return launch.Cancelled, strings.TrimSuffix("cancelled on the Hub: "+message, ": ")
	case "DELETED":
		return launch.Cancelled, "deleted on the Hub"
	case "ERROR":
		return launch.Failed, message
	}
	return launch.Running, fmt.Sprintf("the Hub says %q, which trainyard does not know", name)
}

// Log implements listed.Service.
func (s service) Log(ctx context.Context, job listed.Job) ([]byte, error) {
	out, err := s.hf(ctx, nil, append([]string{"jobs", "logs", job.ID}, s.namespace()...)...)
	return []byte(out), err
}

// Cancel implements listed.Service.
func (s service) Cancel(ctx context.Context, job listed.Job) error {
	_, err := s.hf(ctx, nil, append([]string{"jobs", "cancel", job.ID}, s.namespace()...)...)
	return err
}

var _ listed.Service = service{}
