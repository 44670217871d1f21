package ssh

import (
	"path/filepath"
	"testing"

	"trainyard/launch"
	"trainyard/launch/files"
)

// What reads another attempt's files runs where that one ran: they lie on its disk.
func TestATaskBesideAnotherGoesToItsMachine(t *testing.T) {
	home := t.TempDir()
	trained := filepath.Join(home, "11111111-1111-4111-8111-111111111111", "attempt-1")
	task := launch.Task{Dir: filepath.Join(home, "22222222-2222-4222-8222-222222222222", "attempt-1"), GPUs: 1, Beside: trained}
	if _, known := beside(task); known {
		t.Error("an attempt that was never placed has a machine")
	}
	was := choice{Nodes: []node{{Dir: "runs/1/attempt-1", GPUs: 8}, {Dir: "runs/1/attempt-1", GPUs: 8}}, Environment: "abc"}
	was.Nodes[0].Host.Address, was.Nodes[1].Host.Address = "gpu2", "gpu3"
	if err := was.claim(trained); err != nil {
		t.Fatal(err)
	}
	var kept choice
	if found, err := files.ReadJSON(trained, choiceName, &kept); err != nil || !found {
		t.Fatal(err)
	}
	got, known := beside(task)
	if !known || len(got.Nodes) != 1 || got.Nodes[0].Host.Address != "gpu2" || got.Nodes[0].GPUs != 1 || got.Nodes[0].Dir != attemptDir(task.Dir) || got.Environment != "" {
		t.Errorf("%+v, %v", got, known)
	}
	task.Beside = ""
	if _, known := beside(task); known {
		t.Error("a task beside none has a machine")
	}
}
