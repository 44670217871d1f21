package hfjobs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/listed"
)

// A hub is the part of the Hub's API that hf uses for Jobs (huggingface_hub 2.4,
// hf_api.py). It runs jobs as processes of this machine.
type hub struct {
	t *testing.T

	mu    sync.Mutex
	jobs  []*hubJob
	specs []map[string]any // as hf sent them
	loses bool             // the answer to a submit
}

type hubJob struct {
	ID       string            `json:"id"`
	Created  time.Time         `json:"createdAt"`
	Started  *time.Time        `json:"startedAt"`
	Finished *time.Time        `json:"finishedAt"`
	Image    string            `json:"dockerImage"`
	Command  []string          `json:"command"`
	Labels   map[string]string `json:"labels"`
	Flavor   string            `json:"flavor"`
	Status   struct {
		Stage   string `json:"stage"`
		Message string `json:"message,omitempty"`
	} `json:"status"`
	Owner map[string]string `json:"owner"`

	log bytes.Buffer
	cmd *exec.Cmd
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/api/whoami-v2":
		answer(w, map[string]any{"name": "me", "type": "user"})
	case r.Method == http.MethodPost && len(parts) == 3:
		h.submit(w, r)
	case len(parts) == 3:
		h.list(w, r)
	case len(parts) >= 4:
		h.one(w, parts[3], strings.Join(parts[4:], "/"))
	default:
		http.NotFound(w, r)
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (h *hub) submit(w http.ResponseWriter, r *http.Request) {
	var spec struct {
		Image       string            `json:"dockerImage"`
		Command     []string          `json:"command"`
		Environment map[string]string `json:"environment"`
		Secrets     map[string]string `json:"secrets"`
		Labels      map[string]string `json:"labels"`
		Flavor      string            `json:"flavor"`
	}
	var text bytes.Buffer
	_, _ = text.ReadFrom(r.Body)
	var all map[string]any
	if json.Unmarshal(text.Bytes(), &spec) != nil || json.Unmarshal(text.Bytes(), &all) != nil || len(spec.Command) == 0 {
		http.Error(w, "bad job", http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	j := &hubJob{ID: fmt.Sprintf("%024x", len(h.jobs)+1), Created: time.Now().UTC(), Image: spec.Image, Command: spec.Command, Labels: spec.Labels, Flavor: spec.Flavor,
		Owner: map[string]string{"id": "1", "name": "me", "type": "user"}}
	j.Status.Stage = "RUNNING"
	h.jobs, h.specs = append(h.jobs, j), append(h.specs, all)
	j.cmd = exec.Command(spec.Command[0], spec.Command[1:]...)
	j.cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	for _, set := range []map[string]string{spec.Environment, spec.Secrets} {
		for name, value := range set {
			j.cmd.Env = append(j.cmd.Env, name+"="+value)
		}
	}
	j.cmd.Stdout, j.cmd.Stderr = &locked{h, &j.log}, &locked{h, &j.log}
	j.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := j.cmd.Start(); err != nil {
		h.t.Error(err)
		return
	}
	now := time.Now().UTC()
	j.Started = &now
	go h.wait(j)
	if h.loses {
		http.Error(w, "bad gateway", http.StatusBadGateway)
		return
	}
	answer(w, j)
}

type locked struct {
	h  *hub
	to *bytes.Buffer
}

func (l *locked) Write(data []byte) (int, error) {
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	return l.to.Write(data)
}

func (h *hub) wait(j *hubJob) {
	err := j.cmd.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now().UTC()
	j.Finished = &now
	switch {
	case j.Status.Stage == "CANCELED":
	case err != nil:
		j.Status.Stage, j.Status.Message = "ERROR", "Job failed with exit code: "+strconv.Itoa(j.cmd.ProcessState.ExitCode())
	default:
		j.Status.Stage = "COMPLETED"
	}
}

func (h *hub) list(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := []*hubJob{}
	for _, j := range h.jobs {
		fits := true
		for _, l := range r.URL.Query()["label"] {
			key, value, _ := strings.Cut(l, "=")
			fits = fits && j.Labels[key] == value
		}
		if fits {
			found = append(found, j)
		}
	}
	answer(w, found)
}

func (h *hub) one(w http.ResponseWriter, id, route string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, j := range h.jobs {
		if j.ID != id {
			continue
		}
		switch route {
		case "":
			answer(w, j)
		case "cancel":
			j.Status.Stage = "CANCELED"
			_ = syscall.Kill(-j.cmd.Process.Pid, syscall.SIGTERM)
			answer(w, j)
		case "logs":
			w.Header().Set("Content-Type", "text/event-stream")
			event := func(line string) {
				data, _ := json.Marshal(map[string]any{"data": line, "timestamp": time.Now().UTC().Format(time.RFC3339Nano)})
				fmt.Fprintf(w, "data: %s\n\n", data)
			}
			event("===== Job started at 2026-11-28 12:00:00 =====")
			for line := range strings.Lines(j.log.String()) {
				event(strings.TrimSuffix(line, "\n"))
			}
		}
		return
	}
	http.Error(w, "no such job", http.StatusNotFound)
}

// program is the real hf.
func program(t *testing.T) string {
	t.Helper()
	name := os.Getenv("HF_PROGRAM")
	if name == "" {
		name = "hf"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip("SKIPPED: there is no hf here (HF_PROGRAM names one); .ci/hfjobs installs one")
	}
	if out, err := exec.Command(path, "jobs", "run", "--help").CombinedOutput(); err != nil || !strings.Contains(string(out), "--secrets") {
		t.Skipf("SKIPPED: %s is not the hf that knows jobs (%v)", path, err)
	}
	return path
}

// place is one on a hub of the test, by the real hf.
func place(t *testing.T, here bool) (*listed.Backend, *hub) {
	t.Helper()
	h := &hub{t: t}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	t.Setenv("HF_ENDPOINT", server.URL)
	t.Setenv("HF_TOKEN", "hf_"+strings.Repeat("x", 34))
	t.Setenv("HF_HOME", t.TempDir())
	bucket := t.TempDir()
	o := Options{Program: program(t), Flavor: "h200x8", Image: "you/trainer", Volumes: []Volume{{Source: "hf://buckets/you/runs", Path: bucket}}, Runs: filepath.Join(bucket, "runs"), Self: backendtest.Self(t)}
	if here {
		o.Volumes[0].Here = bucket
	}
	opened, err := Open("hub", o)
	if err != nil {
		t.Fatal(err)
	}
	b := opened.(*listed.Backend)
	b.Fresh = 100 * time.Millisecond
	return b, h
}

func TestMain(m *testing.M) { backendtest.Main(m, nil) }
