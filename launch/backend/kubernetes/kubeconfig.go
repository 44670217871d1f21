package kubernetes

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// A kubeconfig is the part of kubectl's file that is read (client-go's
// tools/clientcmd/api/v1). Keys that are not known are left alone, as kubectl does.
type kubeconfig struct {
	CurrentContext string `yaml:"current-context"`
	Clusters       []struct {
		Name    string  `yaml:"name"`
		Cluster cluster `yaml:"cluster"`
	} `yaml:"clusters"`
	Users []struct {
		Name string `yaml:"name"`
		User user   `yaml:"user"`
	} `yaml:"users"`
	Contexts []struct {
		Name    string `yaml:"name"`
		Context struct {
			Cluster   string `yaml:"cluster"`
			User      string `yaml:"user"`
			Namespace string `yaml:"namespace"`
		} `yaml:"context"`
	} `yaml:"contexts"`
}

type cluster struct {
	Server     string `yaml:"server"`
	CA         string `yaml:"certificate-authority"`
	CAData     string `yaml:"certificate-authority-data"`
	Insecure   bool   `yaml:"insecure-skip-tls-verify"`
	ServerName string `yaml:"tls-server-name"`
	ProxyURL   string `yaml:"proxy-url"`
}

type user struct {
	Cert      string      `yaml:"client-certificate"`
	CertData  string      `yaml:"client-certificate-data"`
	Key       string      `yaml:"client-key"`
	KeyData   string      `yaml:"client-key-data"`
	Token     string      `yaml:"token"`
	TokenFile string      `yaml:"tokenFile"`
	Username  string      `yaml:"username"`
	Password  string      `yaml:"password"`
	Exec      *execPlugin `yaml:"exec"`
	Provider  any         `yaml:"auth-provider"`
}

// A connection is how one context reaches its cluster.
type connection struct {
	server    string
	namespace string
	transport *http.Transport
	auth      authority
}

// connect finds the cluster of the options, as kubectl does, or from inside a pod.
func connect(o Options) (connection, error) {
	file, err := configFile(o.Kubeconfig)
	if err != nil {
		return connection{}, err
	}
	if file == "" {
		return inCluster(serviceAccountDir, os.Getenv)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return connection{}, fmt.Errorf("read kubeconfig: %w", err)
	}
	var config kubeconfig
	if err := yaml.Unmarshal(data, &config); err != nil {
		return connection{}, fmt.Errorf("kubeconfig %s: %s", file, yaml.FormatError(err, false, false))
	}
	c, err := config.connect(o.Context, filepath.Dir(file))
	if err != nil {
		return connection{}, fmt.Errorf("kubeconfig %s: %w", file, err)
	}
	return c, nil
}

// configFile is the kubeconfig; empty where there is none and a pod's service
// account is. kubectl merges several files of $KUBECONFIG, which is not done here.
func configFile(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	if list := os.Getenv("KUBECONFIG"); list != "" {
		first, more, _ := strings.Cut(list, string(os.PathListSeparator))
		if more != "" {
			return "", fmt.Errorf("$KUBECONFIG names several files, which are not merged: give kubeconfig: FILE (kubectl config view --flatten > FILE makes one)")
		}
		return first, nil
	}
	dir, err := os.UserHomeDir()
	if err == nil {
		file := filepath.Join(dir, ".kube", "config")
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
	}
	if os.Getenv("KUBERNETES_SERVICE_HOST") != "" {
		return "", nil
	}
	return "", errors.New("no kubeconfig is found: give kubeconfig: FILE, set KUBECONFIG, or make ~/.kube/config")
}

func (k kubeconfig) connect(context, dir string) (connection, error) {
	if context == "" {
		context = k.CurrentContext
	}
	var names []string
	for _, c := range k.Contexts {
		if names = append(names, c.Name); c.Name != context {
			continue
		}
		for _, found := range k.Clusters {
			if found.Name == c.Context.Cluster {
				u, err := k.user(c.Context.User)
				if err != nil {
					return connection{}, err
				}
				return join(found.Cluster, u, c.Context.Namespace, dir)
			}
		}
		return connection{}, fmt.Errorf("context %q names the cluster %q, which is not there", context, c.Context.Cluster)
	}
	return connection{}, fmt.Errorf("there is no context %q: there are %s", context, strings.Join(names, ", "))
}

func (k kubeconfig) user(name string) (user, error) {
	if name == "" {
		return user{}, nil
	}
	for _, u := range k.Users {
		if u.Name == name {
			return u.User, nil
		}
	}
	return user{}, fmt.Errorf("there is no user %q", name)
}

func join(c cluster, u user, namespace, dir string) (connection, error) {
	server, err := url.Parse(c.Server)
	if err != nil || server.Host == "" || server.Scheme != "https" && server.Scheme != "http" {
		return connection{}, fmt.Errorf("server %q is no URL of http or https", c.Server)
	}
	if u.Provider != nil {
		return connection{}, errors.New("auth-provider is no longer a part of kubectl either: use an exec plugin (gke-gcloud-auth-plugin, aws eks get-token)")
	}
	transport, err := c.transport(dir)
	if err != nil {
		return connection{}, err
	}
	if err := u.certificate(transport.TLSClientConfig, dir); err != nil {
		return connection{}, err
	}
	auth, err := u.authority(c, dir)
	return connection{strings.TrimSuffix(c.Server, "/"), namespace, transport, auth}, err
}

// transport trusts the cluster's own authority where it names one.
func (c cluster) transport(dir string) (*http.Transport, error) {
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{ServerName: c.ServerName, InsecureSkipVerify: c.Insecure, MinVersion: tls.VersionTLS12},
	}
	if c.ProxyURL != "" {
		proxy, err := url.Parse(c.ProxyURL)
		if err != nil {
			return nil, fmt.Errorf("proxy-url: %w", err)
		}
		t.Proxy = http.ProxyURL(proxy)
	}
	authority, err := given("certificate-authority", c.CAData, c.CA, dir)
	if err != nil || authority == nil {
		return t, err
	}
	t.TLSClientConfig.RootCAs = x509.NewCertPool()
	if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(authority) {
		return nil, errors.New("certificate-authority holds no certificate in PEM")
	}
	return t, nil
}

func (u user) certificate(config *tls.Config, dir string) error {
	cert, err := given("client-certificate", u.CertData, u.Cert, dir)
	if err != nil || cert == nil {
		return err
	}
	key, err := given("client-key", u.KeyData, u.Key, dir)
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("client-certificate: %w", err)
	}
	config.Certificates = []tls.Certificate{pair}
	return nil
}

// given reads what a kubeconfig has in base64, or in a file beside it.
func given(name, data, file, dir string) ([]byte, error) {
	if data != "" {
		text, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			return nil, fmt.Errorf("%s-data: %w", name, err)
		}
		return text, nil
	}
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(beside(dir, file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return text, nil
}

// beside reads relative paths of a kubeconfig as kubectl does: from its directory.
func beside(dir, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// serviceAccountDir is where a pod finds its own credentials.
const serviceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// inCluster reaches the API server as a pod does.
func inCluster(dir string, getenv func(string) string) (connection, error) {
	host, port := getenv("KUBERNETES_SERVICE_HOST"), getenv("KUBERNETES_SERVICE_PORT_HTTPS")
	if port == "" {
		port = "443"
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	namespace, err := os.ReadFile(filepath.Join(dir, "namespace"))
	if err != nil {
		return connection{}, fmt.Errorf("the pod's service account: %w", err)
	}
	c := cluster{Server: "https://" + host + ":" + port, CA: filepath.Join(dir, "ca.crt")}
	return join(c, user{TokenFile: filepath.Join(dir, "token")}, strings.TrimSpace(string(namespace)), dir)
}
