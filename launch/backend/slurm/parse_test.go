package slurm

import (
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/slurm/node"
)

func TestEveryFaultOfAPlaceIsTold(t *testing.T) {
	_, err := Open("lab", Config{
		Login: "-oProxyCommand=x", Partition: "a\nb", GPUs: "some", Time: "soon", Warning: "never",
		Options: []string{"--nodes=3", "-N3", "exclude=n7", "--job-name=x"},
	}, nil)
	for _, want := range []string{"login", "root is empty", "partition", "gpus", "time", "warning", `"--nodes=3"`, `"-N3"`, `"exclude=n7"`, `"--job-name=x"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told: %v", want, err)
		}
	}
	if _, err := Open("lab", Config{Partition: "gpu", Time: "36h", Warning: "5m", Options: []string{"--exclude=n7", "-xn7"}}, nil); err != nil {
		t.Error(err)
	}
}

func TestAnAnswerOfSbatchHasTheIDInItsLastLine(t *testing.T) {
	for text, want := range map[string]string{"12\n": "12", "12;west\n": "12", "Welcome!\n\n12\n": "12", "": "", "Submitted batch job 12": "", "-1": ""} {
		if got, err := parseSubmitted([]byte(text)); got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestAJobIsOursByNameAndTimeNotByIDAlone(t *testing.T) {
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	ours := job{ID: "7", Name: "ty-a-a1", Submitted: at}
	for what, c := range map[string]struct {
		row  row
		ours bool
	}{
		"itself":             {row{name: "ty-a-a1", submitted: at}, true},
		"itself, requeued":   {row{name: "ty-a-a1", submitted: at.Add(time.Hour)}, true},
		"another's, same id": {row{name: "train", submitted: at}, false},
		"one of last year":   {row{name: "ty-a-a1", submitted: at.AddDate(-1, 0, 0)}, false},
	} {
		if got := ours.is(c.row); got != c.ours {
			t.Errorf("%s: %v", what, got)
		}
	}
}

// record is one rank's exit record.
func record(rank, code int, reason string) ended {
	return ended{attempt.Exit{Code: code, Reason: reason, Ended: time.Unix(int64(1000+rank), 0)}, rank}
}

func TestSlurmSaysWhyAndTheRecordHow(t *testing.T) {
	stop := node.Orders{Stop: node.Stop{At: time.Unix(1, 0)}}
	preempted := node.Orders{Warned: map[int]node.Warning{0: {Elapsed: time.Minute, Limit: time.Hour}}}
	limited := node.Orders{Warned: map[int]node.Warning{0: {Elapsed: 58 * time.Minute, Limit: time.Hour}}}
	ok, failed := []ended{record(0, 0, "exited with code 0")}, []ended{record(0, 3, "exited with code 3")}
	for _, c := range []struct {
		state  string
		exits  []ended
		orders node.Orders
		want   launch.State
	}{
		{"COMPLETED", ok, node.Orders{}, launch.Succeeded},
		{"COMPLETED", nil, node.Orders{}, launch.Lost}, // nothing shows that it trained
		{"FAILED", failed, node.Orders{}, launch.Failed},
		{"FAILED", nil, node.Orders{}, launch.Failed},
		{"OUT_OF_MEMORY", failed, node.Orders{}, launch.Failed},
		{"TIMEOUT", failed, node.Orders{}, launch.Failed},
		{"TIMEOUT", failed, stop, launch.Cancelled}, // by the limit that a stop sets
		{"CANCELLED", failed, node.Orders{}, launch.Cancelled},
		{"CANCELLED", nil, node.Orders{}, launch.Cancelled},
		{"CANCELLED", ok, node.Orders{}, launch.Succeeded}, // it had ended by itself before
		{"COMPLETED", ok, stop, launch.Succeeded},
		{"FAILED", failed, stop, launch.Cancelled},
		{"PREEMPTED", failed, node.Orders{}, launch.Preempted},
		{"PREEMPTED", nil, node.Orders{}, launch.Preempted},
		{"NODE_FAIL", nil, node.Orders{}, launch.Preempted},
		{"COMPLETED", ok, preempted, launch.Preempted}, // it saved and left before Slurm took it
		{"FAILED", failed, preempted, launch.Preempted},
		{"FAILED", failed, limited, launch.Failed},
		{"BOOT_FAIL", nil, node.Orders{}, launch.Failed},
	} {
		f := records{nodes: 1, exits: c.exits, orders: c.orders}
		if got := f.judge(row{state: c.state}, states[c.state]); got.State != c.want || got.Reason == "" {
			t.Errorf("%s with %v: %+v, want %s", c.state, c.exits, got, c.want)
		}
	}
}

func TestOfSeveralNodesTheFirstToFailByItselfHasTheWord(t *testing.T) {
	f := records{nodes: 3, exits: []ended{record(0, 143, "ended by a signal"), record(2, 1, "later"), record(1, 9, "its own error")}}
	if got := f.own(row{}); got.Code != 9 || !strings.Contains(got.Reason, "node 1 of 3: its own error") {
		t.Errorf("%+v", got)
	}
}

func TestTheStateOfEveryWordIsAState(t *testing.T) {
	for word := range ends {
		if !states[word].Ended() {
			t.Errorf("%s has words for an end and is none", word)
		}
	}
}
