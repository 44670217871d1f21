package trainer

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"trainyard/launch"
)

func evaluationJob(command ...string) launch.Job {
	return launch.Job{
		Model: "tiny", Seed: 5, GPUs: 2, Backend: "local",
		Evaluates: &launch.Evaluated{Run: "r", Attempt: 1, Step: 30, Trained: "/runs/r/attempt-1", Model: "/runs/r/attempt-1/out/checkpoint-30", Evaluation: launch.Evaluation{Name: "e", Command: command, Dir: "/recipes", Benchmark: "eels"}},
	}
}

func TestTheCommandOfAnEvaluationIsFilledArgumentByArgument(t *testing.T) {
	all := []string{"./eval.sh"}
	for _, a := range EvaluationArgs() {
		all = append(all, a.Name)
	}
	site := launch.Site{Dir: "/runs/e; rm -rf $HOME/attempt-1", Self: "/bin/trainyard"}
	cmd, err := Evaluation{}.Render(evaluationJob(append(all, "{{", "{model}'s $(id)")...), site)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/recipes/eval.sh", "/runs/r/attempt-1/out/checkpoint-30", "/runs/r/attempt-1", site.Dir + "/out", "tiny", "5", "30", "2", "eels", "{", "tiny's $(id)"} {
		if !slices.Contains(cmd.Argv, want) {
			t.Errorf("no argument is %q: %q", want, cmd.Argv)
		}
	}
	if len(cmd.Argv) != len(all)+2 || cmd.Output != "out" {
		t.Errorf("%d arguments of %d: %+v", len(cmd.Argv), len(all)+2, cmd)
	}
}

// Its backend brings what it links to; the command finds it by that link, under its name.
func TestAModelThatIsBroughtIsALinkOfTheAttempt(t *testing.T) {
	job := evaluationJob("serve", "{checkpoint}")
	job.Evaluates.Brought, job.Evaluates.Model = true, "/home/runs/r/fetched/attempt-1/checkpoint-30"
	cmd, err := Evaluation{}.Render(job, launch.Site{Dir: "/runs/e/attempt-2"})
	if err != nil {
		t.Fatal(err)
	}
	link := launch.File{Name: "model/checkpoint-30", Link: job.Evaluates.Model}
	if !slices.Contains(cmd.Files, link) || cmd.Argv[1] != "/runs/e/attempt-2/model/checkpoint-30" {
		t.Errorf("%q, %+v", cmd.Argv, cmd.Files)
	}
}

func TestThePortOfAnEvaluationIsItsOwn(t *testing.T) {
	seen := map[int]bool{}
	for i := range 100 {
		port := portOf("/runs/" + strconv.Itoa(i) + "/attempt-1")
		if port < firstPort || port >= firstPort+ports {
			t.Errorf("port %d", port)
		}
		seen[port] = true
	}
	if len(seen) < 98 {
		t.Errorf("%d ports of 100 evaluations", len(seen))
	}
}

func TestACommandThatCannotBeFilledIsRefused(t *testing.T) {
	for arg, want := range map[string]string{"{chekpoint}": `evaluation e: argument "{chekpoint}" has the unknown placeholder {chekpoint}: there are {benchmark}, {checkpoint}`, "a{": "has a single {"} {
		if _, err := (Evaluation{}).Render(evaluationJob("x", arg), launch.Site{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", arg, err)
		}
	}
	if _, err := (Evaluation{}).Render(launch.Job{}, launch.Site{}); err == nil {
		t.Error("a job without an evaluation is rendered")
	}
}
