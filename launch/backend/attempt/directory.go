package attempt

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"trainyard/launch/files"
	"trainyard/launch/task"
)

// Names of the protocol, in an attempt's directory.
const (
	specName          = "spec.json"
	supervisorName    = "supervisor.json"
	supervisorLogName = "supervisor.log"
	trainerName       = "trainer.json"
	stopName          = "stop.json"
	exitName          = "exit.json"
	collectedName     = "collected"
)

// markName is the variable that every process of an attempt carries; its
// value is the attempt's directory.
const markName = "TRAINYARD_ATTEMPT"

// gone reports whether an attempt's directory was removed.
func gone(dir string) bool {
	_, err := os.Stat(dir)
	return errors.Is(err, fs.ErrNotExist)
}

// A spec is what the supervisor runs. Values of secrets are not in it: they
// reach the trainer through the environment of the supervisor.
type spec struct {
	Run      string     `json:"run"`
	Attempt  int        `json:"attempt"`
	Argv     []string   `json:"argv"`
	Dir      string     `json:"dir"`
	Env      []task.Env `json:"env,omitempty"`
	Self     string     `json:"self"`
	Progress string     `json:"progress,omitempty"`
	// StallAfter ends a trainer that has told nothing for as long; 0 is never.
	StallAfter time.Duration `json:"stall_after_ns,omitempty"`
	// Protocol is the version of the program that starts the supervisor; 0 is one whose
	// supervisor knew no warning of a platform.
	Protocol int `json:"protocol,omitempty"`
	// Deadline is a time from the trainer's start on, never one of the clock.
	Deadline     time.Duration `json:"deadline_ns,omitempty"`
	Grace        time.Duration `json:"grace_ns,omitempty"`
	Nodes        int           `json:"nodes,omitempty"`
	Rank         int           `json:"rank,omitempty"`
	Master       string        `json:"master,omitempty"`
	MasterPort   int           `json:"master_port,omitempty"`
	Root         string        `json:"root,omitempty"`
	Slots        int           `json:"slots,omitempty"`
	RankLogs     bool          `json:"rank_logs,omitempty"`
	PricePerHour float64       `json:"price_per_hour,omitempty"`
	Budget       float64       `json:"budget,omitempty"`
	Spent        float64       `json:"spent,omitempty"`
	MinFree      int64         `json:"min_free,omitempty"`
	Collect      time.Duration `json:"collect_ns,omitempty"`
	Destroy      *Destroy      `json:"destroy,omitempty"`
}

// A stopRequest says since when, and how long, the trainer may take to end.
type stopRequest struct {
	At    time.Time     `json:"at"`
	Grace time.Duration `json:"grace_ns"`
}

func (s stopRequest) deadline() time.Time { return s.At.Add(s.Grace) }

// An Exit is the exit record, exit.json.
type Exit struct {
	Code    int       `json:"code"`             // 128+signal for a signal, -1 where unknown
	Signal  int       `json:"signal,omitempty"` // that ended the trainer
	Stopped bool      `json:"stopped,omitempty"`
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended"`
	Reason  string    `json:"reason"`
	Stalled bool      `json:"stalled,omitempty"` // it was ended because it told nothing any more
	By      ender     `json:"by,omitempty"`      // what else ended it: deadline, budget or preemption
	// Free is the room that its disk had then, in bytes; nil is not known.
	Free *int64 `json:"free,omitempty"`
	// Error is the error in the log of a trainer that exited with code 0.
	Error     string `json:"error,omitempty"`
	ErrorLast bool   `json:"error_last,omitempty"` // the log ends with it
	// Outside is the signal from outside that a trainer which exited with code 0 was told
	// to end by, in words.
	Outside string `json:"outside,omitempty"`
}

// State is what the record means: a trainer that ended after a request
// for the end is cancelled, whatever its code.
func (e Exit) State() task.State {
	switch {
	case e.Stalled, e.By == byDeadline, e.By == byBudget:
		return task.Failed
	case e.By == byPreemption:
		return task.Preempted
	case e.Stopped:
		return task.Cancelled
	case e.Code == 0 && e.Signal == 0:
		return task.Succeeded
	}
	return task.Failed
}

func (e Exit) status() task.Status {
	return task.Status{
		State: e.State(), Reason: e.Reason, Code: e.Code, Signal: e.Signal, StartedAt: e.Started, EndedAt: e.Ended,
		Error: e.Error, ErrorLast: e.ErrorLast, Interrupted: e.Outside,
	}
}

// lastLines is the end of a file, at most n bytes, for words about its end. It
// begins with a whole line, where there is one: half a secret is not recognised.
func lastLines(path string, n int64) string {
	f, info, err := files.OpenRegular(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	from := max(0, info.Size()-n)
	data, err := io.ReadAll(io.NewSectionReader(f, from, n))
	if err != nil {
		return ""
	}
	text := strings.ToValidUTF8(string(data), "\uFFFD")
	if _, rest, found := strings.Cut(text, "\n"); found && from > 0 {
		text = rest
	}
	return text
}

// clip cuts text to most characters.
func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
