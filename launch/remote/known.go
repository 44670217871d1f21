package remote

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

// ErrHostKey: the machine showed a key that is not trusted. No second try helps.
var ErrHostKey = errors.New("its host key is not trusted")

// A keyCheck judges the key that a machine shows.
type keyCheck struct {
	target *target
	known  *knownhosts.HostKeyDB
}

func newKeyCheck(t *target) (keyCheck, error) {
	files := slices.DeleteFunc(slices.Clone(t.known), func(name string) bool {
		_, err := os.Stat(name)
		return errors.Is(err, fs.ErrNotExist)
	})
	known, err := knownhosts.NewDB(files...)
	if err != nil {
		return keyCheck{}, fmt.Errorf("known hosts: %w", err)
	}
	return keyCheck{t, known}, nil
}

// algorithms are the kinds of keys that are known of the machine: it is asked for
// one of these, since another kind would look like a change. Nil is any.
func (k keyCheck) algorithms() []string { return k.known.HostKeyAlgorithms(k.target.hostKey) }

func (k keyCheck) check(_ string, at net.Addr, key ssh.PublicKey) error {
	err := k.known.HostKeyCallback()(k.target.hostKey, at, key)
	switch {
	case err == nil:
		return nil
	case knownhosts.IsHostKeyChanged(err):
		return fmt.Errorf("%w: the key of %s has changed: it shows %s %s, and known_hosts has another. Where the machine was made anew, take the old key out with ssh-keygen -R %q; else another machine answers in its place",
			ErrHostKey, k.target.name, key.Type(), ssh.FingerprintSHA256(key), knownhosts.Normalize(k.target.hostKey))
	case !knownhosts.IsHostUnknown(err):
		return fmt.Errorf("%w: %w", ErrHostKey, err)
	case k.target.acceptNew:
		return k.accept(at, key)
	}
	host, port, errSplit := net.SplitHostPort(k.target.hostKey)
	if errSplit != nil {
		host, port = k.target.hostKey, "22"
	}
	return fmt.Errorf("%w: the key of %s is not known: it shows %s %s. Compare that with the machine's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then `ssh-keyscan -p %s %s >> ~/.ssh/known_hosts`, or set accept_new: true in the backend's settings",
		ErrHostKey, k.target.name, key.Type(), ssh.FingerprintSHA256(key), port, host)
}

// accept adds a line to the first file of known hosts.
func (k keyCheck) accept(at net.Addr, key ssh.PublicKey) error {
	if len(k.target.known) == 0 {
		return fmt.Errorf("%w: the key of %s is new, and there is no known_hosts to write it to", ErrHostKey, k.target.name)
	}
	name := k.target.known[0]
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("remember the key of %s: %w", k.target.name, err)
	}
	return errors.Join(knownhosts.WriteKnownHost(f, k.target.hostKey, at, key), f.Close())
}
