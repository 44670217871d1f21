//go:build linux

package kubernetes

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func background() context.Context { return context.Background() }

// A kubelet is the node of the test: real processes, in mount and PID namespaces of
// their own, for the containers of real pods. The machine's own programs are the
// image. What it does not do: it knows only the volumes that this package makes.
type kubelet struct {
	plane  *controlPlane
	node   string
	dir    string
	server *http.Server
	done   chan struct{}

	mu   sync.Mutex
	pods map[string]*runningPod // by uid
}

type runningPod struct {
	k    *kubelet
	spec podManifest
	dir  string

	mu         sync.Mutex
	logs       map[string]*criLog
	containers map[string]*exec.Cmd
	statuses   map[string]object
	phase      string
	ended      bool
}

// A podManifest is what the kubelet reads of a pod.
type podManifest struct {
	Metadata struct {
		metadata
		Grace int `json:"deletionGracePeriodSeconds"`
	} `json:"metadata"`
	Spec struct {
		Hostname   string              `json:"hostname"`
		Containers []containerManifest `json:"containers"`
		Inits      []containerManifest `json:"initContainers"`
		Volumes    []struct {
			Name      string    `json:"name"`
			EmptyDir  *struct{} `json:"emptyDir"`
			Projected *struct {
				Sources []struct {
					ConfigMap struct{ Name string } `json:"configMap"`
				} `json:"sources"`
			} `json:"projected"`
			Downward *struct {
				Items []struct {
					Path  string `json:"path"`
					Field struct {
						Path string `json:"fieldPath"`
					} `json:"fieldRef"`
				} `json:"items"`
			} `json:"downwardAPI"`
			Host *struct {
				Path string `json:"path"`
			} `json:"hostPath"`
		} `json:"volumes"`
		Grace int `json:"terminationGracePeriodSeconds"`
	} `json:"spec"`
}

type containerManifest struct {
	Name    string   `json:"name"`
	Image   string   `json:"image"`
	Restart string   `json:"restartPolicy"`
	Command []string `json:"command"`
	Args    []string `json:"args"`
	Env     []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
		From  *struct {
			Secret *struct{ Name, Key string } `json:"secretKeyRef"`
			Field  *struct {
				Path string `json:"fieldPath"`
			} `json:"fieldRef"`
		} `json:"valueFrom"`
	} `json:"env"`
	EnvFrom []struct {
		Secret struct{ Name string } `json:"secretRef"`
	} `json:"envFrom"`
	Resources struct {
		Limits map[string]string `json:"limits"`
	} `json:"resources"`
	Mounts []struct {
		Name    string `json:"name"`
		Path    string `json:"mountPath"`
		SubPath string `json:"subPath"`
	} `json:"volumeMounts"`
}

func startKubelet(p *controlPlane, node string, gpus int) (*kubelet, error) {
	k := &kubelet{plane: p, node: node, dir: filepath.Join(p.dir, "node"), done: make(chan struct{}), pods: map[string]*runningPod{}}
	listener, err := k.listen()
	if err != nil {
		return nil, err
	}
	go func() { _ = k.server.ServeTLS(listener, "", "") }()
	_, port, _ := strings.Cut(listener.Addr().String(), ":")
	number, _ := strconv.Atoi(port)
	room := object{"cpu": "64", "memory": "512Gi", "pods": "200", "nvidia.com/gpu": strconv.Itoa(gpus), "ephemeral-storage": "100Gi"}
	err = p.client.do(background(), "POST", "/api/v1/nodes", asJSON, object{"apiVersion": "v1", "kind": "Node",
		"metadata": object{"name": node, "labels": object{"kubernetes.io/hostname": node, "kubernetes.io/arch": runtime.GOARCH, "gpu": "h100"}}}, nil)
	if err != nil {
		return nil, err
	}
	err = p.client.do(background(), "PATCH", "/api/v1/nodes/"+node+"/status", asMerge, object{"status": object{
		"capacity": room, "allocatable": room, "addresses": []object{{"type": "InternalIP", "address": "127.0.0.1"}},
		"daemonEndpoints": object{"kubeletEndpoint": object{"Port": number}},
		"conditions":      []object{{"type": "Ready", "status": "True", "reason": "Test", "lastHeartbeatTime": now(), "lastTransitionTime": now()}},
	}}, nil)
	if err == nil {
		go k.loop()
	}
	return k, err
}

func (k *kubelet) end() {
	close(k.done)
	_ = k.server.Close() // nothing is asked any more
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range k.pods {
		p.kill(syscall.SIGKILL)
	}
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }

// loop looks at the node's pods again and again, as a watch would.
func (k *kubelet) loop() {
	for {
		select {
		case <-k.done:
			return
		case <-time.After(50 * time.Millisecond):
		}
		var list struct {
			Items []podManifest `json:"items"`
		}
		err := k.plane.client.do(background(), "GET", "/api/v1/pods?fieldSelector=spec.nodeName="+k.node, "", nil, &list)
		if err != nil {
			continue
		}
		for _, spec := range list.Items {
			k.sync(spec)
		}
	}
}

func (k *kubelet) sync(spec podManifest) {
	k.mu.Lock()
	p, known := k.pods[spec.Metadata.UID]
	if !known {
		p = &runningPod{k: k, spec: spec, dir: filepath.Join(k.dir, spec.Metadata.UID), phase: "Pending",
			logs: map[string]*criLog{}, containers: map[string]*exec.Cmd{}, statuses: map[string]object{}}
		k.pods[spec.Metadata.UID] = p
	}
	k.mu.Unlock()
	if !known {
		go p.start()
		return
	}
	p.downward(spec.Metadata.Annotations)
	if !spec.Metadata.DeletedAt.IsZero() {
		go p.terminate(time.Duration(spec.Metadata.Grace) * time.Second)
	}
}

// start makes the volumes, waiting for ConfigMaps as a kubelet does, and runs the
// containers to their end.
func (p *runningPod) start() {
	if strings.HasPrefix(p.spec.Spec.Containers[0].Image, "missing") {
		p.waiting("ImagePullBackOff", "Back-off pulling image")
		return
	}
	for {
		err := p.volumes()
		if err == nil {
			break
		}
		p.waiting("ContainerCreating", err.Error())
		select {
		case <-p.k.done:
			return
		case <-time.After(100 * time.Millisecond):
		}
		if p.over() {
			return
		}
	}
	for _, c := range p.spec.Spec.Inits {
		go p.container(c)
	}
	p.mu.Lock()
	if p.ended { // it is deleted
		p.mu.Unlock()
		return
	}
	p.phase = "Running"
	p.mu.Unlock()
	code := p.container(p.spec.Spec.Containers[0])
	for _, c := range p.spec.Spec.Inits { // those that go on beside it end with it
		p.signal(c.Name, syscall.SIGTERM)
	}
	for _, c := range p.spec.Spec.Inits {
		for range 100 {
			p.mu.Lock()
			terminated := p.statuses[c.Name]["terminated"]
			p.mu.Unlock()
			if terminated != nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	p.mu.Lock()
	p.phase = map[bool]string{true: "Succeeded", false: "Failed"}[code == 0]
	p.ended = true
	p.mu.Unlock()
	p.report()
}

func (p *runningPod) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

func (p *runningPod) waiting(reason, message string) {
	p.mu.Lock()
	for _, c := range p.spec.Spec.Containers {
		p.statuses[c.Name] = object{"waiting": object{"reason": reason, "message": message}}
	}
	p.mu.Unlock()
	p.report()
}

func (p *runningPod) volumes() error {
	for _, v := range p.spec.Spec.Volumes {
		dir := filepath.Join(p.dir, v.Name)
		if v.Host != nil {
			continue
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if v.Projected == nil {
			continue
		}
		for _, s := range v.Projected.Sources {
			var m struct {
				Data   map[string]string `json:"data"`
				Binary map[string]string `json:"binaryData"`
			}
			if err := p.get("configmaps/"+s.ConfigMap.Name, &m); err != nil {
				return err
			}
			for name, text := range m.Data {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					return err
				}
			}
			for name, text := range m.Binary {
				data, err := base64.StdEncoding.DecodeString(text)
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, name), data, 0o644)
				}
				if err != nil {
					return err
				}
			}
		}
	}
	p.downward(p.spec.Metadata.Annotations)
	return nil
}

func (p *runningPod) get(path string, into any) error {
	return p.k.plane.client.do(background(), "GET", "/api/v1/namespaces/"+p.spec.Metadata.Namespace+"/"+path, "", nil, into)
}

func annotationOf(field string) string {
	_, rest, _ := strings.Cut(field, "['")
	return strings.TrimSuffix(rest, "']")
}

func (p *runningPod) downward(annotations map[string]string) {
	for _, v := range p.spec.Spec.Volumes {
		if v.Downward == nil {
			continue
		}
		for _, item := range v.Downward.Items {
			file := filepath.Join(p.dir, v.Name, item.Path)
			text := annotations[annotationOf(item.Field.Path)]
			if old, err := os.ReadFile(file); err == nil && string(old) == text {
				continue
			}
			_ = os.WriteFile(file+"~", []byte(text), 0o644)
			_ = os.Rename(file+"~", file)
		}
	}
}

// expand puts values in the place of $(NAME), as a kubelet does
// (third_party/forked/golang/expansion).
func expand(text string, values map[string]string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '$' || i+1 >= len(text) {
			b.WriteByte(text[i])
			continue
		}
		switch end := strings.IndexByte(text[i:], ')'); {
		case text[i+1] == '$':
			b.WriteByte('$')
			i++
		case text[i+1] == '(' && end > 0:
			name := text[i+2 : i+end]
			if value, ok := values[name]; ok {
				b.WriteString(value)
			} else {
				b.WriteString(text[i : i+end+1])
			}
			i += end
		default:
			b.WriteByte('$')
		}
	}
	return b.String()
}

func (p *runningPod) environ(c containerManifest) ([]string, map[string]string, error) {
	values := map[string]string{}
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=/root", "HOSTNAME=" + p.spec.Spec.Hostname}
	add := func(name, value string) {
		values[name] = value
		env = append(env, name+"="+value)
	}
	secret := func(name string) (map[string]string, error) {
		var s struct {
			Data map[string]string `json:"data"`
		}
		if err := p.get("secrets/"+name, &s); err != nil {
			return nil, err
		}
		for key, text := range s.Data {
			data, _ := base64.StdEncoding.DecodeString(text)
			s.Data[key] = string(data)
		}
		return s.Data, nil
	}
	for _, from := range c.EnvFrom {
		data, err := secret(from.Secret.Name)
		if err != nil {
			return nil, nil, err
		}
		for key, value := range data {
			add(key, value)
		}
	}
	for _, e := range c.Env {
		switch {
		case e.From == nil:
			add(e.Name, expand(e.Value, values))
		case e.From.Secret != nil:
			data, err := secret(e.From.Secret.Name)
			if err != nil {
				return nil, nil, err
			}
			add(e.Name, data[e.From.Secret.Key])
		default:
			add(e.Name, p.spec.Metadata.Annotations[annotationOf(e.From.Field.Path)])
		}
	}
	return env, values, nil
}

// container runs one to its end, as process 1 of its own namespaces.
func (p *runningPod) container(c containerManifest) int {
	env, values, err := p.environ(c)
	for err != nil {
		p.waiting("CreateContainerConfigError", err.Error())
		time.Sleep(100 * time.Millisecond)
		if p.over() {
			return -1
		}
		env, values, err = p.environ(c)
	}
	root := filepath.Join(p.dir, "root-"+c.Name)
	last := filepath.Join(p.dir, "last-"+c.Name)
	if err := os.MkdirAll(root, 0o755); err != nil {
		panic(err)
	}
	if err := os.WriteFile(last, nil, 0o666); err != nil {
		panic(err)
	}
	binds := []string{}
	for _, m := range c.Mounts {
		for _, v := range p.spec.Spec.Volumes {
			if v.Name == m.Name {
				from := filepath.Join(p.dir, v.Name)
				if v.Host != nil {
					from = v.Host.Path
				}
				binds = append(binds, filepath.Join(from, m.SubPath), m.Path)
			}
		}
	}
	group, at, unmake := memoryGroup(p.spec.Metadata.UID+"-"+c.Name, c.Resources.Limits["memory"])
	defer unmake()
	args := []string{"-c", enter, "enter", root, last, group, at, strconv.Itoa(len(binds))}
	args = append(args, binds...)
	for _, a := range append(append([]string{}, c.Command...), c.Args...) {
		args = append(args, expand(a, values))
	}
	cmd := exec.Command("/bin/bash", args...)
	cmd.Env = env
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID}
	log := &criLog{}
	cmd.Stdout, cmd.Stderr = log, log
	p.mu.Lock()
	if p.ended {
		p.mu.Unlock()
		return -1
	}
	if err := cmd.Start(); err != nil {
		p.mu.Unlock()
		panic(err)
	}
	p.logs[c.Name], p.containers[c.Name] = log, cmd
	started := now()
	p.statuses[c.Name] = object{"running": object{"startedAt": started}}
	p.mu.Unlock()
	p.report()
	_ = cmd.Wait() // the state says it better
	log.close()
	code := cmd.ProcessState.ExitCode()
	if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signaled() {
		code = 128 + int(ws.Signal())
	}
	message, _ := os.ReadFile(last)
	reason := map[bool]string{true: "Completed", false: "Error"}[code == 0]
	p.mu.Lock()
	p.statuses[c.Name] = object{"terminated": object{"exitCode": code, "reason": reason, "message": string(message),
		"startedAt": started, "finishedAt": now()}}
	p.mu.Unlock()
	return code
}

// memoryGroup is the control group of a container with a limit, and where the container
// sees it; empty where there is none, or the machine lets us make none.
func memoryGroup(name, limit string) (group, at string, unmake func()) {
	unmake = func() {}
	own, err := os.ReadFile("/proc/self/cgroup")
	mega, ok := strings.CutSuffix(limit, "Mi")
	if err != nil || !ok {
		return "", "", unmake
	}
	for line := range strings.Lines(string(own)) {
		parts, file := strings.SplitN(strings.TrimSpace(line), ":", 3), ""
		switch {
		case parts[1] == "memory":
			at, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		case parts[0] == "0":
			at, file = "/sys/fs/cgroup", "memory.max"
		default:
			continue
		}
		group = filepath.Join(at, parts[2], "trainyard-"+name)
		if os.Mkdir(group, 0o700) != nil {
			continue
		}
		if os.WriteFile(filepath.Join(group, file), []byte(mega+"M"), 0o600) == nil {
			return group, at, func() { _ = os.Remove(group) } // empty by now
		}
		_ = os.Remove(group)
	}
	return "", "", unmake
}

// enter makes a root with the machine's programs and the pod's volumes.
const enter = `set -e
trap "exit 143" TERM
root=$1 last=$2 group=$3 at=$4 n=$5; shift 5
mount --make-rprivate /
mount -t tmpfs tmpfs "$root"
if [ -n "$group" ]; then echo 0 >"$group/cgroup.procs"; mkdir -p "$root$at"; mount --bind "$group" "$root$at"; fi
for d in /bin /sbin /lib /lib32 /lib64 /usr /etc /opt /root /tmp /work /var; do
	if [ -L $d ]; then cp -a $d "$root$d"; elif [ -d $d ]; then mkdir "$root$d"; mount --rbind $d "$root$d"; fi
done
mkdir -p "$root/dev" "$root/proc"
mount -t proc proc "$root/proc"
for d in null zero full random urandom; do touch "$root/dev/$d"; mount --bind /dev/$d "$root/dev/$d"; done
ln -s /proc/self/fd "$root/dev/fd"
touch "$root/dev/termination-log"; mount --bind "$last" "$root/dev/termination-log"
while [ "$n" -gt 0 ]; do mkdir -p "$root$2"; mount --bind "$1" "$root$2"; shift 2; n=$((n-2)); done
exec chroot "$root" "$@"`

// report puts the pod's status into the cluster.
func (p *runningPod) report() {
	p.mu.Lock()
	ready := map[bool]string{true: "True", false: "False"}[p.phase == "Running"]
	list := func(cs []containerManifest) []object {
		out := []object{}
		for _, c := range cs {
			out = append(out, object{"name": c.Name, "image": c.Image, "imageID": "", "ready": p.phase == "Running", "restartCount": 0, "state": p.statuses[c.Name]})
		}
		return out
	}
	status := object{"phase": p.phase, "startTime": now(), "containerStatuses": list(p.spec.Spec.Containers), "initContainerStatuses": list(p.spec.Spec.Inits)}
	p.mu.Unlock()
	path := "/api/v1/namespaces/" + p.spec.Metadata.Namespace + "/pods/" + p.spec.Metadata.Name + "/status"
	err := p.k.plane.client.do(background(), "PATCH", path, "application/strategic-merge-patch+json", object{"metadata": object{"uid": p.spec.Metadata.UID}, "status": object{
		"phase": status["phase"], "startTime": status["startTime"], "containerStatuses": status["containerStatuses"], "initContainerStatuses": status["initContainerStatuses"],
		"conditions": []object{{"type": "Ready", "status": ready, "lastTransitionTime": now()}},
	}}, nil)
	if err != nil && !answered(err, 404) && !answered(err, 409) {
		fmt.Fprintln(os.Stderr, "kubelet: report:", err)
	}
}

func (p *runningPod) signal(name string, sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cmd := p.containers[name]; cmd != nil {
		_ = cmd.Process.Signal(sig)
	}
}

func (p *runningPod) kill(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, cmd := range p.containers {
		_ = cmd.Process.Signal(sig)
	}
}

// terminate is what a kubelet does to a pod that is being deleted.
func (p *runningPod) terminate(grace time.Duration) {
	p.mu.Lock()
	first := p.containers["terminating"] == nil
	p.containers["terminating"] = &exec.Cmd{Process: &os.Process{Pid: -1}}
	unstarted := p.logs[p.spec.Spec.Containers[0].Name] == nil
	if unstarted { // a kubelet gives every pod that is not started again an end (since 1.27)
		p.ended, p.phase = true, "Failed"
	}
	p.mu.Unlock()
	if !first {
		return
	}
	if unstarted {
		p.report()
	} else {
		p.signal(p.spec.Spec.Containers[0].Name, syscall.SIGTERM)
		for deadline := time.Now().Add(grace); !p.over() && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		}
		p.kill(syscall.SIGKILL)
		for !p.over() {
			time.Sleep(20 * time.Millisecond)
		}
	}
	path := "/api/v1/namespaces/" + p.spec.Metadata.Namespace + "/pods/" + p.spec.Metadata.Name
	_ = p.k.plane.client.do(background(), "DELETE", path, asJSON, object{"gracePeriodSeconds": 0, "preconditions": object{"uid": p.spec.Metadata.UID}}, nil)
}

// A criLog keeps lines with the times they came at.
type criLog struct {
	mu    sync.Mutex
	lines []logLine
	rest  []byte
}

type logLine struct {
	at   time.Time
	text string
}

func (l *criLog) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, data...)
	for {
		i := bytes.IndexByte(l.rest, '\n')
		if i < 0 {
			return len(data), nil
		}
		l.lines = append(l.lines, logLine{time.Now(), string(l.rest[:i])})
		l.rest = append([]byte{}, l.rest[i+1:]...)
	}
}

func (l *criLog) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.lines = append(l.lines, logLine{time.Now(), string(l.rest)})
		l.rest = nil
	}
}

// listen serves logs where the API server asks its kubelets for them.
func (k *kubelet) listen() (net.Listener, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	k.server = &http.Server{
		Handler:   http.HandlerFunc(k.serveLogs),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		ErrorLog:  nil,
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// serveLogs answers /containerLogs/NAMESPACE/POD/CONTAINER.
func (k *kubelet) serveLogs(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.URL.Path, "/")
	if len(parts) != 5 || parts[1] != "containerLogs" {
		http.NotFound(w, r)
		return
	}
	var log *criLog
	k.mu.Lock()
	for _, p := range k.pods {
		if p.spec.Metadata.Namespace == parts[2] && p.spec.Metadata.Name == parts[3] {
			p.mu.Lock()
			log = p.logs[parts[4]]
			p.mu.Unlock()
		}
	}
	k.mu.Unlock()
	if log == nil {
		http.Error(w, "container is not there", http.StatusNotFound)
		return
	}
	query := r.URL.Query()
	since, _ := time.Parse(time.RFC3339, query.Get("sinceTime"))
	limit, err := strconv.ParseInt(query.Get("limitBytes"), 10, 64)
	if err != nil {
		limit = 1 << 40
	}
	log.mu.Lock()
	defer log.mu.Unlock()
	out := bufio.NewWriter(w)
	defer func() { _ = out.Flush() }() // a reader that is gone reads nothing
	to := io.Writer(&limitedWriter{out, limit})
	for _, line := range log.lines {
		if line.at.Before(since) {
			continue
		}
		if query.Get("timestamps") == "true" {
			fmt.Fprintf(to, "%s ", line.at.Format(time.RFC3339Nano))
		}
		fmt.Fprintln(to, line.text)
	}
}

type limitedWriter struct {
	to   io.Writer
	left int64
}

func (l *limitedWriter) Write(data []byte) (int, error) {
	n := min(int64(len(data)), l.left)
	l.left -= n
	if _, err := l.to.Write(data[:n]); err != nil {
		return 0, err
	}
	return len(data), nil
}
