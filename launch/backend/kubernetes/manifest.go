package kubernetes

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/carry"
	"trainyard/launch/backend/carry/inside"
)

// Labels and annotations. A prefix of one's own keeps them apart from others'.
const (
	managedBy  = "app.kubernetes.io/managed-by"
	runLabel   = "trainyard/run"
	tryLabel   = "trainyard/attempt"
	dirNote    = "trainyard/directory"
	nonceNote  = "trainyard/nonce"
	stageNote  = "trainyard/stage"
	stopNote   = "trainyard/stop"
	batchNote  = "trainyard/batch"
	uidNote    = "trainyard/batch-uid"
	indexNote  = "trainyard/index"
	queueLabel = "kueue.x-k8s.io/queue-name"
)

// Stages of a Job, see the package's words.
const (
	making = "making"
	made   = "made"
	void   = "void"
	part   = "part" // of a batch, whose Job is another
)

// Names of containers.
const (
	trainerContainer  = "trainer"
	progressContainer = "progress"
)

// scriptName is the file of carry.Start in the pod.
const scriptName = "start.sh"

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

const agentWord = "agent"

// ofAgent reports whether they are gone at the end.
func (p *plan) ofAgent(x pieces) bool { return strings.HasPrefix(x.name, p.name+"-"+agentWord+"-") }

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

// secrets are those of the command, and of this environment.
func (o *Options) secrets(task launch.Task) (all []launch.Env) {
	for _, e := range task.Command.Env {
		if e.Secret() && e.Value != "" {
			all = append(all, e)
		}
	}
	for _, name := range o.Pass {
		if value, ok := os.LookupEnv(name); ok {
			all = append(all, launch.Env{Name: name, Value: value})
		}
	}
	return all
}

// labels are those of everything of the attempt. Those of a batch, whose attempts are of
// several runs, name none; the claims do.
func (p *plan) labels() object {
	labels := object{managedBy: "trainyard"}
	if p.cells == nil {
		labels[tryLabel], labels[runLabel] = strconv.Itoa(p.task.Attempt), label(p.task.Run)
	} else {
		labels[batchNote] = p.name
	}
	for _, pair := range p.o.Labels {
		key, value, _ := strings.Cut(pair, "=")
		labels[key] = value
	}
	return labels
}

// label is a text as a label's value may be written; a run's id is one as it is.
func label(text string) string {
	return strings.Trim(unfit.ReplaceAllString(strings.ToLower(clip(text, 60)), "-"), "-")
}

// job is made suspended, and has its place in a queue only once it is made: before
// that its ConfigMaps are not there.
func (p *plan) job() object {
	pods, action, limit := max(1, p.task.Nodes), "FailJob", "backoffLimit"
	notes := object{dirNote: p.task.Dir, nonceNote: p.nonce, stageNote: making}
	if p.cells != nil { // a pod that ended ends its own index, and no other
		pods, action, limit = len(p.cells), "FailIndex", "backoffLimitPerIndex"
		delete(notes, dirNote)
	}
	// The first rule tells a disruption from a failure after the pod is gone.
	spec := object{
		"suspend": true, "parallelism": pods, "completions": pods, "completionMode": "Indexed", limit: 0,
		"template": object{"metadata": object{"labels": p.labels()}, "spec": p.pod()},
		"podFailurePolicy": object{"rules": []object{
			{"action": action, "onPodConditions": []object{{"type": "DisruptionTarget", "status": "True"}}},
			{"action": action, "onExitCodes": object{"containerName": trainerContainer, "operator": "NotIn", "values": []int{0}}},
		}},
	}
	return object{"apiVersion": "batch/v1", "kind": "Job", "metadata": object{"name": p.name, "labels": p.labels(), "annotations": notes}, "spec": spec}
}

// late is how long, in seconds, a pod gets beyond the deadline it watches itself: to
// pull its image, and to end. It is the pod's, not the Job's: that would count the time
// in which no node has room.
const late = 15 * 60

func (p *plan) pod() object {
	spec := object{
		"restartPolicy": "Never", "enableServiceLinks": false, "automountServiceAccountToken": p.o.ServiceAccount != "",
		"terminationGracePeriodSeconds": carry.Seconds(p.grace()) + 10,
		"containers":                    []object{p.trainer()}, "volumes": p.volumes(),
	}
	if p.task.Deadline > 0 {
		spec["activeDeadlineSeconds"] = carry.Seconds(p.task.Deadline+p.grace()) + late
	}
	if p.task.Command.Progress != "" {
		spec["initContainers"] = []object{p.teller()}
	}
	if p.task.Nodes > 1 {
		spec["subdomain"] = p.name // host names NAME-0.NAME, by the headless Service
	}
	p.o.place(spec)
	return spec
}

// place says what the place says of every pod.
func (o *Options) place(spec object) {
	put := func(key string, n int, value any) {
		if n > 0 {
			spec[key] = value
		}
	}
	var pull, tolerations []object
	for _, name := range o.PullSecrets {
		pull = append(pull, object{"name": name})
	}
	for _, text := range o.Tolerations {
		t, err := toleration(text)
		if err != nil {
			panic("kubernetes: " + err.Error()) // checked when the place was opened
		}
		tolerations = append(tolerations, t)
	}
	selector := object{}
	for _, pair := range o.NodeSelector {
		key, value, _ := strings.Cut(pair, "=")
		selector[key] = value
	}
	put("imagePullSecrets", len(pull), pull)
	put("tolerations", len(tolerations), tolerations)
	put("nodeSelector", len(selector), selector)
	put("serviceAccountName", len(o.ServiceAccount), o.ServiceAccount)
	put("priorityClassName", len(o.PriorityClass), o.PriorityClass)
}

// shell is the start of a container: by the script, which has the agent do the rest.
func (p *plan) shell(command ...string) []string {
	agent := p.agent.Arch
	if p.o.Agent != "" {
		agent = inert(p.o.Agent)
	}
	return append([]string{"/bin/sh", path.Join(inside.StartDir, scriptName), agent, p.agent.Digest}, command...)
}

func (p *plan) trainer() object {
	c := object{
		"name": trainerContainer, "image": p.o.Image, "command": p.shell("run"), "env": p.env(),
		"resources": p.resources(), "volumeMounts": p.mounts(), "terminationMessagePolicy": "File",
	}
	var from []object
	for _, name := range p.o.Secrets {
		from = append(from, object{"secretRef": object{"name": name}})
	}
	if len(from) > 0 {
		c["envFrom"] = from
	}
	return c
}

// teller is a container that goes on beside the trainer and ends with it: an init
// container with restartPolicy Always (Kubernetes 1.29 and newer).
func (p *plan) teller() object {
	command := p.shell("tell")
	if p.cells == nil { // else the order of the cell has it
		command = append(command, inert(path.Join(p.dir, p.task.Command.Progress)))
	}
	return object{
		"name": progressContainer, "image": p.o.Image, "restartPolicy": "Always",
		"command":   command,
		"resources": object{"requests": object{"cpu": "10m", "memory": "16Mi"}}, "volumeMounts": p.mounts(),
	}
}

// inert takes the meaning from a dollar sign: the kubelet puts the value of a
// variable in the place of $(NAME) in arguments and values.
func inert(text string) string { return strings.ReplaceAll(text, "$", "$$") }

// env has the secrets alone: what may be read by all who see the Job is in its order.
func (p *plan) env() []object {
	var env []object
	for _, e := range p.secret {
		env = append(env, object{"name": e.Name, "valueFrom": object{"secretKeyRef": object{"name": p.name, "key": e.Name}}})
	}
	return env
}

// masterPort is that of torchrun: every pod has an address of its own.
const masterPort = 29500

// orders are what the agents are to run, by the names of their files.
func (p *plan) orders() object {
	if p.cells == nil {
		return object{inside.OrderName: p.order(p.task, p.dir)}
	}
	orders := object{}
	for i, c := range p.cells {
		orders[inside.CellName(i)+inside.OrderName] = p.order(c.task, c.dir)
	}
	return orders
}

// order is what an agent is to run. Its rank it has from the pod.
func (p *plan) order(task launch.Task, dir string) string {
	order := attempt.Order{Task: task}
	order.Dir, order.Self, order.Command.Files, order.Grace = dir, "", nil, p.grace()
	if order.Nodes > 1 {
		order.Master, order.MasterPort = p.name+"-0."+p.name, masterPort
	}
	text, err := json.MarshalIndent(order, "", "  ")
	if err != nil {
		panic("kubernetes: " + err.Error()) // texts and numbers
	}
	return string(text) + "\n"
}

// grace is how long a trainer may save that the cluster ends.
func (p *plan) grace() time.Duration { return cmp.Or(p.task.Grace, time.Minute) }

func (p *plan) resources() object {
	requests, limits := object{}, object{}
	if p.o.CPU != "" {
		requests["cpu"] = p.o.CPU
	}
	if p.o.Memory != "" {
		requests["memory"], limits["memory"] = p.o.Memory, p.o.Memory
	}
	if p.task.GPUs > 0 {
		limits[p.o.GPU] = strconv.Itoa(p.task.GPUs)
	}
	resources := object{}
	if len(requests) > 0 {
		resources["requests"] = requests
	}
	if len(limits) > 0 {
		resources["limits"] = limits
	}
	return resources
}

func (p *plan) mounts() []object {
	mounts := []object{
		{"name": "start", "mountPath": inside.StartDir, "readOnly": true},
		{"name": "ask", "mountPath": inside.AskDir, "readOnly": true},
		{"name": "own", "mountPath": inside.OwnDir},
	}
	if p.o.Runs == "" {
		mounts = append(mounts, object{"name": "run", "mountPath": path.Join(inside.Home, "run")})
	}
	if p.o.Shm != "" {
		mounts = append(mounts, object{"name": "shm", "mountPath": "/dev/shm"})
	}
	for i, m := range p.o.Mounts {
		mount := object{"name": fmt.Sprintf("mount-%d", i), "mountPath": m.Path}
		if m.SubPath != "" {
			mount["subPath"] = m.SubPath
		}
		if m.ReadOnly {
			mount["readOnly"] = true
		}
		mounts = append(mounts, mount)
	}
	return mounts
}

func (p *plan) volumes() []object {
	volumes := []object{
		{"name": "start", "projected": object{"sources": p.sources()}},
		{"name": "ask", "downwardAPI": object{"items": []object{
			{"path": inside.StopName, "fieldRef": object{"fieldPath": "metadata.annotations['" + stopNote + "']"}},
		}}},
		{"name": "own", "emptyDir": object{}},
	}
	if p.o.Runs == "" {
		volumes = append(volumes, object{"name": "run", "emptyDir": object{}})
	}
	if p.o.Shm != "" {
		volumes = append(volumes, object{"name": "shm", "emptyDir": object{"medium": "Memory", "sizeLimit": p.o.Shm}})
	}
	for i, m := range p.o.Mounts {
		v := object{"name": fmt.Sprintf("mount-%d", i)}
		if m.Claim != "" {
			v["persistentVolumeClaim"] = object{"claimName": m.Claim}
		} else {
			v["hostPath"] = object{"path": m.Host, "type": "Directory"}
		}
		volumes = append(volumes, v)
	}
	return volumes
}

// sources are the ConfigMaps that lie together in one directory.
func (p *plan) sources() []object {
	sources := []object{{"configMap": object{"name": p.name}}}
	for _, part := range p.parts {
		sources = append(sources, object{"configMap": object{"name": part.name}})
	}
	return sources
}

// belongings are what the Job owns, and what goes with it: path and manifest.
func (p *plan) belongings(uid string) []belonging {
	meta := func(name string) object {
		return object{"name": name, "labels": p.labels(), "ownerReferences": []object{
			{"apiVersion": "batch/v1", "kind": "Job", "name": p.name, "uid": uid},
		}}
	}
	texts := p.orders()
	texts[scriptName] = carry.Start
	list := []belonging{{"configmaps", object{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(p.name), "immutable": true, "data": texts,
	}}}
	for _, part := range p.parts {
		data := object{}
		for key, piece := range part.data {
			data[key] = base64.StdEncoding.EncodeToString(piece)
		}
		list = append(list, belonging{"configmaps", object{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(part.name), "immutable": true, "binaryData": data,
		}})
	}
	if len(p.secret) > 0 {
		data := object{}
		for _, e := range p.secret {
			data[e.Name] = base64.StdEncoding.EncodeToString([]byte(e.Value))
		}
		list = append(list, belonging{"secrets", object{
			"apiVersion": "v1", "kind": "Secret", "metadata": meta(p.name), "type": "Opaque", "data": data,
		}})
	}
	if p.task.Nodes > 1 {
		list = append(list, belonging{"services", object{
			"apiVersion": "v1", "kind": "Service", "metadata": meta(p.name),
			"spec": object{
				"clusterIP": "None", "publishNotReadyAddresses": true,
				"selector": object{"batch.kubernetes.io/job-name": p.name},
			},
		}})
	}
	return list
}

// A belonging is an object beside the Job.
type belonging struct {
	kind     string // as in its path
	manifest object
}

// release is the patch that lets a made Job go: into its queue, or at once. It is
// refused where the Job is not in the making any more.
func (p *plan) release() []object {
	patch := []object{
		{"op": "test", "path": "/metadata/annotations/" + pointer(stageNote), "value": making},
		{"op": "replace", "path": "/metadata/annotations/" + pointer(stageNote), "value": made},
	}
	if p.o.Queue != "" {
		return append(patch, object{"op": "add", "path": "/metadata/labels/" + pointer(queueLabel), "value": p.o.Queue})
	}
	return append(patch, object{"op": "replace", "path": "/spec/suspend", "value": false})
}

// pointer escapes a key for a JSON pointer (RFC 6901).
func pointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
