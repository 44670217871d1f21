package carry

import (
	_ "embed"
	"encoding/json"
	"strconv"
	"time"

	"trainyard/launch"
)

// Scripts for sh, with tar and gzip beside it. Their first lines say what they take.
var (
	//go:embed run.sh
	Run string
	//go:embed tell.sh
	Tell string
)

// Settings are what Run takes from its environment about a task.
func Settings(task launch.Task) []launch.Env {
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
	return strconv.Itoa(Seconds(d))
}

// Seconds rounds up.
func Seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// A Record is what Run writes last.
type Record struct {
	Code    int       `json:"code"`
	Why     string    `json:"why"`             // exited, stopped, deadline, stalled, ended, or unready: it never began
	Words   string    `json:"words,omitempty"` // of one that is unready
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
}

// ReadRecord reports ok as false for any other text.
func ReadRecord(text string) (r Record, ok bool) {
	return r, json.Unmarshal([]byte(text), &r) == nil && r.Why != ""
}

// Signal is the signal that a shell's exit code stands for; 0 for none.
func Signal(code int) int {
	if code > 128 && code < 128+65 {
		return code - 128
	}
	return 0
}
