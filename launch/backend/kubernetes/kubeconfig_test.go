package kubernetes

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// whoami is a server over TLS that says whom it was asked by.
func whoami(t *testing.T, refuse func(r *http.Request) bool) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuse != nil && refuse(r) {
			http.Error(w, `{"kind":"Status","reason":"Unauthorized","message":"no","code":401}`, http.StatusUnauthorized)
			return
		}
		who := r.Header.Get("Authorization")
		for _, c := range r.TLS.PeerCertificates {
			who += "certificate " + c.Subject.CommonName
		}
		fmt.Fprint(w, who)
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func asked(t *testing.T, o Options) (string, error) {
	t.Helper()
	c, err := connect(o)
	if err != nil {
		return "", err
	}
	body, err := newClient(c).open(t.Context(), http.MethodGet, "/who", "", nil)
	if err != nil {
		return "", err
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	return string(text), err
}

// write makes a kubeconfig with one user, in YAML, who trusts the server.
func writeConfig(t *testing.T, server *httptest.Server, user, more string) Options {
	t.Helper()
	dir := t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: main
preferences: {}
clusters:
- name: c
  cluster:
    server: %s
    certificate-authority-data: %s
    %s
users:
- name: u
  user:
    %s
contexts:
- name: main
  context: {cluster: c, user: u, namespace: training}
- name: broken
  context: {cluster: none, user: u}
`, server.URL, base64.StdEncoding.EncodeToString(ca), more, user)
	file := filepath.Join(dir, "config")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Options{Kubeconfig: file}
}

func certificate(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	template.Subject.CommonName = name
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

func TestUsersAreKnownByEveryKindOfCredential(t *testing.T) {
	server := whoami(t, nil)
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	if err := os.WriteFile(token, []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cert, key := certificate(t, "me")
	for user, want := range map[string]string{
		"token: typed":                 "Bearer typed",
		"tokenFile: " + token:          "Bearer from-a-file",
		"{}":                           "",
		"username: a\n    password: b": "Basic YTpi",
		"client-certificate-data: " + base64.StdEncoding.EncodeToString(cert) + "\n    client-key-data: " + base64.StdEncoding.EncodeToString(key): "certificate me",
	} {
		if got, err := asked(t, writeConfig(t, server, user, "")); err != nil || got != want {
			t.Errorf("%.20s…: %q, %v", user, got, err)
		}
	}
}

func TestCredentialsOfAPluginAreKeptUntilTheyEnd(t *testing.T) {
	var refused atomic.Bool
	server := whoami(t, func(*http.Request) bool { return refused.CompareAndSwap(true, false) })
	dir := t.TempDir()
	plugin := filepath.Join(dir, "plugin")
	script := `#!/bin/sh
echo call >> ` + filepath.Join(dir, "calls") + `
case "$KUBERNETES_EXEC_INFO" in *ExecCredential*) ;; *) exit 3 ;; esac
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s-%s","expirationTimestamp":"%s"}}' "$1" "$MORE" "$(cat ` + filepath.Join(dir, "until") + `)"
`
	until := func(d time.Duration) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "until"), []byte(time.Now().Add(d).UTC().Format(time.RFC3339)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(plugin, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	user := "exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: " + plugin + "\n      args: ['a b;$(id)']\n      env: [{name: MORE, value: more}]\n      interactiveMode: IfAvailable"
	c, err := connect(writeConfig(t, server, user, ""))
	if err != nil {
		t.Fatal(err)
	}
	cl := newClient(c)
	calls := func(want int) {
		t.Helper()
		if err := cl.do(t.Context(), http.MethodGet, "/who", "", nil, nil); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, "calls"))
		if got := strings.Count(string(data), "call"); err != nil || got != want {
			t.Errorf("%d calls, not %d, %v", got, want, err)
		}
	}
	until(time.Hour)
	calls(1)
	calls(1)
	if cl.auth.(*execPlugin).token != "a b;$(id)-more" {
		t.Errorf("token %q", cl.auth.(*execPlugin).token)
	}
	refused.Store(true) // a refusal has it asked again
	until(time.Second)
	calls(2)
	calls(3) // within its last minute it is asked again
}

func TestAClusterIsReachedThroughItsProxy(t *testing.T) {
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Error(w, "no", http.StatusBadGateway)
	}))
	defer proxy.Close()
	c, err := connect(writeConfig(t, whoami(t, nil), "token: x", "proxy-url: "+proxy.URL))
	if err != nil {
		t.Fatal(err)
	}
	if err := newClient(c).do(t.Context(), http.MethodGet, "/", "", nil, nil); !blind(err) || asked.Load() == 0 {
		t.Errorf("the proxy was asked %d times: %v", asked.Load(), err)
	}
}

func TestAPodUsesItsServiceAccount(t *testing.T) {
	server := whoami(t, nil)
	dir := t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, text := range map[string]string{"token": "pod", "namespace": "theirs\n", "ca.crt": string(ca)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"KUBERNETES_SERVICE_HOST": address.Hostname(), "KUBERNETES_SERVICE_PORT_HTTPS": address.Port()}
	c, err := inCluster(dir, func(name string) string { return env[name] })
	if err != nil || c.namespace != "theirs" {
		t.Fatalf("%q, %v", c.namespace, err)
	}
	body, err := newClient(c).open(t.Context(), http.MethodGet, "/who", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if text, err := io.ReadAll(body); err != nil || string(text) != "Bearer pod" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAKubeconfigSaysWhatIsWrongWithIt(t *testing.T) {
	server := whoami(t, nil)
	for want, change := range map[string]func(*Options){
		"there is no context": func(o *Options) { o.Context = "else" },
		"which is not there":  func(o *Options) { o.Context = "broken" },
		"no such file":        func(o *Options) { o.Kubeconfig += "x" },
	} {
		o := writeConfig(t, server, "token: x", "")
		change(&o)
		if _, err := connect(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	for user, want := range map[string]string{
		"auth-provider: {name: gcp}": "exec plugin", "exec: {command: ''}": "no command", "exec: {command: x, interactiveMode: Always}": "terminal",
	} {
		if _, err := connect(writeConfig(t, server, user, "")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	t.Setenv("KUBECONFIG", "/a"+string(os.PathListSeparator)+"/b")
	if _, err := connect(Options{}); err == nil || !strings.Contains(err.Error(), "several files") {
		t.Error(err)
	}
	plain := httptest.NewTLSServer(http.NotFoundHandler())
	defer plain.Close()
	o := writeConfig(t, whoami(t, nil), "token: x", "")
	text, err := os.ReadFile(o.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	stranger, _ := certificate(t, "stranger")
	untrusted := strings.Replace(string(text), strings.Fields(strings.SplitAfter(string(text), "certificate-authority-data: ")[1])[0], base64.StdEncoding.EncodeToString(stranger), 1)
	if err := os.WriteFile(o.Kubeconfig, []byte(untrusted), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := asked(t, o); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server that nothing vouches for: %v", err)
	}
}
