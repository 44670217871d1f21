package remote_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/launch/remote"
	"trainyard/launch/remote/boxtest"
)

func line(t *testing.T, h remote.Host) *remote.Line {
	t.Helper()
	l := remote.NewLine(h)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func says(t *testing.T, l *remote.Line, words ...string) string {
	t.Helper()
	out, err := l.Run(t.Context(), remote.Quote(words...), nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestCommandsOfOneMachineShareALine(t *testing.T) {
	b := boxtest.Up(t, boxtest.Options{})
	l := line(t, b.Host())
	var running sync.WaitGroup
	for range 6 {
		running.Go(func() {
			if got := says(t, l, "hostname"); got != b.Name+"\n" {
				t.Errorf("%q", got)
			}
		})
	}
	running.Wait()
	if n := strings.Count(b.Sh(t, "cat /root/.box/sshd.log"), "Accepted publickey"); n != 1 {
		t.Errorf("%d connections were made", n)
	}
}

func TestACommandTellsItsCodeAndItsWords(t *testing.T) {
	b := boxtest.Up(t, boxtest.Options{})
	l := line(t, b.Host())
	_, err := l.Run(t.Context(), "echo no room >&2; exit 7", nil)
	var ended *remote.CommandError
	if !errors.As(err, &ended) || ended.Code != 7 || ended.Stderr != "no room\n" {
		t.Errorf("%v", err)
	}
	out, err := l.Run(t.Context(), "cat", strings.NewReader("what is typed"))
	if err != nil || string(out) != "what is typed" {
		t.Errorf("%q, %v", out, err)
	}
	const word = "a'b $(touch /root/pwned) `id` \"x\"\n*;&|"
	if got := says(t, l, "printf", "%s", word); got != word {
		t.Errorf("%q", got)
	}
	if _, err := os.Stat(b.Here("/root/pwned")); err == nil {
		t.Error("a word reached the shell")
	}
}

func TestAKeyThatIsNotKnownIsRefusedWithTheWayOut(t *testing.T) {
	b := boxtest.Up(t, boxtest.Options{})
	known := filepath.Join(filepath.Dir(b.Config), "known_hosts")
	whole, err := os.ReadFile(known)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(known, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fails := func(h remote.Host, wants ...string) {
		t.Helper()
		_, err := line(t, h).Run(t.Context(), "true", nil)
		if !errors.Is(err, remote.ErrHostKey) {
			t.Fatalf("%v", err)
		}
		for _, want := range wants {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v lacks %q", err, want)
			}
		}
	}
	write("")
	fails(b.Host(), "SHA256:", "ssh-keyscan -p 22 "+b.Address(), "accept_new")

	accepting := b.Host()
	accepting.AcceptNew = true
	says(t, line(t, accepting), "true")
	if now, err := os.ReadFile(known); err != nil || !strings.Contains(string(now), b.Address()+" ssh-") {
		t.Errorf("known_hosts is %q, %v", now, err)
	}
	says(t, line(t, b.Host()), "true") // known from now on

	other := filepath.Join(t.TempDir(), "other")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other).CombinedOutput(); err != nil {
		t.Fatalf("%s", out)
	}
	public, err := os.ReadFile(other + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	write(b.Address() + " " + string(public))
	fails(accepting, "has changed", "ssh-keygen -R")

	// A hashed name, as Debian writes them, is known too.
	write(string(whole))
	if out, err := exec.Command("ssh-keygen", "-q", "-H", "-f", known).CombinedOutput(); err != nil {
		t.Fatalf("%s", out)
	}
	says(t, line(t, b.Host()), "true")

	// An authority's word is taken for keys that it signed.
	write("@revoked " + string(whole))
	fails(accepting)
}

func TestAKeyThatIsNotTakenIsNamed(t *testing.T) {
	b := boxtest.Up(t, boxtest.Options{})
	h := b.Host()
	h.Identity = filepath.Join(t.TempDir(), "locked")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret words", "-f", h.Identity).CombinedOutput(); err != nil {
		t.Fatalf("%s", out)
	}
	_, err := line(t, h).Run(t.Context(), "true", nil)
	if !errors.Is(err, remote.ErrAuth) || !strings.Contains(err.Error(), "ssh-add "+h.Identity) {
		t.Errorf("%v", err)
	}
	h.Identity = filepath.Join(t.TempDir(), "none")
	if _, err = line(t, h).Run(t.Context(), "true", nil); !errors.Is(err, remote.ErrAuth) || !strings.Contains(err.Error(), "not there") {
		t.Errorf("%v", err)
	}
}

func TestALockedKeyIsUsedThroughTheAgent(t *testing.T) {
	b := boxtest.Up(t, boxtest.Options{})
	for _, program := range []string{"ssh-agent", "ssh-add"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	dir := t.TempDir()
	key, socket := filepath.Join(dir, "locked"), filepath.Join(dir, "agent")
	script := `set -e
ssh-keygen -q -t ed25519 -N 'secret words' -f "$1"
printf '#!/bin/sh\necho secret words\n' > "$3"; chmod 700 "$3"
SSH_AUTH_SOCK=$2 SSH_ASKPASS=$3 SSH_ASKPASS_REQUIRE=force ssh-add -q "$1" < /dev/null`
	agent := exec.Command("ssh-agent", "-D", "-a", socket)
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = agent.Process.Kill(); _ = agent.Wait() })
	for range 200 {
		if _, err := os.Stat(socket); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if out, err := exec.Command("sh", "-c", script, "sh", key, socket, filepath.Join(dir, "ask")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.Here("/root/.ssh/authorized_keys"), public, 0o600); err != nil {
		t.Fatal(err)
	}
	known := filepath.Join(filepath.Dir(b.Config), "known_hosts")
	config := filepath.Join(dir, "config")
	if err := os.WriteFile(config, []byte("Host *\n User root\n IdentityFile "+key+"\n IdentitiesOnly yes\n IdentityAgent "+socket+"\n UserKnownHostsFile "+known+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := says(t, line(t, remote.Host{Address: b.Address(), Config: config}), "hostname"); got != b.Name+"\n" {
		t.Errorf("%q", got)
	}
}

func TestTheWayGoesThroughJumps(t *testing.T) {
	first, second := boxtest.Up(t, boxtest.Options{}), boxtest.Up(t, boxtest.Options{})
	boxtest.Join(t, first, second)
	h := remote.Host{Address: second.Inside(), Config: first.Config, Jump: []string{first.Address(), "root@" + first.Inside() + ":22"}}
	l := line(t, h)
	if got := says(t, l, "hostname"); got != second.Name+"\n" {
		t.Errorf("%q", got)
	}
	if log := first.Sh(t, "cat /root/.box/sshd.log"); strings.Count(log, "Accepted publickey") != 2 {
		t.Errorf("the jump saw %s", log)
	}
}

func TestALineIsMadeAgainAfterACut(t *testing.T) {
	b := boxtest.Up(t, boxtest.Options{})
	l := line(t, b.Host())
	says(t, l, "true")
	stream, err := l.Stream(t.Context(), "cat")
	if err != nil {
		t.Fatal(err)
	}
	b.Hang(t)
	if n, err := stream.Read(make([]byte, 1)); err == nil {
		t.Errorf("a cut stream gave %d bytes", n)
	}
	for range 100 {
		if _, err = l.Run(t.Context(), "true", nil); err == nil {
			break
		}
		if !errors.Is(err, remote.ErrUnreachable) {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestManyThatNeedADeadMachineWaitOnce(t *testing.T) {
	b := boxtest.Up(t, boxtest.Options{})
	b.Unplug(t)
	l := line(t, b.Host())
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var first error
	for i := range 20 { // one after the other, each would wait for the dial otherwise
		_, err := l.Run(ctx, "true", nil)
		if !errors.Is(err, remote.ErrUnreachable) {
			t.Fatal(err)
		}
		if i == 0 {
			first = err
		} else if i < 3 && err.Error() != first.Error() {
			t.Errorf("%v, then %v", first, err)
		}
	}
	if ctx.Err() != nil {
		t.Error("twenty looks at a dead machine took two minutes")
	}
	b.Plug(t)
	for range 100 {
		if _, err := l.Run(ctx, "true", nil); err == nil {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Error("it was never reached again")
}

func TestWaitingForASilentMachineEndsWithTheContext(t *testing.T) {
	b := boxtest.Up(t, boxtest.Options{})
	l := line(t, b.Host())
	says(t, l, "true")
	b.Unplug(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := l.Run(ctx, "true", nil); !errors.Is(err, remote.ErrUnreachable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	b.Plug(t)
	says(t, l, "true")
}
