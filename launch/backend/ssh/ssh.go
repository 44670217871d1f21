package ssh

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"sync"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/session"
	"trainyard/launch/bucket"
	"trainyard/launch/remote"
	"trainyard/launch/stage"
)

// SSH is a place of one or more hosts.
type SSH struct {
	name  string
	root  string // as commands are rendered with it
	path  []string
	hosts []host
	agent session.AgentFor
	env   environment
	relay *bucket.Relay // nil: over ssh

	amend func(*attempt.Order) // completes orders; nil does nothing

	mu       sync.Mutex
	machines map[string]*machine // by what reaches them

	at func(point string) // tests die here
}

var (
	_ launch.Backend   = (*SSH)(nil)
	_ launch.Environer = (*SSH)(nil)
	_ launch.Noder     = (*SSH)(nil)
)

// Summary says when to choose it.
const Summary = "machines of one's own over ssh: GPUs are shared by a queue on each, nothing is installed"

// Open checks the config. No machine is asked.
func Open(name string, c Config, agent session.AgentFor) (*SSH, error) {
	hosts, errHosts := c.hosts()
	root, errRoot := c.root()
	var relay *bucket.Relay
	var errStage error
	if c.Stage != "" {
		if relay, errStage = bucket.NewRelay(c.Stage); errStage != nil {
			errStage = fmt.Errorf("stage: %w", errStage)
		}
	}
	if err := errors.Join(errHosts, errRoot, errStage); err != nil {
		return nil, err
	}
	return &SSH{name: name, root: root, path: c.Path, hosts: hosts, agent: agent, relay: relay, env: environment{option: c.env(), index: c.Index, python: c.Python}, machines: map[string]*machine{}}, nil
}

// Amend has f complete every order before it is sent to its host, with what only the
// owner of the host knows, such as how it ends itself. It is set before Start.
func (s *SSH) Amend(f func(*attempt.Order)) { s.amend = f }

// Name implements launch.Backend.
func (s *SSH) Name() string { return s.name }

// Summary implements launch.Backend.
func (s *SSH) Summary() string { return Summary }

// Bucket implements launch.Stager.
func (s *SSH) Bucket() string {
	if s.relay == nil {
		return ""
	}
	return s.relay.Place()
}

// MaxNodes implements launch.Noder.
func (s *SSH) MaxNodes() int { return len(s.hosts) }

// Site implements launch.Backend. Where the root lies in a home that is not known, its
// ~/ stands for that until the start.
func (s *SSH) Site(dir, _ string) launch.Site {
	return launch.Site{Dir: path.Join(s.root, attemptDir(dir)), Self: path.Join(s.root, selfName)}
}

// selfName stands for the trainyard program, which is brought only if it is needed.
const selfName = "bin/trainyard"

// attemptDir is where the attempt of a directory here lies, below the root. The id of
// a run is its own in the whole world; any other directory goes by its whole path.
func attemptDir(dir string) string {
	run, isID := launch.RunOf(dir)
	if !isID {
		run += "-" + shortHash(dir)
	}
	return path.Join("runs", run, filepath.Base(dir))
}

// surveyLimit is how long a question may take that is asked for a better answer alone.
const surveyLimit = 8 * time.Second

// lookLimit is how long a look at a machine may take. One that says nothing for as
// long is out of reach for now.
const lookLimit = 20 * time.Second

// LookPath implements launch.Backend: on the first host that answers, as the hosts of
// a place are alike.
func (s *SSH) LookPath(program string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*lookLimit)
	defer cancel()
	var faults []error
	for _, h := range s.hosts {
		found, err := s.machine(s.node(h, "")).LookPath(ctx, program)
		if !errors.Is(err, remote.ErrUnreachable) {
			return found, s.named(err)
		}
		faults = append(faults, err)
	}
	return "", &launch.Unreachable{Err: s.named(errors.Join(faults...))}
}

// A machine is one host of the place, with its line, its session and what is on its
// way there.
type machine struct {
	*session.Machine
	host   remote.Host
	stager *stage.Stager
}

// machine finds the machine of a node, or makes it: all attempts there share it.
func (s *SSH) machine(n node) *machine {
	key, _ := json.Marshal([]any{n.Host, n.Root, n.Path}) // strings and numbers: it cannot fail
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.machines[string(key)]; m != nil {
		return m
	}
	m := &machine{host: n.Host}
	m.Machine = session.New(remote.NewLine(n.Host), session.Place{Root: n.Root, Path: n.Path, Agent: s.agent})
	m.stager = stage.New(m.Machine).Turns(n.Host.String() + " " + n.Root)
	if s.relay != nil {
		m.stager.Through(s.relay)
	}
	s.machines[string(key)] = m
	return m
}

func (s *SSH) node(h host, dir string) node {
	return node{Host: h.Host, Root: s.root, Path: s.path, Dir: dir, Inside: h.Inside}
}

func (s *SSH) reached(point string) {
	if s.at != nil {
		s.at(point)
	}
}

// named says which backend met an error.
func (s *SSH) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", s.name, err)
}
