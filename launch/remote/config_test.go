package remote

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestAHostIsReadAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]Host{
		"gpu1":                  {Address: "gpu1"},
		"root@gpu1":             {Address: "gpu1", User: "root"},
		"root@gpu1:2222":        {Address: "gpu1", User: "root", Port: 2222},
		"ssh://root@gpu1:2222":  {Address: "gpu1", User: "root", Port: 2222},
		"me@corp.com@gpu1":      {Address: "gpu1", User: "me@corp.com"},
		"[2001:db8::1]:22":      {Address: "2001:db8::1", Port: 22},
		"[2001:db8::1]":         {Address: "2001:db8::1"},
		"2001:db8::1":           {Address: "2001:db8::1"},
		"ubuntu@129.146.10.4:1": {Address: "129.146.10.4", User: "ubuntu", Port: 1},
	} {
		if got, err := ParseHost(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range append([]string{"", "@gpu1", "root@", "gpu1:", "gpu1:0", "gpu1:70000", "gpu1:x", "-oProxyCommand=touch", "a b@gpu1", "gpu1/x", "[::1"}, nasty...) {
		if got, err := ParseHost(text); err == nil && got.Address != text {
			t.Errorf("%q was read as %+v", text, got)
		} else if err == nil && strings.ContainsAny(text, " $`'\"&;|*") {
			t.Errorf("%q was taken for a host", text)
		}
	}
}

func configured(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestWhatAHostLeavesOpenTheConfigurationSays(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	t.Setenv("SSH_AUTH_SOCK", "/run/agent")
	file := configured(t, `
Host gpu1
  HostName 10.0.0.7
  Port 2222
  User ubuntu
  IdentityFile ~/.ssh/%h_key
  IdentitiesOnly yes
  UserKnownHostsFile ~/.ssh/gpus /etc/gpus
  StrictHostKeyChecking accept-new
  ProxyJump me@bastion,inner:2200
Host gpu2
  HostName %h.lab
  HostKeyAlias lab
  IdentityAgent none
Host bastion
  HostName bastion.example.com
  User other
  ProxyJump outer
Host *
  User everyone
`)
	got, err := Host{Address: "gpu1", Config: file}.resolve()
	if err != nil {
		t.Fatal(err)
	}
	if got.address != "10.0.0.7:2222" || got.user != "ubuntu" || !got.acceptNew || !got.onlyThese || got.agent != "/run/agent" ||
		!reflect.DeepEqual(got.identities, []string{"/home/me/.ssh/10.0.0.7_key"}) ||
		!reflect.DeepEqual(got.known[:2], []string{"/home/me/.ssh/gpus", "/etc/gpus"}) {
		t.Errorf("%+v", got)
	}
	var way []string
	for _, j := range got.jumps {
		way = append(way, j.user+"@"+j.address)
	}
	if want := "everyone@outer:22 me@bastion.example.com:22 everyone@inner:2200"; strings.Join(way, " ") != want {
		t.Errorf("the way there is %v", way)
	}
	got, err = Host{Address: "gpu2", User: "me", Port: 23, Config: file, Identity: "/k"}.resolve()
	if err != nil {
		t.Fatal(err)
	}
	if got.address != "gpu2.lab:23" || got.hostKey != "lab:22" || got.user != "me" || got.agent != "" || !got.onlyThese ||
		!reflect.DeepEqual(got.identities, []string{"/k"}) || got.acceptNew || len(got.jumps) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestAConfigurationThatIsNotUnderstoodIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"Host gpu\n ProxyCommand nc %h %p\n":                       "ProxyJump",
		"Match exec true\n User x\n":                               "ssh_config",
		"Host gpu\n Port many\n":                                   "Port",
		"Host gpu\n ProxyJump other\nHost other\n ProxyJump gpu\n": "jump through each other",
		"Host gpu\n ProxyJump $(touch /tmp/x)\n":                   "jump",
	} {
		_, err := Host{Address: "gpu", Config: configured(t, text)}.resolve()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := (Host{Address: "gpu", Config: "/no/such/file"}).resolve(); err == nil {
		t.Error("a configuration that was named and is not there was passed over")
	}
	if got, err := (Host{Address: "gpu", Config: "none"}).resolve(); err != nil || got.address != "gpu:22" {
		t.Errorf("%+v, %v", got, err)
	}
}
