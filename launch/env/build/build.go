package build

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"trainyard/format/durable"
	"trainyard/launch/files"
	"trainyard/launch/redact"
)

// A Built is an environment that is whole.
type Built struct {
	Dir    string `json:"dir"`
	There  bool   `json:"there"`  // it was there already
	Path   string `json:"path"`   // the PATH of this machine's sessions
	Freeze string `json:"freeze"` // what is installed, a line each
	// Left are steps that were left out, by the program that they need.
	Left []string `json:"left,omitempty"`
}

// Serve is the command `agent build`: a plan on r, a Built on w.
func Serve(ctx context.Context, r io.Reader, w io.Writer) error {
	var p Plan
	if err := json.NewDecoder(r).Decode(&p); err != nil {
		return fmt.Errorf("read the plan of an environment: %w", err)
	}
	built, err := p.Build(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(built)
}

// Build makes the environment, or finds it whole.
func (p Plan) Build(ctx context.Context) (Built, error) {
	if !filepath.IsAbs(p.Dir) || p.Marker == "" || len(p.Freeze.Argv) == 0 {
		return Built{}, fmt.Errorf("a plan for %q with the marker %q: want an absolute directory, a marker and how to tell what is installed", p.Dir, p.Marker)
	}
	parent := filepath.Dir(p.Dir)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return Built{}, err
	}
	lock, err := waitLock(ctx, p.Dir+".lock")
	if err != nil {
		return Built{}, err
	}
	defer lock.Close()
	b := Built{Dir: p.Dir, Path: os.Getenv("PATH"), There: isWhole(p)}
	if !b.There {
		if b.Left, err = p.anew(ctx, lock); err != nil {
			return Built{}, err
		}
	}
	b.Freeze, err = p.frozen(ctx)
	return b, err
}

// isWhole: a marker alone, whose directory was removed by hand, is none.
func isWhole(p Plan) bool {
	_, errMarker := os.Stat(p.Marker)
	_, errDir := os.Stat(p.Dir)
	return errMarker == nil && errDir == nil
}

// lockPoll is how often a build looks whether another one has ended.
const lockPoll = 100 * time.Millisecond

// waitLock takes the lock that goes to the programs of the steps too: it is free when
// all of them have ended.
func waitLock(ctx context.Context, name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), f.Close())
		case <-time.After(lockPoll):
		}
	}
}

// anew removes what was begun, and builds.
func (p Plan) anew(ctx context.Context, lock *os.File) (left []string, err error) {
	if err := errors.Join(remove(p.Marker), os.RemoveAll(p.Dir)); err != nil {
		return nil, fmt.Errorf("remove what was begun of an environment: %w", err)
	}
	parent := filepath.Dir(p.Dir)
	for _, f := range p.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return nil, fmt.Errorf("file %q lies outside %s", f.Name, parent)
		}
		if err := files.Write(parent, filepath.FromSlash(f.Name), []byte(f.Content)); err != nil {
			return nil, err
		}
	}
	log, err := os.OpenFile(filepath.Join(parent, p.LogName()), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	for _, s := range p.Steps {
		if _, err := exec.LookPath(s.Needs); s.Needs != "" && err != nil {
			left = append(left, fmt.Sprintf("%s, which needs %s", strings.Join(s.Argv, " "), s.Needs))
			continue
		}
		if err := s.run(ctx, lock, log); err != nil {
			return left, err
		}
	}
	syscall.Sync() // of all that the steps wrote: the marker must not outlive it
	return left, durable.Write(p.Marker, "", 0o600, durable.Bytes(nil))
}

func remove(name string) error {
	if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// run runs a step, which says its words into the log. The last of them are the error's.
func (s Step) run(ctx context.Context, lock, log *os.File) error {
	fmt.Fprintf(log, "$ %s\n", strings.Join(s.Argv, " "))
	from, err := log.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	cmd := s.command(ctx)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{lock}
	err = cmd.Run()
	errMask := mask(log) // before its last words are read
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return errors.Join(fmt.Errorf("%s: %w: %s", strings.Join(s.Argv, " "), err, tail(log.Name(), from)), errMask)
	}
	return errMask
}

// mask takes secrets out of the log: an index's address may have a password.
func mask(log *os.File) error {
	info, err := log.Stat()
	if err != nil {
		return err
	}
	return redact.Process().Stored().Look(log, info.Size(), true)
}

func (s Step) command(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.Argv[0], s.Argv[1:]...)
	cmd.Env = os.Environ()
	for _, e := range s.Env {
		cmd.Env = append(cmd.Env, e.Name+"="+e.Value)
	}
	return cmd
}

// maxTail is how much of a step's words an error has, in bytes.
const maxTail = 1500

// tail is the end of what was said from an offset on.
func tail(name string, from int64) string {
	data, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	text := bytes.TrimSpace(data[min(from, int64(len(data))):])
	text = []byte(redact.Here(string(text)))
	return string(text[max(0, len(text)-maxTail):])
}

// frozen asks what is installed, as it is now.
func (p Plan) frozen(ctx context.Context) (string, error) {
	cmd := p.Freeze.command(ctx)
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(p.Freeze.Argv, " "), err, strings.TrimSpace(redact.Here(words.String())))
	}
	return redact.Here(string(out)), nil
}
