package kubernetes

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"trainyard/launch"
)

// An authority puts the caller's credentials on a request. stale is told after the
// server has refused them, so that they are asked for again.
type authority interface {
	sign(ctx context.Context, r *http.Request) error
	stale()
}

// authority chooses as kubectl does: a token before its file, before name and
// password, before an exec plugin.
func (u user) authority(c cluster, dir string) (authority, error) {
	switch {
	case u.TokenFile != "" && u.Token == "":
		return tokenFile(beside(dir, u.TokenFile)), nil
	case u.Token != "":
		return header("Bearer " + u.Token), nil
	case u.Username != "":
		return header("Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username+":"+u.Password))), nil
	case u.Exec != nil:
		return u.Exec.ready(c, dir)
	}
	return header(""), nil
}

// A header is the same in every request.
type header string

func (h header) sign(_ context.Context, r *http.Request) error {
	if h != "" {
		r.Header.Set("Authorization", string(h))
	}
	return nil
}

func (header) stale() {}

// A tokenFile is read at every request: a pod's token is replaced while it runs.
type tokenFile string

func (f tokenFile) sign(_ context.Context, r *http.Request) error {
	text, err := os.ReadFile(string(f))
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(text)))
	return nil
}

func (tokenFile) stale() {}

// An execPlugin is a program that prints an ExecCredential, such as `aws eks
// get-token` and gke-gcloud-auth-plugin (client-go, pkg/apis/clientauthentication).
type execPlugin struct {
	APIVersion string   `yaml:"apiVersion"`
	Command    string   `yaml:"command"`
	Args       []string `yaml:"args"`
	Env        []struct {
		Name  string `yaml:"name"`
		Value string `yaml:"value"`
	} `yaml:"env"`
	InstallHint string `yaml:"installHint"`
	Provides    bool   `yaml:"provideClusterInfo"`
	Mode        string `yaml:"interactiveMode"`

	cluster cluster
	dir     string

	asking  sync.Mutex
	token   string
	expires time.Time // zero: it does not say
}

func (p *execPlugin) ready(c cluster, dir string) (authority, error) {
	switch {
	case p.Command == "":
		return nil, errors.New("the exec plugin has no command")
	case p.Mode == "Always":
		return nil, fmt.Errorf("the exec plugin %s wants a terminal (interactiveMode: Always), which a run in the background has not", p.Command)
	}
	p.cluster, p.dir = c, dir
	return p, nil
}

// early is how long before its end a token is replaced.
const early = time.Minute

func (p *execPlugin) sign(ctx context.Context, r *http.Request) error {
	p.asking.Lock()
	defer p.asking.Unlock()
	if p.token == "" || !p.expires.IsZero() && time.Now().Add(early).After(p.expires) {
		if err := p.ask(ctx); err != nil {
			return err
		}
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	return nil
}

func (p *execPlugin) stale() {
	p.asking.Lock()
	defer p.asking.Unlock()
	p.token = ""
}

// An execCredential is what goes in by KUBERNETES_EXEC_INFO and comes out.
type execCredential struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Spec       object `json:"spec"`
	Status     struct {
		Token   string    `json:"token"`
		Cert    string    `json:"clientCertificateData"`
		Expires time.Time `json:"expirationTimestamp"`
	} `json:"status,omitzero"`
}

func (p *execPlugin) ask(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, p.program(), p.Args...)
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "KUBERNETES_EXEC_INFO="+p.info())
	for _, e := range p.Env {
		cmd.Env = append(cmd.Env, e.Name+"="+e.Value)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("exec plugin %s: %w: %s %s", p.Command, err, clip(launch.Redact(strings.TrimSpace(stderr.String())), 400), p.InstallHint)
	}
	var answer execCredential
	if err := json.Unmarshal(out, &answer); err != nil {
		return fmt.Errorf("exec plugin %s: its answer is no ExecCredential: %w", p.Command, err)
	}
	if answer.Status.Token == "" {
		return fmt.Errorf("exec plugin %s gave no token; client certificates of plugins are not supported", p.Command)
	}
	p.token, p.expires = answer.Status.Token, answer.Status.Expires
	return nil
}

// program is found as kubectl does: a path with a separator from the kubeconfig's
// directory, a bare name on PATH.
func (p *execPlugin) program() string {
	if strings.ContainsRune(p.Command, filepath.Separator) {
		return beside(p.dir, p.Command)
	}
	return p.Command
}

func (p *execPlugin) info() string {
	version := p.APIVersion
	if version == "" {
		version = "client.authentication.k8s.io/v1"
	}
	spec := object{"interactive": false}
	if p.Provides {
		spec["cluster"] = object{"server": p.cluster.Server, "certificate-authority-data": p.cluster.CAData, "insecure-skip-tls-verify": p.cluster.Insecure}
	}
	text, err := json.Marshal(object{"apiVersion": version, "kind": "ExecCredential", "spec": spec})
	if err != nil {
		panic("kubernetes: " + err.Error()) // strings and booleans alone
	}
	return string(text)
}
