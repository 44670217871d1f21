package session

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/remote"
)

// ErrUnfit: the machine cannot run the agent as it is. The words say what to do.
var ErrUnfit = errors.New("the machine cannot be used as it is")

// start opens a session: look, bring the agent where it is not, and start it.
func (m *Machine) start(ctx context.Context) (*open, error) {
	there, err := m.probe(ctx)
	if err != nil {
		return nil, err
	}
	agent, err := m.bring(ctx, there)
	if err != nil {
		return nil, err
	}
	return m.serve(ctx, there, agent)
}

// A box is what a shell there tells.
type box struct {
	system, arch string
	root         string   // absolute
	agents       []string // names of those that are there
}

// Every script is one word of one line for the login shell, which may be any, and is
// read by sh; what a user chose is an argument of it.
const (
	probeMark  = "trainyard-box"
	probeFound = "trainyard-has"
	probe      = `cd && case $1 in /*) r=$1 ;; *) r=$HOME/$1 ;; esac && { test -d "$r" || mkdir -p -m 700 "$r"; } && cd "$r" && echo "` + probeMark + ` $(uname -s) $(uname -m) $(pwd -P)" && for f in agent-*; do if test -x "$f"; then echo "` + probeFound + ` $f"; fi; done`
	// A line that is cut ends the input of cat, which takes that for the end: the size
	// tells.
	bring = `cd "$1" && trap 'rm -f "$2"' EXIT && cat > "$2" && if test "$(wc -c < "$2")" -ne "$3"; then echo "the line was cut" >&2; exit 75; fi && chmod 700 "$2" && mv "$2" "$4"`
	// Said again by itself, what a shell says of a program that it cannot start is whole.
	check = `exec "$1" version`
	serve = `PATH=$1$PATH; export PATH; exec "$2" serve "$3"`
)

func script(text string, args ...string) string {
	return remote.Quote(append([]string{"sh", "-c", text, "sh"}, args...)...)
}

// root is where the place's directory lies; a leading ~/ is the home directory.
func (p Place) root() string { return strings.TrimPrefix(p.Root, "~/") }

func (m *Machine) probe(ctx context.Context) (box, error) {
	out, err := m.line.Run(ctx, script(probe, m.place.root()), nil)
	var failed *remote.CommandError
	if errors.As(err, &failed) {
		return box{}, fmt.Errorf("%w: %s: make its directory %s: %s: give another root in the backend's settings, a directory that can be written there", ErrUnfit, m.line.Host(), m.place.Root, lastLine(failed.Stderr))
	}
	if err != nil {
		return box{}, err
	}
	var b box
	for line := range strings.Lines(string(out)) {
		// What a login shell prints may stand before it on the same line.
		if _, rest, found := strings.Cut(strings.TrimRight(line, "\r\n"), probeMark+" "); found {
			words := strings.SplitN(rest, " ", 3)
			if len(words) == 3 {
				b.system, b.arch, b.root = words[0], words[1], words[2]
			}
		} else if _, name, found := strings.Cut(strings.TrimRight(line, "\r\n"), probeFound+" "); found {
			b.agents = append(b.agents, name)
		}
	}
	if b.root == "" {
		return b, fmt.Errorf("%w: %s: its shell does not say what the machine is, but %q: a POSIX shell is needed", ErrUnfit, m.line.Host(), lastLine(string(out)))
	}
	return b, nil
}

// lastLine is the last line of a program's words, as the cause is told at the end.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// platforms are the machines that there are agents for, as uname calls them.
var platforms = map[string]string{"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}

// bring puts the agent there, and returns its path.
func (m *Machine) bring(ctx context.Context, there box) (string, error) {
	arch, known := platforms[there.arch]
	if there.system != "Linux" || !known {
		return "", fmt.Errorf("%w: %s is %s on %s: agents are for Linux on x86_64 and aarch64", ErrUnfit, m.line.Host(), there.system, there.arch)
	}
	file, err := m.place.Agent(ctx, "linux", arch)
	if err != nil {
		return "", fmt.Errorf("the agent for %s: %w", m.line.Host(), err)
	}
	program, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the agent for %s: %w", m.line.Host(), err)
	}
	digest := sha256.Sum256(program)
	name := "agent-" + hex.EncodeToString(digest[:8])
	if slices.Contains(there.agents, name) {
		return path.Join(there.root, name), nil
	}
	temp := ".agent-" + rand.Text()
	_, err = m.line.Run(ctx, script(bring, there.root, temp, strconv.Itoa(len(program)), name), bytes.NewReader(program))
	var failed *remote.CommandError
	if errors.As(err, &failed) {
		return "", fmt.Errorf("%w: %s: put the agent (%d bytes) into %s: %s", ErrUnfit, m.line.Host(), len(program), there.root, lastLine(failed.Stderr))
	}
	return path.Join(there.root, name), err
}

// serve starts the agent and greets it.
func (m *Machine) serve(ctx context.Context, there box, agent string) (*open, error) {
	var before string
	for _, dir := range m.place.Path {
		before += dir + ":"
	}
	stream, err := m.line.Stream(ctx, script(serve, before, agent, there.root))
	if err != nil {
		return nil, err
	}
	machine, err := attempt.Client(ctx, stream)
	if err != nil {
		_ = stream.Close()
		return nil, m.unserved(ctx, agent, err)
	}
	greeted, err := machine.Hello(ctx)
	if err != nil {
		_ = machine.Close()
		return nil, fmt.Errorf("%w: %s: %w", remote.ErrUnreachable, m.line.Host(), err)
	}
	return &open{machine: machine, box: greeted, agent: agent}, nil
}

// unserved says why the agent did not start, by what the shell says of it when it is
// asked for less.
func (m *Machine) unserved(ctx context.Context, agent string, err error) error {
	_, checked := m.line.Run(ctx, script(check, agent), nil)
	var failed *remote.CommandError
	var words string
	if errors.As(checked, &failed) {
		words = lastLine(failed.Stderr)
	}
	said := strings.ToLower(words)
	switch {
	case strings.Contains(said, "permission denied"):
		return fmt.Errorf("%w: %s runs no program below %s (%s), a file system that is mounted noexec most likely: give another root in the backend's settings", ErrUnfit, m.line.Host(), path.Dir(agent), words)
	case strings.Contains(said, "exec format"), strings.Contains(said, "cannot execute"):
		return fmt.Errorf("%w: %s does not run the agent: %s: its uname tells another kind of machine than it is", ErrUnfit, m.line.Host(), words)
	case errors.Is(err, attempt.ErrProtocol):
		return fmt.Errorf("%s: %w", m.line.Host(), err)
	case words != "":
		return fmt.Errorf("%w: %s: the agent did not start: %s: %w", ErrUnfit, m.line.Host(), words, err)
	}
	return fmt.Errorf("%w: %s: the agent did not start: %w", remote.ErrUnreachable, m.line.Host(), err)
}
