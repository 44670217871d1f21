package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// contentForm begins every hashed text. It changes when the meaning of Content does.
const contentForm = "trainyard cell 1\n"

// A Content is all that makes one cell another. Names, summaries, the machine that
// runs it and the number of its GPUs do not.
type Content struct {
	Recipe   string   `json:"recipe"`   // fingerprint of the resolved recipe, training included
	Data     string   `json:"data"`     // fingerprint of the part of it that makes the dataset
	Inputs   []string `json:"inputs"`   // sha256 of what was read, in the order of the manifest
	Pipeline int      `json:"pipeline"` // version of what makes datasets
	Lock     string   `json:"lock"`     // hash of the trainer's environment; empty: it has none
	Repeat   int      `json:"repeat"`   // from 1: runs of one recipe that are to be told apart
	// Code is sha256 of scripts and configurations that the training's parameters name by
	// full paths, in the order of their paths; none where they lie on another machine.
	Code []string `json:"code,omitempty"`
}

// Hash names the cell: SHA-256, in hex. The first repeat is the cell of a recipe that
// repeats nothing.
func (c Content) Hash() string {
	if c.Repeat <= 1 {
		c.Repeat = 0
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic("sweep: " + err.Error()) // strings and numbers
	}
	sum := sha256.Sum256(append([]byte(contentForm), text...))
	return hex.EncodeToString(sum[:])
}
