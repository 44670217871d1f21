package kubernetes

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"trainyard/launch/backend/carry"
	"trainyard/launch/backend/carry/inside"
)

// Options are what the settings say of a place of this kind. Names that a user
// invents are values, never keys: NAME=VALUE in lists.
type Options struct {
	Kubeconfig     string   `json:"kubeconfig"`      // empty: $KUBECONFIG, ~/.kube/config, or the pod's service account
	Context        string   `json:"context"`         // empty: the current one
	Namespace      string   `json:"namespace"`       // empty: that of the context, else default
	Image          string   `json:"image"`           // of the trainer; by digest, so that every attempt has the same
	PullSecrets    []string `json:"pull_secrets"`    // names of Secrets of the registry
	GPU            string   `json:"gpu_resource"`    // empty: nvidia.com/gpu
	CPU            string   `json:"cpu"`             // requested, as 16 or 500m
	Memory         string   `json:"memory"`          // requested and the limit, as 200Gi
	Shm            string   `json:"shm"`             // size of /dev/shm, as 64Gi; empty: the runtime's, mostly 64 MiB
	NodeSelector   []string `json:"node_selector"`   // KEY=VALUE
	Tolerations    []string `json:"tolerations"`     // KEY, KEY:EFFECT, KEY=VALUE or KEY=VALUE:EFFECT
	ServiceAccount string   `json:"service_account"` // of the pods
	PriorityClass  string   `json:"priority_class"`  // of the pods
	Queue          string   `json:"queue"`           // a LocalQueue of Kueue
	Labels         []string `json:"labels"`          // KEY=VALUE, on the Job and its pods
	Secrets        []string `json:"secrets"`         // names of Secrets there, whose keys become variables
	Pass           []string `json:"pass"`            // variables of this environment that a Secret of the attempt takes along
	Mounts         []Mount  `json:"mounts"`
	Runs           string   `json:"runs"`      // directory, on a mount, for attempts and their checkpoints
	Ephemeral      bool     `json:"ephemeral"` // attempts lie in the pod and go with it
	Self           string   `json:"self"`      // the trainyard program in the image, for the smoke trainer
	Arch           string   `json:"arch"`      // of the nodes, amd64 or arm64; empty: as node_selector says, else amd64
	Agent          string   `json:"agent"`     // path of the agent in the image; empty: it goes along, 1.5 MB in ConfigMaps
}

// A Mount is a volume in the pods.
type Mount struct {
	Claim    string `json:"claim"`     // a PersistentVolumeClaim, or
	Host     string `json:"host"`      // a directory of the node
	Path     string `json:"path"`      // in the pod
	SubPath  string `json:"sub_path"`  // below the volume's root
	Local    string `json:"local"`     // where the same files are seen here; empty: nowhere
	ReadOnly bool   `json:"read_only"` // in the pod
}

// check reports every fault, and fills in what has a default.
func (o *Options) check() error {
	var faults []error
	bad := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	if o.GPU == "" {
		o.GPU = "nvidia.com/gpu"
	}
	o.chooseArch()
	bad(o.Arch == "amd64" || o.Arch == "arm64", "arch is %q: there are agents for amd64 and arm64", o.Arch)
	bad(o.Agent == "" || path.IsAbs(o.Agent), "agent is %q: give the absolute path of the agent in the image", o.Agent)
	bad(o.Image != "", "image is missing: name the container image that has the trainer, best by digest (NAME@sha256:…)")
	bad(o.Runs != "" || o.Ephemeral, "checkpoints would go with the pod: give runs: a directory on one of the mounts, or say ephemeral: true")
	bad(o.Runs == "" || !o.Ephemeral, "runs and ephemeral: true contradict each other: give one")
	bad(o.Runs == "" || o.volumes().Hold(o.Runs), "runs is %q, which is on none of the mounts", o.Runs)
	for i, m := range o.Mounts {
		bad((m.Claim == "") != (m.Host == ""), "mounts[%d]: give claim (a PersistentVolumeClaim) or host (a directory of the node)", i)
		bad(path.IsAbs(m.Path) && path.Clean(m.Path) == m.Path && m.Path != "/", "mounts[%d]: path is %q: give a clean absolute path in the pod", i, m.Path)
		bad(!carry.Within(m.Path, inside.Home), "mounts[%d]: path %q: %s is used by trainyard itself", i, m.Path, inside.Home)
		bad(m.Local == "" || filepath.IsAbs(m.Local), "mounts[%d]: local is %q: give an absolute path here", i, m.Local)
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"node_selector", o.NodeSelector}, {"labels", o.Labels}} {
		for _, pair := range list.values {
			key, _, ok := strings.Cut(pair, "=")
			bad(ok && key != "", "%s: %q is no KEY=VALUE", list.name, pair)
		}
	}
	for _, t := range o.Tolerations {
		_, err := toleration(t)
		bad(err == nil, "tolerations: %v", err)
	}
	for _, q := range []struct{ name, value string }{{"cpu", o.CPU}, {"memory", o.Memory}, {"shm", o.Shm}} {
		bad(q.value == "" || quantity.MatchString(q.value), "%s is %q: give a quantity such as 16 or 200Gi", q.name, q.value)
	}
	for _, name := range o.Pass {
		bad(variable.MatchString(name), "pass: %q is no name of a variable", name)
	}
	return errors.Join(faults...)
}

// archLabel is a label that every kubelet gives its node.
const archLabel = "kubernetes.io/arch"

// chooseArch keeps the pods of an agent that goes along on nodes that it runs on.
func (o *Options) chooseArch() {
	for _, pair := range o.NodeSelector {
		if arch, ok := strings.CutPrefix(pair, archLabel+"="); ok {
			o.Arch = cmp.Or(o.Arch, arch)
			return
		}
	}
	o.Arch = cmp.Or(o.Arch, "amd64")
	if o.Agent == "" {
		o.NodeSelector = append(slices.Clone(o.NodeSelector), archLabel+"="+o.Arch)
	}
}

var (
	// quantity has the units of the cluster (apimachinery, resource.Quantity).
	quantity = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$`)
	variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// byDigest reports whether an image is the same whenever it is pulled.
func byDigest(image string) bool { return strings.Contains(image, "@sha256:") }

// volumes are the mounts as files are looked for on them.
func (o *Options) volumes() carry.Volumes {
	var all carry.Volumes
	for _, m := range o.Mounts {
		all = append(all, carry.Volume{There: m.Path, Here: m.Local})
	}
	return all
}

// toleration reads the short form.
func toleration(text string) (object, error) {
	rest, effect, _ := strings.Cut(text, ":")
	key, value, equal := strings.Cut(rest, "=")
	switch effect {
	case "", "NoSchedule", "PreferNoSchedule", "NoExecute":
	default:
		return nil, fmt.Errorf("%q: the effect is %q: give NoSchedule, PreferNoSchedule or NoExecute", text, effect)
	}
	if key == "" {
		return nil, fmt.Errorf("%q has no key: give KEY, KEY:EFFECT, KEY=VALUE or KEY=VALUE:EFFECT", text)
	}
	t := object{"key": key, "operator": "Exists"}
	if equal {
		t["operator"], t["value"] = "Equal", value
	}
	if effect != "" {
		t["effect"] = effect
	}
	return t, nil
}
