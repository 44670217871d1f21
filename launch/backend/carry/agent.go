package carry

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
)

// Start is the script, for sh, that brings the agent to life where it arrived in pieces.
// Its first lines say what it takes; the words of a user are not part of it.
//
//go:embed start.sh
var Start string

// AgentName begins the names of the pieces beside the script.
const AgentName = "agent."

// An AgentFor gives the file of the agent for a machine, by GOOS and GOARCH.
type AgentFor func(ctx context.Context, system, arch string) (file string, err error)

// An Agent is one that goes along.
type Agent struct {
	Arch   string // as GOARCH has it
	Digest string // SHA-256 of the program, in hexadecimals
	Packed []byte // the program in gzip, about 1.5 MB
}

// PackAgent makes the agent for Linux of an architecture ready to go along.
func PackAgent(ctx context.Context, find AgentFor, arch string) (Agent, error) {
	file, err := find(ctx, "linux", arch)
	if err != nil {
		return Agent{}, fmt.Errorf("the agent that goes along: %w", err)
	}
	program, err := os.ReadFile(file)
	if err != nil {
		return Agent{}, fmt.Errorf("the agent that goes along: %w", err)
	}
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = zip.Write(program)
	}
	if err = errors.Join(err, zip.Close()); err != nil {
		return Agent{}, err
	}
	digest := sha256.Sum256(program)
	return Agent{Arch: arch, Digest: hex.EncodeToString(digest[:]), Packed: packed.Bytes()}, nil
}
