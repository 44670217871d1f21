package backend

import "os"

// An identity names one process for good: a pid alone is given out again after
// its process has ended, and start times begin anew after a reboot.
type identity struct {
	PID       int    `json:"pid"`
	StartTime string `json:"start_time"` // as the system counts it
	BootID    string `json:"boot_id"`
	Host      string `json:"host,omitempty"` // its name, for people on another machine
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
	return identity{PID: pid, StartTime: start, BootID: boot, Host: host}, nil
}

// alive reports whether the process still runs; a zombie does not.
func (id identity) alive() bool {
	if id.PID <= 0 {
		return false
	}
	now, err := identify(id.PID)
	now.Host = id.Host // a laptop may get another name while it runs
	return err == nil && now == id
}

// boot tells whether this machine has not been restarted since the process was
// started, or whether it was started on another machine that shares our files.
func (id identity) boot() (same, elsewhere bool) {
	boot, errBoot := bootID()
	host, errHost := os.Hostname()
	same = errBoot != nil || boot == id.BootID
	return same, !same && errHost == nil && host != id.Host
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
