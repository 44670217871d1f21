package database

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// shared are the kinds of file systems that several hosts may have mounted, on
// which memory shared by processes is not that of the file.
var shared = map[string]bool{
	"nfs": true, "lustre": true, "gpfs": true, "fuse": true, "9p": true, "cifs": true, "smb": true, "smb2": true, "ceph": true, "beegfs": true,
	"afs": true, "ocfs2": true, "gfs2": true, "panfs": true, "vboxsf": true, "vmhgfs": true,
}

// A Claim says that a process of this host has a ledger open that lies on a file
// system of several hosts. It is a file beside the ledger, one for each process, whose
// time is brought up to date every claimEvery. Times are compared with each other
// only, so that they are all the file server's.
type Claim struct {
	path string
	stop chan struct{}
	once sync.Once
	beat sync.WaitGroup

	mu   sync.Mutex
	lost error // why it does not hold any more
}

const (
	claimEvery = 20 * time.Second
	// claimAge is how old the claim of a process is that died.
	claimAge = 2 * time.Minute
)

// ErrOtherHost says that a process of another host has the ledger open.
var ErrOtherHost = errors.New("another host uses the ledger")

// claimHost refuses where another host has the ledger open. Of two hosts that come
// at the same moment each sees the other's claim, and both are refused.
func claimHost(file, kind string) (*Claim, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	c := &Claim{path: file + ".host-" + hostName(host) + "-" + uuid.NewString()[:8], stop: make(chan struct{})}
	if err := os.WriteFile(c.path, nil, 0o600); err != nil {
		return nil, fmt.Errorf("claim the ledger, which lies on %s, for this host: %w", kind, err)
	}
	if other, err := otherHost(file, c.path, hostName(host)); other != "" || err != nil {
		if err == nil {
			err = fmt.Errorf("%w: it lies on %s, where the processes of one host only may use it, and %s has it open, or had until %v ago; wait for that, choose a --home on a local disk, or a PostgreSQL database (--ledger)",
				ErrOtherHost, kind, other, claimAge)
		}
		return nil, errors.Join(err, os.Remove(c.path))
	}
	c.beat.Go(c.keep)
	return c, nil
}

// hostName leaves what may stand in the name of a file, without dashes.
func hostName(host string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, host)
}

// otherHost finds another host with a claim that is not too old, and removes those
// that are.
func otherHost(file, own, host string) (other string, err error) {
	mine, err := os.Stat(own)
	if err != nil {
		return "", err
	}
	claims, err := filepath.Glob(globEscape(file) + ".host-*-*")
	if err != nil {
		return "", err
	}
	for _, path := range claims {
		name, _, _ := strings.Cut(strings.TrimPrefix(path, file+".host-"), "-")
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return "", err
		case mine.ModTime().Sub(info.ModTime()) > claimAge:
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
		case name != host:
			return name, nil
		}
	}
	return "", nil
}

// globEscape makes a path stand for itself in a pattern.
func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// keep brings the claim's time up to date until it is released.
func (c *Claim) keep() {
	tick := time.NewTicker(claimEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-tick.C:
			c.renew()
		}
	}
}

// renew notices a claim that was taken for old and removed, as after a sleep of the
// machine.
func (c *Claim) renew() {
	now := time.Now()
	if err := os.Chtimes(c.path, now, now); err != nil {
		c.mu.Lock()
		c.lost = fmt.Errorf("%w: this process has lost its claim on it: %w", ErrOtherHost, err)
		c.mu.Unlock()
	}
}

// holds says why the claim does not hold any more. A ledger that needs none has a
// nil claim.
func (c *Claim) holds() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

func (c *Claim) release() (err error) {
	if c == nil {
		return nil
	}
	c.once.Do(func() {
		close(c.stop)
		c.beat.Wait()
		if err = os.Remove(c.path); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	})
	return err
}
