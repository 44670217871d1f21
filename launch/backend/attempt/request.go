package attempt

import (
	"time"

	"trainyard/launch/task"
)

// The operations of a session, one for each method of Machine. read and close are for
// files that are open, cancel is for a request that is not wanted any more.
const (
	opHello     = "hello"
	opLookPath  = "lookpath"
	opHas       = "has"
	opPut       = "put"
	opPlace     = "place"
	opStart     = "start"
	opFind      = "find"
	opStatus    = "status"
	opStop      = "stop"
	opCollected = "collected"
	opOpen      = "open"
	opRead      = "read"
	opClose     = "close"
	opList      = "list"
	opExec      = "exec"
	opCancel    = "cancel"
)

// A request has the arguments of every operation; each uses its own.
type request struct {
	Protocol int           `json:"protocol,omitempty"`
	Dir      string        `json:"dir,omitempty"`
	Name     string        `json:"name,omitempty"`
	Handle   task.Handle   `json:"handle,omitempty"`
	Grace    time.Duration `json:"grace_ns,omitempty"`
	Digest   string        `json:"digest,omitempty"`
	Size     int64         `json:"size,omitempty"`
	Offset   int64         `json:"offset,omitempty"`
	Length   int           `json:"length,omitempty"`
	File     uint64        `json:"file,omitempty"` // as open told it, or a request to cancel
	Files    []task.File   `json:"files,omitempty"`
	Order    *Order        `json:"order,omitempty"`
	Secrets  []secretValue `json:"secrets,omitempty"`
	Argv     []string      `json:"argv,omitempty"`
	Stdin    []byte        `json:"stdin,omitempty"`
}

// An answer has the results of every operation.
type answer struct {
	Box     *Box         `json:"box,omitempty"`
	Path    string       `json:"path,omitempty"`
	Size    int64        `json:"size,omitempty"`
	Whole   bool         `json:"whole,omitempty"`
	Handle  task.Handle  `json:"handle,omitempty"`
	Status  *task.Status `json:"status,omitempty"`
	File    uint64       `json:"file,omitempty"`
	ID      string       `json:"file_id,omitempty"`
	ModTime time.Time    `json:"modified,omitzero"`
	Entries []task.Entry `json:"entries,omitempty"`
	Result  *Result      `json:"result,omitempty"`
	Ended   bool         `json:"ended,omitempty"` // what was read ends the file
}

// A secretValue is the value of a variable of an order, whose own form in JSON leaves
// it out. It exists on the wire alone.
type secretValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func secretsOf(env []task.Env) (secrets []secretValue) {
	for _, e := range env {
		if e.Secret() && e.Value != "" {
			secrets = append(secrets, secretValue{e.Name, e.Value})
		}
	}
	return secrets
}

// withSecrets gives the variables their values back.
func withSecrets(env []task.Env, secrets []secretValue) []task.Env {
	for _, s := range secrets {
		for i := range env {
			if env[i].Name == s.Name {
				env[i].Value = s.Value
			}
		}
	}
	return env
}
