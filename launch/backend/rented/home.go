package rented

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"

	"trainyard/launch"
	"trainyard/launch/backend/ssh"
	"trainyard/launch/files"
)

// bringHome fetches what is to be kept and writes down how the attempt ended. Of a box
// that is gone, nothing can be fetched. What fails on the way is tried again at the
// next look: the box is not given back before.
func (r *Rented) bringHome(ctx context.Context, dir string, h handle, status launch.Status) (end, error) {
	e := end{Status: status}
	if status.State != launch.Lost && status.State != launch.Preempted {
		s, err := r.box(dir, h.held)
		if err == nil {
			err = fetch(ctx, fetching{s, dir, h.Attempt, r.keep}, ".")
		}
		if err != nil && !wished(dir) {
			return e, fmt.Errorf("bring its files home: %w", err)
		}
		if err != nil {
			e.Fault = err.Error()
		}
		e.Home = err == nil
	}
	if err := files.WriteJSON(dir, endedName, e); err != nil {
		return e, err
	}
	e, _, err := readEnd(dir) // as every later look has it
	return e, err
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

// ours are files of the directory here that a box's files of the same name must not
// replace.
var ours = map[string]bool{claimName: true, heldName: true, endedName: true, returnedName: true, wishName: true, "ssh.json": true, "ssh_config": true, "known_hosts": true}

type fetching struct {
	from *ssh.SSH
	dir  string
	h    launch.Handle
	keep func(name string, e launch.Entry) bool
}

// fetch copies a directory of the attempt. What is here with the same size stays.
func fetch(ctx context.Context, f fetching, name string) error {
	entries, err := f.from.List(ctx, f.dir, f.h, name)
	if err != nil {
		return err
	}
	var faults []error
	for _, e := range entries {
		inner := path.Join(name, e.Name)
		switch {
		case name == "." && ours[e.Name], !filepath.IsLocal(filepath.FromSlash(inner)), !f.keep(inner, e):
		case e.Dir:
			faults = append(faults, fetch(ctx, f, inner))
		default:
			faults = append(faults, fetchFile(ctx, f, inner, e))
		}
	}
	return errors.Join(faults...)
}

func fetchFile(ctx context.Context, f fetching, name string, e launch.Entry) error {
	target := filepath.Join(f.dir, filepath.FromSlash(name))
	if info, err := os.Lstat(target); err == nil && info.Mode().IsRegular() && info.Size() == e.Size && e.Size > 0 {
		return nil
	}
	source, err := f.from.Open(ctx, f.dir, f.h, name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, files.ErrNotRegular) {
		return nil
	}
	if err != nil {
		return err
	}
	defer source.Close()
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	return write(target, io.LimitReader(source.From(0), source.Size))
}

// write makes the file whole or not at all.
func write(target string, from io.Reader) error {
	part := target + ".part"
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, from)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(part, target)
}
