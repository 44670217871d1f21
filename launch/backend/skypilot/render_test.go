package skypilot

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"trainyard/format/goldentest"
	"trainyard/launch"
	"trainyard/launch/backend/listed"
)

func golden(t *testing.T) (*listed.Backend, launch.Task) {
	t.Helper()
	b, err := Open("cheapest", Options{
		Infra: "lambda", Accelerator: "H100", Disk: 500, Image: "docker:ghcr.io/you/trainer", Spot: true, Memory: "400+",
		Setup: "nvidia-smi\n", Mounts: []Mount{{Path: "/runs", Source: "s3://bucket"}, {Path: "/data", Volume: "datasets"}}, Runs: "/runs/trainyard",
		Pass: []string{"HF_TOKEN"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HF_TOKEN", "hf_planted_secret")
	return b.(*listed.Backend), launch.Task{
		Run: "7d0ae6a4-7a2f-4f4a-8f2b-6d3f0a9f1c11", Attempt: 2, Dir: "/home/you/.trainyard/runs/7d0ae6a4-7a2f-4f4a-8f2b-6d3f0a9f1c11/attempt-2",
		Nodes: 2, GPUs: 8, Deadline: 36 * time.Hour, Grace: time.Minute,
		Command: launch.Command{
			Argv: []string{"llamafactory-cli", "train", "it's $HOME.yaml"}, Progress: "out/trainer_log.jsonl",
			Env: []launch.Env{{Name: "NCCL_DEBUG", Value: "WARN"}, {Name: "WANDB_API_KEY", Value: "planted-too"}},
		},
	}
}

// packed is what changes with the scripts, which have their own tests.
var packed = regexp.MustCompile(`(TY_[A-Z]+=)'[A-Za-z0-9+/=]{200,}'`)

func TestTheYAMLIsWhatIsExpected(t *testing.T) {
	b, task := golden(t)
	list, err := b.Render(t.Context(), task)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	text := strings.ReplaceAll(packed.ReplaceAllString(list[0].Content, "$1'PACKED'"), strings.ReplaceAll(quote(listed.Fenced), "\n", "\n  "), "'THE FENCE'")
	if strings.Contains(list[0].Content, "planted") {
		t.Error("the YAML has a secret")
	}
	goldentest.Check(t, "testdata/sky.golden.yaml", text)
}

func TestEveryStatusOfSkyPilotIsKnown(t *testing.T) {
	data, err := os.ReadFile("testdata/queue.json") // made by SkyPilot 0.14.1: every ManagedJobStatus as its queue prints it
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := parseQueue(string(data))
	if err != nil || len(jobs) != len(states) {
		t.Fatalf("%d jobs, %v; %d states are known", len(jobs), err, len(states))
	}
	for _, j := range jobs {
		status := strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(j.Name, "ty-"), "-", "_"))
		if known, ok := states[status]; !ok || j.State != known.state {
			t.Errorf("%s is %+v", status, j)
		}
		if j.Submitted.IsZero() || j.State.Ended() == j.Ended.IsZero() {
			t.Errorf("%s: times %+v", status, j)
		}
		if status == "FAILED_CONTROLLER" && !strings.Contains(j.Reason, "PAID") {
			t.Errorf("nothing is said of a cluster that may leak: %q", j.Reason)
		}
	}
	if _, reason := (row{Status: "FAILED", Failure: "its words", Details: "Failure: its words"}).state(); reason != "its words" {
		t.Errorf("a reason that is given twice is %q", reason)
	}
	if jobs, err := parseQueue("[]"); err != nil || len(jobs) != 0 {
		t.Errorf("an empty list: %v, %v", jobs, err)
	}
	if _, err := parseQueue("Traceback: no list"); err == nil {
		t.Error("no list was read")
	}
	if state, words := (row{Status: "NEW_ONE"}).state(); state != launch.Running || !strings.Contains(words, "NEW_ONE") {
		t.Errorf("a status that is not known: %s, %q", state, words)
	}
}

func TestLinesOfTheJobAreToldFromThoseOfSkyPilot(t *testing.T) {
	log := "\x1b[33mTailing logs of job 3\x1b[0m\n├── Waiting\n\x1b[36m(ty-a, pid=12)\x1b[0m one\n(head, rank=0, pid=9, ip=10.0.0.1) two (x, pid=1)\n(ty-a, pid=12) \n✓ Job finished (status: SUCCEEDED).\n"
	if got := trainerLines(log); got != "one\ntwo (x, pid=1)\n\n" {
		t.Errorf("%q", got)
	}
}

func TestAPlaceSaysWhatIsWrongWithIt(t *testing.T) {
	_, err := Open("x", Options{Mounts: []Mount{{Path: "data"}, {Path: "/d", Source: "s3://b", Volume: "v"}}})
	for _, want := range []string{"mounts[0]", "mounts[1]", "runs"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	b, task := golden(t)
	b.Service = service{Options{}}
	if _, err := b.Render(t.Context(), task); err == nil || !strings.Contains(err.Error(), "accelerator") {
		t.Errorf("GPUs of no kind: %v", err)
	}
}

func TestSkyPilotTakesTheYAMLAndTheFlags(t *testing.T) {
	python := realPython(t)
	b, task := golden(t)
	list, err := b.Render(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "sky.yaml")
	if err := os.WriteFile(file, []byte(list[0].Content), 0o600); err != nil {
		t.Fatal(err)
	}
	// Buckets are looked for in their cloud, which is not here: they are left out.
	out := run1(t, python, "-c", `
import json, sys, yaml
import sky
from sky.utils import schemas, validator
config = yaml.safe_load(open(sys.argv[1]))
validator.get_schema_validator()(schemas.get_task_schema()).validate(config)
for r in [config['resources']]:
    validator.get_schema_validator()(schemas.get_resources_schema()).validate(r)
config.pop('file_mounts'); config.pop('volumes')
config['resources'].pop('accelerators'); config['resources'].pop('infra'); config['resources'].pop('memory')
task = sky.Task.from_yaml_config(config)
print(json.dumps({'name': task.name, 'nodes': task.num_nodes, 'run': task.run}))
`, file)
	var read struct {
		Name, Run string
		Nodes     int
	}
	if err := json.Unmarshal([]byte(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]), &read); err != nil {
		t.Fatal(err, out)
	}
	if read.Nodes != 2 || read.Name != listed.JobName(task.Dir) || !strings.HasSuffix(strings.TrimSpace(read.Run), `'it'\''s $HOME.yaml'`) {
		t.Errorf("SkyPilot reads %+v", read)
	}
	for command, flags := range map[string][]string{
		"launch": {"--name", "--yes", "--detach-run", "--secret"}, "queue": {"--all", "--all-users", "--verbose", "--refresh", "--output"},
		"logs": {"--no-follow", "--tail"}, "cancel": {"--yes"},
	} {
		help := run1(t, filepath.Join(filepath.Dir(python), "sky"), "jobs", command, "--help")
		for _, f := range flags {
			if !regexp.MustCompile(`(?m)[ ,/]` + f + `\b`).MatchString(help) {
				t.Errorf("sky jobs %s knows no %s", command, f)
			}
		}
	}
}
