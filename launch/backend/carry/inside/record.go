package inside

import (
	"encoding/json"
	"errors"
	"os"
	"time"

	"trainyard/launch/task"
)

// A Record is the last words of a container: how its attempt ended, on its node.
type Record struct {
	State     task.State `json:"state"`
	Code      int        `json:"code"` // the trainer's; -1 where it is not known
	Signal    int        `json:"signal,omitempty"`
	Why       Why        `json:"why,omitempty"`
	Reason    string     `json:"reason"`
	Started   time.Time  `json:"started,omitzero"`
	Ended     time.Time  `json:"ended,omitzero"`
	Error     string     `json:"error,omitempty"`
	ErrorLast bool       `json:"error_last,omitempty"`
	// Interrupted is task.Status.Interrupted.
	Interrupted string `json:"interrupted,omitempty"`
}

// Why is what a state does not tell; empty where there is no more to tell.
type Why string

const (
	Unready Why = "unready" // the trainer never began; start.sh says it too
	Fenced  Why = "fenced"  // another container has begun the attempt
	Outside Why = "outside" // the container was told to end, and not by a request of ours
)

// codeUnready and codeFenced are codes of a container that started no trainer.
const (
	codeUnready = 126
	codeFenced  = 75
)

// ReadRecord reports ok as false for any other text.
func ReadRecord(text string) (r Record, ok bool) {
	return r, json.Unmarshal([]byte(text), &r) == nil && r.State != ""
}

// code is what the container exits with: 0 only where nothing is wrong, else the
// trainer's, so that the platform has the same word.
func (r Record) code() int {
	switch {
	case r.State == task.Succeeded, r.State == task.Cancelled && r.Code == 0:
		return 0
	case r.Code > 0 && r.Code < 256:
		return r.Code
	}
	return 1
}

// maxRecord is what Kubernetes keeps of last words (4096 bytes).
const maxRecord = 4000

// text is the record in that room, with shorter words where it needs them.
func (r Record) text() []byte {
	for most := 1000; ; most /= 2 {
		r.Reason, r.Error, r.Interrupted = clip(r.Reason, most), clip(r.Error, most), clip(r.Interrupted, most)
		text, err := json.Marshal(r)
		if err != nil {
			panic("inside: " + err.Error()) // texts, numbers and times of this program
		}
		if len(text) <= maxRecord {
			return text
		}
	}
}

// leave writes the record to the file that the platform has made for it, which cannot be
// replaced.
func (r Record) leave(last string) error {
	f, err := os.OpenFile(last, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(r.text())
	return errors.Join(err, f.Close())
}

func unready(err error) Record {
	return Record{State: task.Failed, Code: codeUnready, Why: Unready, Reason: err.Error()}
}

func recordOf(s task.Status) Record {
	r := Record{
		State: s.State, Code: s.Code, Signal: s.Signal, Reason: s.Reason, Started: s.StartedAt, Ended: s.EndedAt,
		Error: s.Error, ErrorLast: s.ErrorLast, Interrupted: s.Interrupted,
	}
	if r.State == task.Lost {
		r.State = task.Failed // its container ends with it: nothing of it is out of sight
	}
	return r
}

// clip cuts text to most characters.
func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
