package kubernetes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
)

func TestOnlyAttemptsThatAskForTheSameAreOneJob(t *testing.T) {
	for name, change := range map[string]func(*launch.Task){
		"GPUs":     func(t *launch.Task) { t.GPUs = 4 },
		"nodes":    func(t *launch.Task) { t.Nodes = 2 },
		"deadline": func(t *launch.Task) { t.Deadline = time.Hour },
		"grace":    func(t *launch.Task) { t.Grace = time.Hour },
		"progress": func(t *launch.Task) { t.Command.Progress = "" },
		"a secret": func(t *launch.Task) { t.Command.Env = []launch.Env{{Name: "A_TOKEN", Value: "another's"}} },
	} {
		k, _ := full(t)
		k.o.Queue = ""
		tasks := four(k)
		change(&tasks[1])
		change(&tasks[3])
		want := "[0 2] [1 3]"
		if name == "nodes" {
			want = "[0 2] [1] [3]"
		}
		if got := places(k.groups(tasks)); got != want {
			t.Errorf("other %s: %s, not %s", name, got, want)
		}
	}
}

// four are attempts that ask for the same.
func four(k *Kubernetes) (tasks []launch.Task) {
	for i := range 4 {
		tasks = append(tasks, launch.Task{
			Run: fmt.Sprint("run-", i), Attempt: 1, Dir: fmt.Sprintf("/home/you/runs/run-%d/attempt-1", i), GPUs: 8,
			Command: launch.Command{
				Argv: []string{"train"}, Progress: "log.jsonl", Env: []launch.Env{{Name: "A_TOKEN", Value: "one"}},
				Files: []launch.File{{Name: "shard", Link: "/mnt/shared/a.parquet"}, {Name: "config", Content: strings.Repeat("x", i)}},
			},
		})
	}
	return tasks
}

// places are those of the groups' cells in the caller's order.
func places(groups []group) string {
	var all []string
	for _, g := range groups {
		var at []int
		for _, c := range g.cells {
			at = append(at, c.at)
		}
		all = append(all, fmt.Sprint(at))
	}
	return strings.Join(all, " ")
}

func TestAQueueTakesAttemptsOneByOne(t *testing.T) {
	k, _ := full(t)
	if got := places(k.groups(four(k))); got != "[0] [1] [2] [3]" {
		t.Errorf("with a queue: %s", got)
	}
}

func TestACellThatCannotBeSentKeepsNoOtherFromStarting(t *testing.T) {
	k, _ := full(t)
	k.o.Queue = ""
	tasks := four(k)
	tasks[2].Command.Files = append(tasks[2].Command.Files, launch.File{Name: "../outside", Content: "x"})
	if got := places(k.groups(tasks)); got != "[2] [0 1 3]" {
		t.Errorf("with a file that is refused: %s", got)
	}
}

func TestABatchSendsOnceWhatAllOfItHave(t *testing.T) {
	k, _ := full(t)
	k.o.Queue = ""
	groups := k.groups(four(k))
	if len(groups) != 1 || len(groups[0].shared) != 1 || groups[0].shared[0].Name != "shard" {
		t.Fatalf("groups %+v", groups)
	}
	p, err := k.batch(t.Context(), groups[0])
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range p.parts {
		for key := range x.data {
			if !strings.HasPrefix(key, carry.AgentName) {
				names = append(names, key)
			}
		}
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "cell-0.files.000 cell-1.files.000 cell-2.files.000 cell-3.files.000 files.000" {
		t.Errorf("sent %s", got)
	}
	for name, order := range p.orders() {
		if strings.Contains(order.(string), `"one"`) || !strings.Contains(order.(string), "/shared/runs/") {
			t.Errorf("%s: %s", name, order)
		}
	}
	if a, b := batchName(groups[0].cells), batchName(groups[0].cells[1:]); a == b || len(a) > maxName {
		t.Errorf("names %q and %q", a, b)
	}
}

func TestAJobSaysWhichIndicesItMeans(t *testing.T) {
	for list, want := range map[string]string{"": "", "0": "0", "1,3-5,7": "1 3 4 5 7", "10-11": "10 11", "x,2-y,4": "4"} {
		var got []string
		for i := range 13 {
			if holds(list, i) {
				got = append(got, fmt.Sprint(i))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q holds %v", list, got)
		}
	}
	var j job
	j.Spec.Completions, j.Status.Completed, j.Status.Failed = 4, "0,2-3", ""
	if j.over() {
		t.Error("it is over without index 1")
	}
	if j.Status.Failed = "1"; !j.over() {
		t.Error("it is not over with all")
	}
}
