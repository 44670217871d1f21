package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// writeMLflow finds the run by a tag with our id, makes it where there is none, and
// writes what is new. MLflow takes the same point twice as one, but runs/create
// makes a second run each time (mlflow issue 8238), which is why it is searched
// first.
func writeMLflow(ctx context.Context, place string, run Run) (string, error) {
	s, err := newMLflow(place)
	if err != nil {
		return "", err
	}
	experiment, err := s.experiment(ctx, run.project())
	if err != nil {
		return "", err
	}
	id, err := s.run(ctx, experiment, run)
	if err != nil {
		return "", err
	}
	err = s.log(ctx, id, run)
	if err == nil {
		err = s.end(ctx, id, run)
	}
	return fmt.Sprintf("%s/#/experiments/%s/runs/%s", s.base, experiment, id), err
}

// mlflowTag is the tag by which a run is found again.
const mlflowTag = "trainyard.run"

type mlflow struct {
	base   string
	token  string
	client *http.Client
}

func newMLflow(place string) (*mlflow, error) {
	u, err := url.Parse(place)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("mlflow: %q is no URL of a server, such as http://localhost:5000", place)
	}
	if u.User != nil {
		return nil, errors.New("mlflow: the URL holds a password: set MLFLOW_TRACKING_TOKEN instead")
	}
	return &mlflow{base: strings.TrimRight(place, "/"), token: os.Getenv("MLFLOW_TRACKING_TOKEN"), client: &http.Client{Timeout: time.Minute}}, nil
}

func (s *mlflow) experiment(ctx context.Context, name string) (id string, err error) {
	var found struct {
		Experiment struct {
			ID    string `json:"experiment_id"`
			Stage string `json:"lifecycle_stage"`
		} `json:"experiment"`
	}
	err = s.call(ctx, http.MethodGet, "experiments/get-by-name?experiment_name="+url.QueryEscape(name), nil, &found)
	var refused *mlflowError
	switch {
	case err == nil && found.Experiment.Stage == "deleted":
		return "", fmt.Errorf("mlflow: experiment %q is deleted: restore it, or export into another project", name)
	case err == nil:
		return found.Experiment.ID, nil
	case !errors.As(err, &refused) || refused.Code != "RESOURCE_DOES_NOT_EXIST":
		return "", err
	}
	var made struct {
		ID string `json:"experiment_id"`
	}
	err = s.call(ctx, http.MethodPost, "experiments/create", map[string]any{"name": name}, &made)
	return made.ID, err
}

func (s *mlflow) run(ctx context.Context, experiment string, run Run) (id string, err error) {
	type info struct {
		Info struct {
			ID string `json:"run_id"`
		} `json:"info"`
	}
	var found struct {
		Runs []info `json:"runs"`
	}
	err = s.call(ctx, http.MethodPost, "runs/search", map[string]any{
		"experiment_ids": []string{experiment}, "filter": fmt.Sprintf("tags.`%s` = '%s'", mlflowTag, run.ID), "max_results": 1,
	}, &found)
	if err != nil || len(found.Runs) > 0 {
		if err == nil {
			id = found.Runs[0].Info.ID
		}
		return id, err
	}
	var made struct {
		Run info `json:"run"`
	}
	err = s.call(ctx, http.MethodPost, "runs/create", map[string]any{
		"experiment_id": experiment, "start_time": run.Created.UnixMilli(), "run_name": run.Name,
		"tags": []map[string]string{{"key": mlflowTag, "value": run.ID}},
	}, &made)
	return made.Run.Info.ID, err
}

// mlflowMetrics is how many points one call may hold.
const mlflowMetrics = 1000

// log writes parameters, which never change there, tags and points.
func (s *mlflow) log(ctx context.Context, id string, run Run) error {
	params, tags := mlflowPairs(run.Params, 6000), mlflowPairs(run.Tags, 5000)
	for len(params) > 0 || len(tags) > 0 {
		n, m := min(100, len(params)), min(100, len(tags))
		if err := s.call(ctx, http.MethodPost, "runs/log-batch", map[string]any{"run_id": id, "params": params[:n], "tags": tags[:m]}, nil); err != nil {
			return err
		}
		params, tags = params[n:], tags[m:]
	}
	var points []map[string]any
	for _, r := range run.rows() {
		for _, key := range r.keys() {
			points = append(points, map[string]any{"key": mlflowKey(key), "value": number(r.values[key]), "timestamp": r.at.UnixMilli(), "step": r.step})
		}
	}
	for batch := range slices.Chunk(points, mlflowMetrics) {
		if err := s.call(ctx, http.MethodPost, "runs/log-batch", map[string]any{"run_id": id, "metrics": batch}, nil); err != nil {
			return err
		}
	}
	return nil
}

// mlflowKey keeps what MLflow takes in a name: letters, digits, _ - . / and blanks.
func mlflowKey(key string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("_-./ ", r) || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, key)
}

func mlflowPairs(m map[string]string, most int) (pairs []map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		value := m[key]
		if len(value) > most {
			value = strings.ToValidUTF8(value[:most-3], "") + "…"
		}
		pairs = append(pairs, map[string]string{"key": mlflowKey(key), "value": value})
	}
	return pairs
}

// mlflowStates are its words for an end; a run that goes on is RUNNING.
var mlflowStates = map[string]string{"succeeded": "FINISHED", "failed": "FAILED", "lost": "FAILED", "preempted": "FAILED", "cancelled": "KILLED"}

func (s *mlflow) end(ctx context.Context, id string, run Run) error {
	update := map[string]any{"run_id": id, "status": "RUNNING"}
	if status, ended := mlflowStates[run.State]; ended {
		update["status"], update["end_time"] = status, run.Ended.UnixMilli()
	}
	return s.call(ctx, http.MethodPost, "runs/update", update, nil)
}

// A mlflowError is a refusal in the server's words.
type mlflowError struct {
	Code   string `json:"error_code"`
	Text   string `json:"message"`
	status int
}

func (e *mlflowError) Error() string {
	return fmt.Sprintf("mlflow: the server says %d %s: %s", e.status, e.Code, e.Text)
}

func (s *mlflow) call(ctx context.Context, method, path string, body, answer any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, s.base+"/api/2.0/mlflow/"+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("mlflow: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		return fmt.Errorf("mlflow: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		refused := &mlflowError{status: res.StatusCode}
		if json.Unmarshal(text, refused) != nil {
			refused.Text = string(text[:min(len(text), 200)])
		}
		return refused
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}
