package ssh

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"trainyard/launch"
	"trainyard/launch/files"
	"trainyard/launch/remote"
	"trainyard/launch/task"
)

// A node is where one part of an attempt runs, with all that reaches it.
type node struct {
	Host   remote.Host `json:"host"`
	Root   string      `json:"root"`
	Path   []string    `json:"path,omitempty"`
	Dir    string      `json:"dir"` // below the root
	Inside string      `json:"inside,omitempty"`
	GPUs   int         `json:"gpus,omitempty"` // it takes of that machine
	// Handle is that of the machine's own agent; empty in ssh.json, and where this
	// node was never started.
	Handle task.Handle `json:"handle,omitempty"`
}

// A choice is what ssh.json and a handle hold: the nodes by rank. Without nodes it says
// that the attempt was given up before any was chosen.
type choice struct {
	Nodes []node `json:"nodes,omitempty"`
	// Environment is the hash of the lock that they run in; empty: what is on PATH.
	Environment string `json:"environment,omitempty"`
	// Passed are hosts of the place that could not be asked when the nodes were chosen,
	// each with the reason in a few words.
	Passed []string `json:"passed,omitempty"`
	// Unseen is since when a host has not answered those that came after the process that
	// was starting the attempt, which had died: what was started is found at each look, and
	// the nodes have no handles. Zero in ssh.json, and where all is known.
	Unseen time.Time `json:"unseen,omitzero"`
}

// choiceName is the claim of an attempt, in its directory here.
const choiceName = "ssh.json"

// claim takes the attempt of a directory here for a choice.
func (c choice) claim(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	err := files.ClaimJSON(dir, choiceName, c)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", dir, task.ErrClaimed)
	}
	return err
}

func (c choice) handle() (launch.Handle, error) {
	text, err := json.Marshal(c)
	return launch.Handle(text), err
}

func readHandle(h launch.Handle) (choice, error) {
	var c choice
	if err := json.Unmarshal([]byte(h), &c); err != nil || len(c.Nodes) == 0 {
		return c, fmt.Errorf("handle %q is none of ssh", h)
	}
	return c, nil
}

// started counts the nodes that something was started on.
func (c choice) started() (n int) {
	for _, node := range c.Nodes {
		if node.Handle != "" {
			n++
		}
	}
	return n
}

func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// EnvironmentOf is the hash of the lock that the attempt of a handle runs in; empty for
// none.
func EnvironmentOf(h launch.Handle) string {
	c, err := readHandle(h)
	if err != nil {
		return ""
	}
	return c.Environment
}
