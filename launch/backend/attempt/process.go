package attempt

import (
	"fmt"
	"os"
	"strconv"
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
	// InitStart is the start time of process 1 in that namespace: a container
	// that was restarted has another one.
	InitStart string `json:"init_start,omitempty"`
	Host      string `json:"host,omitempty"` // its name, for people on another machine
	// Provider is the id that the provider of the box has for it; empty is unknown.
	Provider string `json:"provider,omitempty"`
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
	return identity{PID: pid, StartTime: start, BootID: boot, PIDSpace: pidSpace(), InitStart: initStart(), Host: host}, nil
}

// initStart is empty where process 1 cannot be seen.
func initStart() string {
	start, err := startTime(1)
	if err != nil {
		return ""
	}
	return start
}

// alive reports whether the process still runs; a zombie does not.
func (id identity) alive() bool {
	if id.PID <= 0 {
		return false
	}
	now, err := identify(id.PID)
	now.Host = id.Host // a laptop may get another name while it runs
	now.Provider = id.Provider
	if id.PIDSpace == "" || now.PIDSpace == "" {
		now.PIDSpace = id.PIDSpace
	}
	if id.InitStart == "" || now.InitStart == "" {
		now.InitStart = id.InitStart
	}
	return err == nil && now == id
}

// A whereabouts is what can be said about where a process was started.
type whereabouts struct {
	// elsewhere is where, for a process that cannot be seen from here: on another
	// machine that shares our files, or in another container of this one.
	elsewhere string
	// restarted is what has been restarted since: the process is gone.
	restarted string
}

// where compares an identity with this machine and this container. A container
// that was restarted has its name and its disk still, another PID namespace, and
// a first process younger than the run.
func (id identity) where() whereabouts {
	boot, errBoot := bootID()
	host, errHost := os.Hostname()
	sameHost := errHost != nil || host == id.Host
	space := pidSpace()
	switch {
	case errBoot == nil && boot != id.BootID && sameHost:
		return whereabouts{restarted: "the machine"}
	case errBoot == nil && boot != id.BootID:
		return whereabouts{elsewhere: "on " + id.Host}
	case id.PIDSpace == "" || space == "":
		return whereabouts{}
	case space == id.PIDSpace && id.InitStart != "" && initStart() != "" && id.InitStart != initStart():
		return whereabouts{restarted: "its container"}
	case space == id.PIDSpace:
		return whereabouts{}
	case sameHost && younger(initStart(), id.StartTime):
		return whereabouts{restarted: "its container"}
	}
	return whereabouts{elsewhere: fmt.Sprintf("in another container of this machine (host name %s, PID namespace %s)", id.Host, id.PIDSpace)}
}

// younger reports whether a process started after another one of the same boot.
func younger(start, other string) bool {
	a, errA := strconv.ParseInt(start, 10, 64)
	b, errB := strconv.ParseInt(other, 10, 64)
	return errA == nil && errB == nil && a > b
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
