package binary

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"trainyard/format/durable"
)

// Tell hears what takes long, such as a build, in words for people; nil: it is not told. It
// is set before the first For.
var Tell func(words string)

// build makes the agent of the module's source, unless the cache has the one that was
// made of it as it is now.
func build(ctx context.Context, goos, goarch, cache, name string) (File, error) {
	root, err := source()
	if err != nil {
		return File{}, fmt.Errorf("%w: %s/%s: %w", ErrNone, goos, goarch, err)
	}
	state, err := sourceState(root)
	if err != nil {
		return File{}, fmt.Errorf("agent for %s/%s: %w", goos, goarch, err)
	}
	// The name of what was made of this state of the source.
	made := filepath.Join(cache, name+".of-"+state[:16])
	if kept, err := os.ReadFile(made); err == nil {
		if data, err := os.ReadFile(filepath.Join(cache, filepath.Base(string(kept)))); err == nil {
			return keep(cache, name, data)
		}
	}
	if Tell != nil {
		Tell(fmt.Sprintf("building the agent for %s/%s, once for this version of the source: it takes up to half a minute", goos, goarch))
	}
	data, err := compile(ctx, root, goos, goarch)
	if err != nil {
		return File{}, fmt.Errorf("build the agent for %s/%s: %w", goos, goarch, err)
	}
	file, err := keep(cache, name, data)
	if err != nil {
		return File{}, err
	}
	return file, durable.Write(made, "", 0o600, durable.Bytes([]byte(filepath.Base(file.Path))))
}

// compile builds one static program.
func compile(ctx context.Context, root, goos, goarch string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "trainyard-agent-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "agent")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./launch/backend/attempt/agent")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch, "GOWORK=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return os.ReadFile(path)
}

// source is the root of the module where this program was built, or around the program
// or the working directory.
func source() (string, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return "", errors.New("this trainyard was built without it, and there is no go here to build it: take a release, or install Go and keep the source")
	}
	var around []string
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		around = append(around, filepath.Dir(file))
	}
	if self, err := os.Executable(); err == nil {
		around = append(around, filepath.Dir(self))
	}
	if dir, err := os.Getwd(); err == nil {
		around = append(around, dir)
	}
	for _, dir := range around {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && strings.HasPrefix(string(text), "module trainyard\n") {
				return dir, nil
			}
		}
	}
	return "", errors.New("this trainyard was built without it, and its source is not here to build it: take a release, or run it from its source")
}

// rooms are the packages of the agent, with what decides about their versions.
var rooms = []string{
	"format/durable", "format/regular", "format/secret", "launch/backend/attempt", "launch/backend/attempt/agent", "launch/backend/carry/inside", "launch/backend/slurm/node", "launch/cause", "launch/env/build",
	"launch/files",
	"launch/redact", "launch/task",
}

// sourceState is a digest of the names, sizes and times of the source files.
func sourceState(root string) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, runtime.Version())
	names := []string{"go.mod", "go.sum"}
	for _, room := range rooms {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(room), "*.go"))
		if err != nil {
			return "", err
		}
		for _, file := range found {
			names = append(names, filepath.Join(room, filepath.Base(file)))
		}
	}
	for _, name := range names {
		info, err := os.Stat(filepath.Join(root, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintln(hash, name, info.Size(), info.ModTime().UnixNano())
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
