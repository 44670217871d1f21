package slurm

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"trainyard/launch"
)

// A job is one job of Slurm, or one element of an array: the inside of a handle.
type job struct {
	ID        string    `json:"job"`             // of the job, or of the whole array
	Index     *int      `json:"index,omitempty"` // in the array
	Name      string    `json:"name"`
	Submitted time.Time `json:"submitted"` // as Slurm says; a requeue makes it later
}

// key is how Slurm names it: 12, or 12_3.
func (j job) key() string {
	if j.Index == nil {
		return j.ID
	}
	return j.ID + "_" + strconv.Itoa(*j.Index)
}

// is reports whether what Slurm lists under the job's id is the job: ids are given out
// again. Clocks of the cluster may differ by a little.
func (j job) is(r row) bool {
	return r.name == j.Name && (j.Submitted.IsZero() || r.submitted.IsZero() || r.submitted.After(j.Submitted.Add(-time.Minute)))
}

func (j job) handle() (launch.Handle, error) {
	text, err := json.Marshal(j)
	return launch.Handle(text), err
}

func parseHandle(h launch.Handle) (job, error) {
	var j job
	if err := json.Unmarshal([]byte(h), &j); err != nil || j.ID == "" {
		return j, fmt.Errorf("handle %q is none of a job (%v)", h, err)
	}
	return j, nil
}

// parseSubmitted reads what sbatch --parsable prints: ID, or ID;CLUSTER. A site may
// print words of its own before.
func parseSubmitted(out []byte) (string, error) {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	id, _, _ := strings.Cut(strings.TrimSpace(lines[len(lines)-1]), ";")
	if _, err := strconv.ParseUint(id, 10, 64); err != nil {
		return "", fmt.Errorf("sbatch answered %q, which has no job id", out)
	}
	return id, nil
}
