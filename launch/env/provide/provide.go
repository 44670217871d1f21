package provide

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path"
	"slices"
	"strings"
	"time"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/env"
	"trainyard/launch/env/build"
	"trainyard/launch/stage"
	"trainyard/launch/task"
)

// A Wish is an environment on a machine.
type Wish struct {
	Lock   env.Lock
	Index  string // see env.Where
	Python string // see env.Where
	Agent  string // its path there
	Name   string // of the machine, for people
	// Tell hears what is done; it may be nil.
	Tell func(stage.Progress)
	// UV finds the uv to bring; nil is [UV].
	UV func(ctx context.Context, system, arch string) (file string, err error)
}

// Environment makes the environment where it is not there, and tells of it.
func Environment(ctx context.Context, m attempt.Machine, s *stage.Stager, w Wish) (build.Built, error) {
	box, err := m.Hello(ctx)
	if err != nil {
		return build.Built{}, err
	}
	uv, err := w.uv(ctx, m, s, box)
	if err != nil {
		return build.Built{}, fmt.Errorf("%s: uv for the environment %s: %w", w.Name, w.Lock.Hash(), err)
	}
	plan := w.Lock.Plan(env.Where{Root: box.Root, UV: uv, Index: w.Index, Python: w.Python})
	built, err := w.build(ctx, m, plan)
	if err != nil {
		return built, fmt.Errorf("%s: environment %s: %w", w.Name, w.Lock.Hash(), err)
	}
	for _, left := range built.Left {
		w.say("environment " + w.Lock.Hash()[:12] + " is without " + left)
	}
	return built, nil
}

// uv is its path there.
func (w Wish) uv(ctx context.Context, m attempt.Machine, s *stage.Stager, box attempt.Box) (string, error) {
	there, err := m.LookPath(ctx, "uv")
	if err == nil && path.IsAbs(there) {
		return there, nil
	}
	if err != nil && !errors.Is(err, exec.ErrNotFound) {
		return "", err
	}
	find := w.UV
	if find == nil {
		find = UV
	}
	w.say("finding uv for it")
	file, err := find(ctx, box.OS, box.Arch)
	if err != nil {
		return "", err
	}
	return s.Program(ctx, file, "uv", stage.Bringing{Name: w.Name, Tell: w.Tell})
}

// build has the agent build while its log is followed.
func (w Wish) build(ctx context.Context, m attempt.Machine, plan build.Plan) (b build.Built, err error) {
	text, err := json.Marshal(plan)
	if err != nil {
		return b, err
	}
	following, stop := context.WithCancel(ctx)
	followed := make(chan struct{})
	go func() { defer close(followed); w.follow(following, m, plan) }()
	result, err := m.Exec(ctx, []string{w.Agent, "build"}, text)
	stop()
	<-followed
	switch {
	case err != nil:
		return b, fmt.Errorf("build it: %w", err)
	case result.Code != 0:
		return b, w.fault(strings.TrimPrefix(strings.TrimSpace(string(result.Stderr)), "agent: "), result.Code)
	}
	return b, json.Unmarshal(result.Stdout, &b)
}

// unreachable are words of uv where it came to no index, or to no interpreter to
// download.
var unreachable = []string{"error sending request", "failed to lookup address", "dns error", "tcp connect error", "connection refused", "network is unreachable", "timed out"}

func (w Wish) fault(words string, code int) error {
	if w.Index != "" {
		words = strings.ReplaceAll(words, w.Index, "[the index]")
	}
	said := strings.ToLower(words)
	switch {
	case slices.ContainsFunc(unreachable, func(s string) bool { return strings.Contains(said, s) }):
		return fmt.Errorf("it cannot be built, because the machine reaches no package index: name one that it does reach as the backend's index:, or make an environment there by hand and name its bin as path:, with env: none. %s", words)
	case strings.Contains(said, "no interpreter found"), strings.Contains(said, "no download"):
		return fmt.Errorf("it cannot be built, because the machine has no such Python: install it there, or name one that it has as the backend's python:. %s", words)
	}
	return fmt.Errorf("it cannot be built (code %d): %s", code, words)
}

func (w Wish) say(doing string) {
	if w.Tell != nil {
		w.Tell(stage.Progress{Machine: w.Name, Doing: doing})
	}
}

// followEvery is how often the log of a build is looked at.
const followEvery = time.Second

// follow tells the newest step of the build, until ctx ends. Where the environment is
// there already, no log grows and nothing is told.
func (w Wish) follow(ctx context.Context, m attempt.Machine, plan build.Plan) {
	var told string
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(followEvery):
		}
		if step := newestStep(ctx, m, plan); step != told && step != "" {
			told = step
			w.say("environment " + w.Lock.Hash()[:12] + ": " + step)
		}
	}
}

// newestStep is the last line of the log that begins a step, without the path of uv.
func newestStep(ctx context.Context, m attempt.Machine, plan build.Plan) (step string) {
	if whole, err := m.Open(ctx, env.Dir, path.Base(plan.Marker)); err == nil {
		_ = whole.Close() // it was only asked for
		return ""
	}
	log, err := m.Open(ctx, env.Dir, plan.LogName())
	if err != nil {
		return ""
	}
	defer log.Close()
	data, err := io.ReadAll(io.LimitReader(log.From(max(0, log.Size-logTail)), logTail))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if argv, found := strings.CutPrefix(strings.TrimSpace(line), "$ "); found {
			words := strings.Fields(argv)
			words[0] = path.Base(words[0])
			step = strings.Join(words, " ")
		}
	}
	return step
}

// logTail is how much of a log is looked at, in bytes.
const logTail = 256 << 10

// Apply has the command run in the environment, and keeps what is installed beside it.
func Apply(cmd task.Command, b build.Built) task.Command {
	p := build.Plan{Dir: b.Dir}
	vars := p.Activate(b.Path)
	cmd.Env = slices.Concat(vars, cmd.Env) // what the job says of PATH wins
	cmd.Files = append(slices.Clone(cmd.Files), task.File{Name: build.FreezeName, Content: b.Freeze})
	return cmd
}

// IsThere reports whether the machine has the environment of a hash.
func IsThere(ctx context.Context, m attempt.Machine, hash string) (bool, error) {
	f, err := m.Open(ctx, env.Dir, hash+build.MarkerSuffix)
	switch {
	case err == nil:
		return true, f.Close()
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, task.ErrGone):
		return false, nil
	}
	return false, err
}
