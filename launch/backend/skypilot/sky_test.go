package skypilot

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/listed"
)

// The sky of these tests takes the commands that this package gives, answers as
// SkyPilot does (the queue is that of its ManagedJobRecord, see testdata/queue.json),
// and runs jobs as processes of this machine. The real one is in real_test.go.

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "sky" {
		os.Exit(sky(os.Args[2], os.Args[3:]))
	}
	if len(os.Args) > 2 && os.Args[1] == "skyjob" {
		os.Exit(skyJob(os.Args[2], os.Args[3]))
	}
	backendtest.Main(m, nil)
}

// A skyRow is a job as this sky keeps it.
type skyRow struct {
	ID        int     `json:"job_id"`
	Name      string  `json:"job_name"`
	Status    string  `json:"status"`
	Submitted float64 `json:"submitted_at"`
	Started   float64 `json:"start_at"`
	Ended     float64 `json:"end_at"`
	Recovered int     `json:"recovery_count"`
	Failure   string  `json:"failure_reason"`
}

func sky(home string, args []string) int {
	if len(args) < 2 || args[0] != "jobs" {
		fmt.Fprintln(os.Stderr, "Usage: sky jobs")
		return 2
	}
	switch args[1] {
	case "launch":
		return skyLaunch(home, args[2:])
	case "queue":
		rows := skyRows(home)
		if !slices.Contains(args, "--verbose") { // then the real one leaves them out
			for i := range rows {
				rows[i].Started, rows[i].Failure = 0, ""
			}
		}
		if _, err := os.Stat(filepath.Join(home, "stopped")); err == nil && !slices.Contains(args, "--refresh") {
			rows = nil
		}
		if len(rows) == 0 {
			fmt.Fprintln(os.Stderr, "sky.exceptions.ClusterNotUpError: No in-progress managed jobs.")
			return 1
		}
		text, _ := json.MarshalIndent(rows, "", "  ")
		fmt.Println("D 11-28 a line that sky may print first")
		fmt.Println(string(text))
		return 0
	case "logs":
		data, err := os.ReadFile(filepath.Join(home, args[len(args)-1], "log"))
		if err != nil {
			return 102
		}
		if _, err := os.Stdout.Write(data); err != nil {
			return 1
		}
		return 0
	case "cancel":
		dir := filepath.Join(home, args[len(args)-1])
		if os.WriteFile(filepath.Join(dir, "cancelled"), nil, 0o600) != nil {
			return 102
		}
		if data, err := os.ReadFile(filepath.Join(dir, "pid")); err == nil { // else its job sees it
			pid, _ := strconv.Atoi(string(data))
			_ = syscall.Kill(-pid, syscall.SIGTERM)
		}
		return 0
	}
	return 2
}

func skyRows(home string) (rows []skyRow) {
	found, _ := filepath.Glob(filepath.Join(home, "*", "row.json"))
	for _, name := range found {
		var r skyRow
		data, err := os.ReadFile(name)
		if err == nil && json.Unmarshal(data, &r) == nil {
			rows = append(rows, r)
		}
	}
	return rows
}

func skyLaunch(home string, args []string) int {
	data, err := os.ReadFile(args[len(args)-1])
	if err != nil {
		return 2
	}
	var t task
	if err := yaml.Unmarshal(data, &t); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if at := slices.Index(args, "--name"); at < 0 || args[at+1] != t.Name || t.Nodes != 1 {
		return 2
	}
	for id := 1; ; id++ {
		dir := filepath.Join(home, strconv.Itoa(id))
		if os.Mkdir(dir, 0o700) != nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, "run"), []byte(t.Run), 0o600); err != nil {
			return 1
		}
		keep(dir, skyRow{ID: id, Name: t.Name, Status: "STARTING", Submitted: seconds()})
		return skyBegin(dir)
	}
}

func seconds() float64 { return float64(time.Now().UnixMicro()) / 1e6 }

func keep(dir string, r skyRow) {
	text, _ := json.Marshal(r)
	if os.WriteFile(filepath.Join(dir, "row~"), text, 0o600) == nil {
		_ = os.Rename(filepath.Join(dir, "row~"), filepath.Join(dir, "row.json"))
	}
}

// skyBegin is also what a restarted API server does to a job that runs or has run.
func skyBegin(dir string) int {
	cmd := exec.Command("/proc/self/exe", "skyjob", dir, "")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return 1
	}
	return 0
}

func skyJob(dir, _ string) int {
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 1
	}
	var r skyRow
	data, _ := os.ReadFile(filepath.Join(dir, "row.json"))
	_ = json.Unmarshal(data, &r)
	work, err := os.MkdirTemp(dir, "sky_workdir")
	if err != nil {
		return 1
	}
	cmd := exec.Command("/bin/bash", filepath.Join(dir, "run"))
	cmd.Dir = work
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, _ := cmd.StdoutPipe()
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return 1
	}
	_ = os.WriteFile(filepath.Join(dir, "pid"), []byte(strconv.Itoa(cmd.Process.Pid)), 0o600)
	if _, err := os.Stat(filepath.Join(dir, "cancelled")); err == nil { // before there was a pid
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
	}
	r.Status, r.Started = "RUNNING", seconds()
	keep(dir, r)
	fmt.Fprintf(log, "├── Waiting for task resources on 1 node.\n")
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Fprintf(log, "\x1b[36m(%s, pid=%d)\x1b[0m %s\n", r.Name, cmd.Process.Pid, lines.Text())
	}
	r.Status = "SUCCEEDED"
	if cmd.Wait() != nil {
		r.Status, r.Failure = "FAILED", "To see the details, run: sky jobs logs --controller "+strconv.Itoa(r.ID)
	}
	if _, err := os.Stat(filepath.Join(dir, "cancelled")); err == nil {
		r.Status = "CANCELLED"
	}
	r.Ended = seconds()
	keep(dir, r)
	return 0
}

// place is one on this sky, whose runs directory is seen here or not.
// lasting is a directory that is removed when nothing writes to it any more: what sky has
// started may still write its last words when the test ends.
func lasting(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sky-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		backendtest.Eventually(t, dir+" is removed", func() bool { return os.RemoveAll(dir) == nil })
	})
	return dir
}

func place(t *testing.T, here bool, change func(*Options)) (b *listed.Backend, home string) {
	t.Helper()
	home = lasting(t)
	program := filepath.Join(home, "sky")
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' sky '%s' \"$@\"\n", backendtest.Self(t), home)
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	shared := lasting(t)
	o := Options{Program: program, Mounts: []Mount{{Path: shared}}, Runs: filepath.Join(shared, "runs"), Self: backendtest.Self(t)}
	if here {
		o.Mounts[0].Here = shared
	}
	if change != nil {
		change(&o)
	}
	opened, err := Open("sky", o)
	if err != nil {
		t.Fatal(err)
	}
	b = opened.(*listed.Backend)
	b.Fresh = 50 * time.Millisecond
	return b, home
}

func TestAJobOfSkyPilotKeepsTheContract(t *testing.T) {
	b, _ := place(t, true, nil)
	backendtest.Conform(t, "sky", b, map[string]string{
		"no process of an ended attempt is left behind": "what leaves the group of a job of SkyPilot goes with its cluster, which this test has not",
	})
}
