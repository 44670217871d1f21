package skypilot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/listed"
	"trainyard/launch/files"
)

// launch are the arguments of a submit. Values of secrets come from the environment
// of sky, which --secret NAME reads.
func (s service) launch(o listed.Order) []string {
	args := []string{"jobs", "launch", "--name", o.Name, "--yes", "--detach-run"}
	for _, e := range o.Secret {
		args = append(args, "--secret", e.Name)
	}
	return append(args, yamlName)
}

// Submit implements listed.Service.
func (s service) Submit(ctx context.Context, o listed.Order) error {
	rendered, err := s.Render(o)
	if err != nil {
		return errors.Join(listed.ErrRefused, err)
	}
	for _, f := range rendered {
		if err := files.Write(o.Here, f.Name, []byte(f.Content)); err != nil {
			return errors.Join(listed.ErrRefused, err)
		}
	}
	_, err = s.sky(ctx, o.Here, o.Secret, s.launch(o)...)
	return err
}

// sky runs one command. A program that is not there did nothing.
func (s service) sky(ctx context.Context, dir string, secret []launch.Env, args ...string) (string, error) {
	client := listed.Client{
		Name: "sky", Program: s.o.Program, Install: "uv tool install skypilot",
		Env: []string{"SKYPILOT_DISABLE_USAGE_COLLECTION=1", "NO_COLOR=1", "COLUMNS=400"},
	}
	return client.Run(ctx, dir, secret, args...)
}

// noJobs is what sky says, with code 1, where its controller is not up: there is none
// yet, or it was stopped for want of work, and then it knows of jobs that have ended.
const noJobs = "No in-progress managed jobs"

// noController is what sky says where it is to start a controller that never was.
var noController = regexp.MustCompile(`sky-jobs-controller\S* does not exist`)

// jobsElsewhere is what sky says first where its API server runs jobs itself, and was
// started with another configuration: then it lists none of them.
const jobsElsewhere = "managed jobs running"

// List implements listed.Service. Only with --verbose are there reasons in the JSON, and
// only with --all-users the jobs that others of a ledger have asked for.
func (s service) List(ctx context.Context) ([]listed.Job, error) {
	queue := []string{"jobs", "queue", "--all", "--all-users", "--verbose", "--output", "json"}
	out, err := s.sky(ctx, "", nil, queue...)
	if says(err, noJobs) {
		out, err = s.sky(ctx, "", nil, append(queue, "--refresh")...)
		if !says(err, jobsElsewhere) && (says(err, noJobs) || err != nil && noController.MatchString(err.Error())) {
			return nil, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return parseQueue(out)
}

// says reports whether sky ran, failed and said the words.
func says(err error, text string) bool {
	var failed *listed.Exit
	return errors.As(err, &failed) && strings.Contains(failed.Words, text)
}

// A row is the part of a managed job's record that is read (sky/schemas/api,
// ManagedJobRecord). recovery_count is not: it stays 0 when a job is run again.
type row struct {
	ID        int     `json:"job_id"`
	Name      string  `json:"job_name"`
	Status    string  `json:"status"`
	Submitted float64 `json:"submitted_at"`
	Started   float64 `json:"start_at"`
	Ended     float64 `json:"end_at"`
	Failure   string  `json:"failure_reason"`
	Details   string  `json:"details"`
}

// parseQueue reads the list behind whatever sky prints before it.
func parseQueue(out string) ([]listed.Job, error) {
	out = listed.Plain(out)
	at := strings.Index("\n"+out, "\n[")
	if at < 0 {
		return nil, fmt.Errorf("sky jobs queue: no list in %q", listed.Words(out))
	}
	var rows []row
	if err := json.NewDecoder(strings.NewReader(out[at:])).Decode(&rows); err != nil {
		return nil, fmt.Errorf("sky jobs queue: %w", err)
	}
	var jobs []listed.Job
	for _, r := range rows {
		if !strings.HasPrefix(r.Name, listed.Prefix) {
			continue
		}
		state, reason := r.state()
		jobs = append(jobs, listed.Job{
			ID: strconv.Itoa(r.ID), Name: r.Name, State: state, Reason: reason,
			Submitted: at1970(r.Submitted), Started: at1970(r.Started), Ended: at1970(r.Ended),
		})
	}
	return jobs, nil
}

// at1970 is the time of seconds since then; zero for none.
func at1970(seconds float64) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(part*1e9)).UTC()
}

// states are ManagedJobStatus (sky/jobs/state.py) with what there is to add.
var states = map[string]struct {
	state launch.State
	words string
}{
	"PENDING":            {launch.Queued, "waits for SkyPilot's controller"},
	"SUBMITTED":          {launch.Queued, "SkyPilot's controller has it"},
	"STARTING":           {launch.Queued, "its cluster is being made"},
	"RUNNING":            {launch.Running, ""},
	"WINDING_DOWN":       {launch.Running, "its cluster is being ended"},
	"RECOVERING":         {launch.Queued, "SkyPilot lost its cluster and makes another; the fence will keep it from training twice"},
	"CANCELLING":         {launch.Running, "SkyPilot ends its cluster; until then it is paid"},
	"CANCELLED":          {launch.Cancelled, "cancelled; SkyPilot has ended its cluster"},
	"SUCCEEDED":          {launch.Succeeded, ""},
	"FAILED":             {launch.Failed, ""},
	"FAILED_SETUP":       {launch.Failed, "its setup failed"},
	"FAILED_PRECHECKS":   {launch.Failed, "SkyPilot cannot run it as the place has it"},
	"FAILED_NO_RESOURCE": {launch.Failed, "no cloud has such a machine now"},
	"FAILED_CONTROLLER":  {launch.Failed, "SkyPilot's controller failed: its cluster MAY STILL RUN AND BE PAID; look with `sky status` and end it with `sky down`"},
}

func (r row) state() (launch.State, string) {
	known, ok := states[r.Status]
	if !ok {
		return launch.Running, fmt.Sprintf("SkyPilot says %q, which trainyard does not know", r.Status)
	}
	reason := known.words
	for _, more := range []string{r.Failure, r.Details} {
		if more != "" && known.state != launch.Succeeded && !strings.HasSuffix(reason, strings.TrimPrefix(more, "Failure: ")) { // details may say it again
			reason = strings.TrimPrefix(reason+": "+more, ": ")
		}
	}
	return known.state, reason
}

// Codes of sky jobs logs that are about the job (sky/exceptions.py, JobExitCode).
const (
	codeFailed    = 100
	codeGoesOn    = 101
	codeUnknown   = 102
	codeCancelled = 103
)

// Log implements listed.Service.
func (s service) Log(ctx context.Context, job listed.Job) ([]byte, error) {
	out, err := s.sky(ctx, "", nil, "jobs", "logs", "--no-follow", "--tail", "0", job.ID)
	var failed *listed.Exit
	if errors.As(err, &failed) && (failed.Code == codeFailed || failed.Code == codeGoesOn || failed.Code == codeCancelled) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return []byte(trainerLines(out)), nil
}

// ours is how SkyPilot marks a line of the job's first node.
var ours = regexp.MustCompile(`^\((?:[^,()]*, )*pid=\d+(?:, [^()]*)?\) ?`)

// trainerLines keeps what the job itself wrote.
func trainerLines(out string) string {
	var b strings.Builder
	for line := range strings.Lines(listed.Plain(out)) {
		if mark := ours.FindString(line); mark != "" {
			b.WriteString(line[len(mark):])
		}
	}
	return b.String()
}

// Cancel implements listed.Service.
func (s service) Cancel(ctx context.Context, job listed.Job) error {
	if _, err := strconv.Atoi(job.ID); err != nil {
		return fmt.Errorf("%q is no id of a job", job.ID)
	}
	_, err := s.sky(ctx, "", nil, "jobs", "cancel", "--yes", job.ID)
	var failed *listed.Exit
	if errors.As(err, &failed) && failed.Code == codeUnknown {
		return nil
	}
	return err
}

var _ listed.Service = service{}
