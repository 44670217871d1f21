package local

import (
	"fmt"
	"os"
)

// An identity names one process for good: a pid alone is given out again after
// its process has ended, and start times begin anew after a reboot.
type identity struct {
	PID       int    `json:"pid"`
	StartTime string `json:"start_time"` // as the system counts it
	BootID    string `json:"boot_id"`
	// PIDSpace is the PID namespace that PID is counted in: containers of one
	// machine share its boot id and see different processes. Empty is unknown.
	PIDSpace string `json:"pid_namespace,omitempty"`
	Host     string `json:"host,omitempty"` // its name, for people on another machine
}

// identify reads the identity of a living process.
func identify(pid int) (identity, error) {
	start, err := startTime(pid)
	if err != nil {
		return identity{}, err
	}
	boot, err := bootID()
	if err != nil {
		return identity{}, err
	}
	host, err := os.Hostname()
	if err != nil {
		return identity{}, err
	}
	return identity{PID: pid, StartTime: start, BootID: boot, PIDSpace: pidSpace(), Host: host}, nil
}

// alive reports whether the process still runs; a zombie does not.
func (id identity) alive() bool {
	if id.PID <= 0 {
		return false
	}
	now, err := identify(id.PID)
	now.Host = id.Host // a laptop may get another name while it runs
	if id.PIDSpace == "" || now.PIDSpace == "" {
		now.PIDSpace = id.PIDSpace
	}
	return err == nil && now == id
}

// boot tells whether this machine has not been restarted since the process was
// started, and where the process was started if it cannot be seen from here: on
// another machine that shares our files, or in another container of this one.
func (id identity) boot() (same bool, elsewhere string) {
	boot, errBoot := bootID()
	host, errHost := os.Hostname()
	same = errBoot != nil || boot == id.BootID
	space := pidSpace()
	switch {
	case !same && errHost == nil && host != id.Host:
		return same, "on " + id.Host
	case same && id.PIDSpace != "" && space != "" && space != id.PIDSpace:
		return same, fmt.Sprintf("in another container of this machine (host name %s, PID namespace %s)", id.Host, id.PIDSpace)
	}
	return same, ""
}

// signal sends sig to this very process. os.FindProcess holds a pidfd where
// the system has one, so that the process checked is the process signalled.
func (id identity) signal(sig os.Signal) error {
	p, err := os.FindProcess(id.PID)
	if err != nil {
		return err
	}
	defer func() { _ = p.Release() }()
	if !id.alive() {
		return os.ErrProcessDone
	}
	return p.Signal(sig)
}
