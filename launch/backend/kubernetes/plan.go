package kubernetes

import (
	"fmt"
	"strings"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/backend/carry/inside"
)

// A plan is all that is put into the cluster for one attempt, or for a batch of them.
type plan struct {
	name   string
	task   launch.Task // the first of a batch: all ask for the same
	cells  []cell      // of a batch
	o      *Options
	dir    string      // of the attempt, in the pod
	agent  carry.Agent // zero where the image has one
	parts  []pieces    // of the agent and of the carried files
	secret []launch.Env
	nonce  string
}

// pieces are a ConfigMap of what is too large for one, by the names of their files.
type pieces struct {
	name string
	data map[string][]byte
}

// newPlan takes the values of secrets from the command and from this environment.
func (o *Options) newPlan(name string, task launch.Task, dir, nonce string, agent carry.Agent) (*plan, error) {
	if len(task.Command.Argv) == 0 {
		return nil, fmt.Errorf("the command is empty")
	}
	p := &plan{name: name, task: task, o: o, dir: dir, nonce: nonce, agent: agent}
	packed, err := o.pack(task.Command.Files, maxParts*partSize)
	if err != nil {
		return nil, err
	}
	p.split(agentWord, carry.AgentName, agent.Packed)
	p.split("files", inside.FilesName, packed)
	p.secret = o.secrets(task)
	return p, nil
}

func (o *Options) pack(list []launch.File, most int) ([]byte, error) {
	return o.volumes().Pack(list, most,
		"put it on a volume of the cluster, and give the place a mount with path: (in the pod) and local: (where it is seen here)")
}

const agentWord = "agent"

// ofAgent reports whether they are gone at the end.
func (p *plan) ofAgent(x pieces) bool { return strings.HasPrefix(x.name, p.name+"-"+agentWord+"-") }

const (
	// partSize stays below the 1 MiB of a ConfigMap, and with base64 below the
	// 1.5 MiB of a request to etcd.
	partSize = 900 << 10
	// maxParts bounds what the files of one attempt put into the cluster's database.
	maxParts = 9
)

func (p *plan) split(word, file string, data []byte) {
	for i := 0; len(data) > 0; i++ {
		n := min(len(data), partSize)
		p.parts = append(p.parts, pieces{fmt.Sprintf("%s-%s-%03d", p.name, word, i), map[string][]byte{fmt.Sprintf("%s%03d", file, i): data[:n]}})
		data = data[n:]
	}
}
