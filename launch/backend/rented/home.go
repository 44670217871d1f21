package rented

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"trainyard/format/durable"
	"trainyard/launch"
	"trainyard/launch/fetch"
	"trainyard/launch/files"
)

// bringHome fetches what is to be kept and writes down how the attempt ended. Of a box
// that is gone, nothing can be fetched. What fails on the way goes on at the next look,
// at the byte where it was cut: the box is not given back before, unless its end was
// asked for. Of several processes that look, one fetches.
func (r *Rented) bringHome(ctx context.Context, dir string, h handle, status launch.Status) (end, error) {
	lock, err := durable.Lock(filepath.Join(dir, "home.lock"), 0o600)
	if errors.Is(err, durable.ErrLocked) {
		return end{}, errors.New("another process is bringing its files home")
	}
	if err != nil {
		return end{}, err
	}
	defer lock.Close()
	e := end{Status: status}
	_, isWished := wished(dir)
	if h.Attempt != "" && status.State != launch.Lost && status.State != launch.Preempted {
		err := r.fetch(ctx, dir, h)
		if err != nil && !isWished {
			return e, fmt.Errorf("bring its files home: %w", err)
		}
		if err != nil {
			e.Status.Reason += "; not all of its files came home before its box was given back: " + err.Error()
		}
	}
	err = files.WriteJSON(dir, endedName, e)
	if errors.Is(err, syscall.ENOSPC) && isWished {
		return e, nil // a full disk keeps no box that was asked to end
	}
	if err != nil {
		return e, err
	}
	e, _, err = readEnd(dir) // as every later look has it
	return e, err
}

// fetch brings what is to be kept into the attempt's directory here.
func (r *Rented) fetch(ctx context.Context, dir string, h handle) error {
	s, err := r.box(dir, h.held)
	if err != nil {
		return err
	}
	a := fetch.Attempt{Source: s, Run: filepath.Base(filepath.Dir(dir)), N: launch.AttemptOf(dir), Dir: dir, Handle: h.Attempt}
	if a.N == 0 {
		return fmt.Errorf("%s is no directory of an attempt", dir)
	}
	a.Keep = func(name string, e launch.Entry) bool {
		return !ours[name] && !slices.Contains(h.Brought, name) && r.keep(name, e)
	}
	_, err = fetch.Fetch(ctx, a, ".", dir, nil)
	return err
}

// checkpointDir is what "model" leaves behind.
var checkpointDir = regexp.MustCompile(`^(checkpoint-\d+|tmp-checkpoint-.*|global_step_?\d+.*|step_\d+|epoch_\d+.*)$`)

// keep reports whether a file or directory of the attempt is brought home.
func (r *Rented) keep(name string, e launch.Entry) bool {
	switch r.c.Keep {
	case "all":
		return true
	case "logs":
		return e.Dir || e.Size < 64<<20
	}
	return !(e.Dir && checkpointDir.MatchString(path.Base(name)))
}

// brought are the names in the attempt's directory that were linked there from here: a
// dataset does not come back.
func brought(list []launch.File) (names []string) {
	for _, f := range list {
		if name, _, _ := strings.Cut(f.Name, "/"); f.Link != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// ours are files of the directory here that a box's files of the same name must not
// replace.
var ours = map[string]bool{claimName: true, heldName: true, endedName: true, returnedName: true, wishName: true, "ssh.json": true, "ssh_config": true, "known_hosts": true}
