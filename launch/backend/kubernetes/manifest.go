package kubernetes

import (
	"cmp"
	"encoding/json"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/carry"
	"trainyard/launch/backend/carry/inside"
)

// Names of containers.
const (
	trainerContainer  = "trainer"
	progressContainer = "progress"
)

// scriptName is the file of carry.Start in the pod.
const scriptName = "start.sh"

// secrets are those of the command, and of this environment.
func (o *Options) secrets(task launch.Task) (all []launch.Env) {
	for _, e := range task.Command.Env {
		if e.Secret() && e.Value != "" {
			all = append(all, e)
		}
	}
	for _, name := range o.Pass {
		if value, ok := os.LookupEnv(name); ok {
			launch.KnowSecret(name, value)
			all = append(all, launch.Env{Name: name, Value: value})
		}
	}
	return all
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
	order.Command.Env = slices.Clone(order.Command.Env)
	for _, name := range p.o.Pass { // the box takes its value out of the log
		order.Command.Env = append(order.Command.Env, launch.Env{Name: name, Named: true})
	}
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
