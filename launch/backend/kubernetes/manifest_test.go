package kubernetes

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"trainyard/format/goldentest"
	"trainyard/launch"
	"trainyard/launch/backend/carry"
)

// someAgent is a file, whatever it holds.
func someAgent(context.Context, string, string) (string, error) { return "testdata/agent", nil }

func full(t *testing.T) (*Kubernetes, launch.Task) {
	t.Helper()
	b, err := Open("cluster", Options{
		Namespace: "training", Image: "you/trainer", PullSecrets: []string{"registry"}, CPU: "64", Memory: "400Gi", Shm: "64Gi",
		NodeSelector: []string{"nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3"}, Tolerations: []string{"nvidia.com/gpu:NoSchedule", "team=nlp"},
		ServiceAccount: "trainer", PriorityClass: "batch", Queue: "research", Labels: []string{"team=nlp"}, Secrets: []string{"wandb"}, Pass: []string{"HF_TOKEN"},
		Mounts: []Mount{{Claim: "shared", Path: "/shared", Local: "/mnt/shared"}, {Host: "/data", Path: "/data", SubPath: "a", ReadOnly: true}}, Runs: "/shared/runs",
	}, someAgent)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HF_TOKEN", "hf_planted_secret")
	return b.(*Kubernetes), launch.Task{
		Run: "7d0ae6a4-7a2f-4f4a-8f2b-6d3f0a9f1c11", Attempt: 2, Dir: "/home/you/.trainyard/runs/7d0ae6a4-7a2f-4f4a-8f2b-6d3f0a9f1c11/attempt-2",
		Nodes: 2, GPUs: 8, Deadline: 36 * time.Hour, StallAfter: time.Hour, Grace: time.Minute,
		Command: launch.Command{
			Argv: []string{"llamafactory-cli", "train", "it's $(HOME).yaml"}, Progress: "out/trainer_log.jsonl",
			Env:   []launch.Env{{Name: "NCCL_DEBUG", Value: "WARN"}, {Name: "WANDB_API_KEY", Value: "planted-too"}},
			Files: []launch.File{{Name: "train/shard", Link: "/mnt/shared/datasets/a.parquet"}},
		},
	}
}

// packed is what changes with the scripts and with gzip, which have their own tests.
var packed = regexp.MustCompile(`(?m)^( +files\.\d+: ).*$`)

func TestTheManifestsAreWhatIsExpected(t *testing.T) {
	k, task := full(t)
	list, err := k.Render(t.Context(), task)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	text := packed.ReplaceAllString(list[0].Content, "${1}PACKED")
	text = strings.ReplaceAll(text, strings.ReplaceAll(strings.TrimSuffix(carry.Start, "\n"), "\n", "\n    "), "THE SCRIPT")
	if strings.Contains(list[0].Content, "planted") {
		t.Error("the manifests have a secret")
	}
	goldentest.Check(t, "testdata/manifests.golden.yaml", text)
}

func TestAJobsNameFollowsFromItsDirectory(t *testing.T) {
	const run = "7d0ae6a4-7a2f-4f4a-8f2b-6d3f0a9f1c11"
	label := regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	seen := map[string]string{}
	for _, dir := range []string{"/a/" + run + "/attempt-1", "/a/" + run + "/attempt-12", "/a/RUN/attempt-1", "/b/RUN/attempt-1", "/x/é 漢字/attempt-1", "/" + strings.Repeat("long", 40) + "/attempt-1", "/a/run_/attempt-1", "/a/run/attempt-1/"} {
		name := jobName(dir)
		if len(name) > maxName || !label.MatchString(name) || seen[name] != "" {
			t.Errorf("%s is %q, like %q", dir, name, seen[name])
		}
		seen[name] = dir
	}
	if a, b := jobName("/one/"+run+"/attempt-3"), jobName("/two/"+run+"/attempt-3"); a != b || a != "ty-"+run+"-a3" {
		t.Errorf("two homes of one ledger: %q, %q", a, b)
	}
}

func TestAPlaceSaysAllThatIsWrongWithIt(t *testing.T) {
	_, err := Open("x", Options{
		Runs: "/elsewhere", Mounts: []Mount{{Path: "/d"}, {Claim: "c", Path: "rel", Local: "rel"}, {Claim: "c", Path: "/trainyard/x"}},
		NodeSelector: []string{"gpu"}, Arch: "s390x", Agent: "bin/agent", Tolerations: []string{"a:Sometimes"}, CPU: "many", Pass: []string{"A B"},
	}, someAgent)
	for _, want := range []string{"image", "none of the mounts", "mounts[0]", "mounts[1]: path", "mounts[1]: local", "mounts[2]", "node_selector", "s390x", "bin/agent", "Sometimes", "cpu", "pass"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if _, err := Open("x", Options{Image: "i"}, someAgent); err == nil || !strings.Contains(err.Error(), "ephemeral") {
		t.Errorf("checkpoints that go with the pod: %v", err)
	}
}

func TestFilesThatAreTooLargeHaveAWayOut(t *testing.T) {
	k, task := full(t)
	large := filepath.Join(t.TempDir(), "shard")
	data := make([]byte, 2*maxParts*partSize)
	state := uint32(1)
	for i := range data { // that gzip makes no smaller
		state = state*1664525 + 1013904223
		data[i] = byte(state >> 24)
	}
	if err := os.WriteFile(large, data, 0o600); err != nil {
		t.Fatal(err)
	}
	task.Command.Files = []launch.File{{Name: "train/shard", Link: large}}
	if _, err := k.Render(t.Context(), task); err == nil || !strings.Contains(err.Error(), large) || !strings.Contains(err.Error(), "local:") {
		t.Errorf("error %v", err)
	}
}

func TestALogIsCopiedOnceHoweverOftenItComes(t *testing.T) {
	lines := "2026-11-28T10:00:00.1Z a\n2026-11-28T10:00:00.2Z b\n2026-11-28T10:00:00.2Z b\n2026-11-28T10:00:01.000000001Z \n2026-11-28T10:00:01.1Z c d\n"
	for cut := range len(lines) + 1 { // wherever the first answer ends
		var at cursor
		out := &writer{}
		if _, err := at.copyNew(strings.NewReader(lines[:cut]), out); err != nil {
			t.Fatal(err)
		}
		from := 0
		if at.At > "2026-11-28T10:00:01" { // as sinceTime, in whole seconds, leaves them out
			from = strings.Index(lines, "2026-11-28T10:00:01")
		}
		for range 2 {
			if _, err := at.copyNew(strings.NewReader(lines[from:]), out); err != nil {
				t.Fatal(err)
			}
		}
		if string(out.data) != "a\nb\nb\n\nc d\n" {
			t.Fatalf("cut at %d: %q", cut, out.data)
		}
	}
}

type writer struct{ data []byte }

func (w *writer) WriteAt(p []byte, off int64) (int, error) {
	w.data = append(w.data[:off], p...)
	return len(p), nil
}

var _ io.WriterAt = (*writer)(nil)
