package slurm

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
)

func TestADryRunSaysWhatWouldBeSubmitted(t *testing.T) {
	s := place(t, Config{Partition: "gpu", Account: "a b", GPUType: "h100", CPUs: 64, Requeue: true, Options: []string{"--exclude=n[1-3]"}})
	texts, err := s.Render(t.Context(), launch.Task{
		Run: "RUN", Attempt: 1, Dir: "/s/it's 50%/RUN/attempt-1", Self: "/bin/trainyard", Nodes: 2, GPUs: 8, Deadline: 90 * time.Minute, Grace: time.Minute,
		Command: launch.Command{Argv: []string{"train"}, Env: []launch.Env{{Name: "HF_TOKEN", Value: "planted-secret"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, text := range texts {
		all.WriteString(text.Content)
	}
	if strings.Contains(all.String(), "planted-secret") {
		t.Error("the secret is in it")
	}
	if texts[1].Content != script {
		t.Error("the script is not the one that is submitted")
	}
	// A shell reads back the very words that sbatch would get.
	out, err := exec.Command("bash", "-c", "sbatch() { printf '%s\\n' \"$@\"; }; "+texts[0].Content).Output()
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, want := range []string{
		"--job-name=ty-RUN-a1", "--nodes=2", "--gpus-per-node=h100:8", "--time=101", "--account=a b", "--exclude=n[1-3]", "--requeue", "--dependency=singleton",
		"--output=/s/it's 50%%/RUN/attempt-1/slurm-0.out", "/s/it's 50%/RUN/attempt-1/batch.sh", "--signal=B:USR1@120",
	} {
		if !strings.Contains("\n"+strings.Join(words, "\n")+"\n", "\n"+want+"\n") {
			t.Errorf("%q is no word of it: %q", want, words)
		}
	}
}
