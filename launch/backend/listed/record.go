package listed

import (
	_ "embed"
	"encoding/json"
	"strconv"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
)

// run is the script, for sh with tar and gzip beside it, that supervises the trainer. Its
// first lines say what it takes.
//
//go:embed run.sh
var run string

// settings are what run takes from its environment about a task.
func settings(task launch.Task) []launch.Env {
	var env []launch.Env
	add := func(name, value string) {
		if value != "" {
			env = append(env, launch.Env{Name: name, Value: value})
		}
	}
	add("TY_DEADLINE", whole(task.Deadline))
	add("TY_STALL", whole(task.StallAfter))
	add("TY_GRACE", whole(task.Grace))
	add("TY_PROGRESS", task.Command.Progress)
	add("TY_WORK", task.Command.Dir)
	return env
}

// whole is empty for none.
func whole(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return strconv.Itoa(carry.Seconds(d))
}

// A record is what run writes last.
type record struct {
	Code    int       `json:"code"`
	Why     string    `json:"why"`             // exited, stopped, deadline, stalled, ended, or unready: it never began
	Words   string    `json:"words,omitempty"` // of one that is unready
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
}

// readRecord reports ok as false for any other text.
func readRecord(text string) (r record, ok bool) {
	return r, json.Unmarshal([]byte(text), &r) == nil && r.Why != ""
}
