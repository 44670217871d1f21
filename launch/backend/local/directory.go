package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"trainyard/launch"
)

// Names of the protocol, in an attempt's directory.
const (
	specName          = "spec.json"
	supervisorName    = "supervisor.json"
	supervisorLogName = "supervisor.log"
	trainerName       = "trainer.json"
	stopName          = "stop.json"
	exitName          = "exit.json"
)

// markName is the variable that every process of an attempt carries; its
// value is the attempt's directory.
const markName = "TRAINYARD_ATTEMPT"

// gone reports whether somebody removed an attempt's directory.
func gone(dir string) bool {
	_, err := os.Stat(dir)
	return errors.Is(err, fs.ErrNotExist)
}

// A spec is what the supervisor runs. Values of secrets are not in it: they
// reach the trainer through the environment of the supervisor.
type spec struct {
	Run      string       `json:"run"`
	Attempt  int          `json:"attempt"`
	Argv     []string     `json:"argv"`
	Dir      string       `json:"dir"`
	Env      []launch.Env `json:"env,omitempty"`
	Self     string       `json:"self"`
	Progress string       `json:"progress,omitempty"`
}

// A stopRequest says since when, and how long, the trainer may take to end.
type stopRequest struct {
	At    time.Time     `json:"at"`
	Grace time.Duration `json:"grace_ns"`
}

func (s stopRequest) deadline() time.Time { return s.At.Add(s.Grace) }

// An Exit is the exit record, exit.json.
type Exit struct {
	Code    int       `json:"code"`             // 128+signal for a signal, -1 where unknown
	Signal  int       `json:"signal,omitempty"` // that ended the trainer
	Stopped bool      `json:"stopped,omitempty"`
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended"`
	Reason  string    `json:"reason"`
}

// State is what the record means: a trainer that ended after somebody asked
// for the end is cancelled, whatever its code.
func (e Exit) State() launch.State {
	switch {
	case e.Stopped:
		return launch.Cancelled
	case e.Code == 0 && e.Signal == 0:
		return launch.Succeeded
	}
	return launch.Failed
}

func (e Exit) status() launch.Status {
	return launch.Status{State: e.State(), Reason: e.Reason, Code: e.Code, Signal: e.Signal, StartedAt: e.Started, EndedAt: e.Ended}
}

// place writes the files of a command into the attempt's directory.
func place(dir string, files []launch.File) error {
	for _, f := range files {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return fmt.Errorf("file %q lies outside the attempt's directory", f.Name)
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := placeOne(path, f); err != nil {
			return err
		}
	}
	return nil
}

func placeOne(path string, f launch.File) error {
	if f.Link != "" {
		return os.Symlink(f.Link, path)
	}
	return os.WriteFile(path, []byte(f.Content), 0o600)
}

// lastLines is the end of a file, at most n bytes, for words about its end.
func lastLines(path string, n int64) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	buf := make([]byte, min(n, info.Size()))
	if _, err := f.ReadAt(buf, info.Size()-int64(len(buf))); err != nil {
		return ""
	}
	return strings.ToValidUTF8(string(buf), "\uFFFD")
}
