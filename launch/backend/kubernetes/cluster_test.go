//go:build linux

package kubernetes

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/launch/backend/backendtest"
)

// binaries is the variable that names a directory with etcd, kube-apiserver,
// kube-controller-manager and kube-scheduler; .ci/kube makes one.
const binaries = "TRAINYARD_KUBE_BIN"

// A controlPlane is a real cluster whose one node is a kubelet of this test: it runs
// the pods' commands as processes in namespaces of their own.
type controlPlane struct {
	dir        string
	kubeconfig string
	client     *client
	stop       []func()
}

var plane = sync.OnceValues(startPlane)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "act" {
		backendtest.Main(m, nil)
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	code := m.Run()
	if os.Getenv(binaries) != "" {
		if p, err := plane(); err == nil {
			p.end()
		}
	}
	os.Exit(code)
}

// onCluster is the control plane, started for the first test that wants it.
func onCluster(t *testing.T) *controlPlane {
	t.Helper()
	if os.Getenv(binaries) == "" {
		t.Skipf("SKIPPED: %s names no directory of Kubernetes' binaries; .ci/kube builds them and runs this", binaries)
	}
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: the node of this test makes namespaces, for which it has to be root")
	}
	p, err := plane()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func startPlane() (p *controlPlane, err error) {
	dir, err := os.MkdirTemp("", "trainyard-kube-")
	if err != nil {
		return nil, err
	}
	p = &controlPlane{dir: dir, kubeconfig: filepath.Join(dir, "kubeconfig")}
	defer func() {
		if err != nil {
			p.end()
		}
	}()
	if err := serviceAccountKey(dir); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "tokens.csv"), []byte("t0ken,admin,1,system:masters\nweak,nobody,2\n"), 0o600); err != nil {
		return nil, err
	}
	db, peer, api := freePort(), freePort(), freePort()
	p.run("etcd", "--data-dir="+dir+"/etcd", "--unsafe-no-fsync", "--listen-client-urls=http://127.0.0.1:"+db, "--advertise-client-urls=http://127.0.0.1:"+db,
		"--listen-peer-urls=http://127.0.0.1:"+peer, "--initial-advertise-peer-urls=http://127.0.0.1:"+peer, "--initial-cluster=default=http://127.0.0.1:"+peer)
	p.run("kube-apiserver", "--etcd-servers=http://127.0.0.1:"+db, "--bind-address=127.0.0.1", "--secure-port="+api, "--cert-dir="+dir+"/certs",
		"--service-account-key-file="+dir+"/sa.key", "--service-account-signing-key-file="+dir+"/sa.key", "--service-account-issuer=https://kubernetes.default.svc",
		"--token-auth-file="+dir+"/tokens.csv", "--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24",
		"--disable-admission-plugins=ServiceAccount,TaintNodesByCondition", "--kubelet-preferred-address-types=InternalIP")
	if err := p.configure("https://127.0.0.1:" + api); err != nil {
		return nil, err
	}
	p.run("kube-controller-manager", "--kubeconfig="+p.kubeconfig, "--leader-elect=false", "--secure-port=0",
		"--controllers=job-controller,garbage-collector-controller,pod-garbage-collector-controller")
	p.run("kube-scheduler", "--kubeconfig="+p.kubeconfig, "--leader-elect=false", "--secure-port=0")
	k, err := startKubelet(p, "box", 8)
	if err != nil {
		return nil, err
	}
	p.stop = append(p.stop, k.end)
	return p, nil
}

// configure writes the kubeconfig once the API server has its certificate and
// answers.
func (p *controlPlane) configure(server string) error {
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: test
clusters:
- name: test
  cluster: {server: %q, certificate-authority: certs/apiserver.crt}
users:
- name: admin
  user: {token: t0ken}
- name: nobody
  user: {token: weak}
contexts:
- name: test
  context: {cluster: test, user: admin}
- name: weak
  context: {cluster: test, user: nobody}
`, server)
	if err := os.WriteFile(p.kubeconfig, []byte(text), 0o600); err != nil {
		return err
	}
	var err error
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		var c connection
		if c, err = connect(Options{Kubeconfig: p.kubeconfig}); err != nil {
			continue
		}
		c.namespace = "default"
		p.client = newClient(c)
		answer, failed := p.client.open(background(), http.MethodGet, "/readyz", "", nil)
		if err = failed; err == nil {
			return answer.Close()
		}
	}
	return fmt.Errorf("the API server does not answer (see %s): %w", p.dir, err)
}

func (p *controlPlane) run(name string, args ...string) {
	cmd := exec.Command(filepath.Join(os.Getenv(binaries), name), args...)
	log, err := os.Create(filepath.Join(p.dir, name+".log"))
	if err == nil {
		cmd.Stdout, cmd.Stderr = log, log
		err = cmd.Start()
	}
	if err != nil {
		panic(err)
	}
	p.stop = append(p.stop, func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		log.Close()
	})
}

func (p *controlPlane) end() {
	for i := len(p.stop) - 1; i >= 0; i-- {
		p.stop[i]()
	}
	os.RemoveAll(p.dir)
}

func serviceAccountKey(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "sa.key"), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}

func freePort() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	_, port, _ := strings.Cut(l.Addr().String(), ":")
	return port
}
