package backend

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/backend/hfjobs"
	"trainyard/launch/backend/kubernetes"
	"trainyard/launch/backend/local"
	"trainyard/launch/backend/rented"
	"trainyard/launch/backend/skypilot"
	"trainyard/launch/backend/slurm"
	"trainyard/launch/backend/ssh"
	"trainyard/launch/provider"
)

// A Place is a backend as the settings name it: its kind, and what that kind must
// know of it, such as hosts or a partition. Keys of options are lower case.
type Place struct {
	Name string
	Kind string
	// Price is of one GPU for an hour, in US dollars; nil is not known.
	Price   *float64
	Options map[string]any
}

// A Kind opens the places of one kind.
type Kind struct {
	// Summary says in one line when to choose it.
	Summary string
	// Example are its options as config.yaml has them; empty where it needs none.
	Example string
	// Options are the names of all that it takes, in the order of their struct.
	Options []string
	// Prices says that it tells what it costs. A place of another kind may say so itself.
	Prices bool
	open   func(name string, options map[string]any) (launch.Backend, error)
	// short reads what follows KIND: on the command line, such as a host; nil where
	// the kind has no short form.
	short func(text string) map[string]any
}

// Kinds is the registry by name.
var Kinds = map[string]Kind{
	"local":  {Summary: local.Local{}.Summary(), open: func(string, map[string]any) (launch.Backend, error) { return local.Local{}, nil }},
	"lambda": rent("lambda"),
	"runpod": rent("runpod"),
	"vast":   rent("vast"),
	"slurm":  configured(slurm.Summary, slurm.Example, slurm.Short, openSlurm),
	"ssh":    configured(ssh.Summary, ssh.Example, ssh.Short, openSSH),

	"hfjobs":     configured(hfjobs.Summary, hfjobs.Example, nil, hfjobs.Open),
	"kubernetes": configured(kubernetes.Summary, kubernetes.Example, nil, openKubernetes),
	"skypilot":   configured(skypilot.Summary, skypilot.Example, nil, skypilot.Open),
}

// rent is the kind of boxes of a provider.
func rent(name string) Kind {
	kind := provider.Providers[name]
	k := configured(rented.Summary(kind), rented.Example(kind), nil, func(place string, c rented.Config) (launch.Backend, error) {
		return rented.Open(kind, place, c, binary.Path)
	})
	k.Prices = true
	return k
}

// openSSH has the agents that go to the hosts come from where releases have them.
func openSSH(name string, config ssh.Config) (launch.Backend, error) {
	return ssh.Open(name, config, binary.Path)
}

// openSlurm has the agent for a login node come from where releases have it.
func openSlurm(name string, config slurm.Config) (launch.Backend, error) {
	return slurm.Open(name, config, binary.Path)
}

// openKubernetes has the agent that goes along with pods come from there too.
func openKubernetes(name string, o kubernetes.Options) (launch.Backend, error) {
	return kubernetes.Open(name, o, binary.Path)
}

// Tell has tell hear what takes long before a machine can be spoken to, such as the build
// of an agent. It is called before any backend is used.
func Tell(tell func(words string)) { binary.Tell = tell }

// configured is a kind whose options are the struct C, with json tags. An option that
// C lacks is an error that says which there are, and a value of another kind one that says
// what it should be.
func configured[C any](summary, example string, short func(string) map[string]any, open func(name string, config C) (launch.Backend, error)) Kind {
	return Kind{Summary: summary, Example: example, Options: optionsOf(reflect.TypeFor[C]()), short: short, open: func(name string, options map[string]any) (launch.Backend, error) {
		config, err := Read[C]("", options)
		if err != nil {
			return nil, err
		}
		return open(name, config)
	}}
}

// nameable are names that can be typed, stand in a table, and are no short form.
var nameable = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]*$`)

// Open opens the places of the settings, and local, which is always there. Every
// fault is told.
func Open(places []Place) (map[string]launch.Backend, error) {
	opened := map[string]launch.Backend{"local": local.Local{}}
	var faults []error
	for _, p := range places {
		if _, twice := opened[p.Name]; twice || p.Name == "" {
			faults = append(faults, fmt.Errorf("backend %q: give every backend a name of its own", p.Name))
			continue
		}
		if !nameable.MatchString(p.Name) {
			faults = append(faults, fmt.Errorf("backend %q: give a name of letters, digits and ._- that begins with a letter or a digit: KIND:TEXT is a short form", p.Name))
			continue
		}
		b, err := open(p)
		if err == nil {
			err = checkPrice(p)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("backend %q: %w", p.Name, err))
			continue
		}
		opened[p.Name] = b
	}
	return opened, errors.Join(faults...)
}

// checkPrice refuses a price that is none, and one of a place that has its own.
func checkPrice(p Place) error {
	if p.Price == nil {
		return nil
	}
	if Kinds[p.Kind].Prices {
		return fmt.Errorf("price is %v: %s tells what it costs: give max_price, the dearest that it may be", *p.Price, p.Kind)
	}
	if !(*p.Price >= 0) || math.IsInf(*p.Price, 0) {
		return fmt.Errorf("price is %v: give dollars for one GPU and hour, 0 or more", *p.Price)
	}
	return nil
}

// OpenShort opens a backend by its short form, KIND:TEXT, such as ssh:gpu1, or by its
// kind alone, where that needs no options.
func OpenShort(name string) (launch.Backend, error) {
	kind, text, short := strings.Cut(name, ":")
	k, known := Kinds[kind]
	switch {
	case !known:
		return nil, fmt.Errorf("unknown backend %q: name one of the settings' backends, or use a kind: %s", name, strings.Join(slices.Sorted(maps.Keys(Kinds)), ", "))
	case short && k.short == nil:
		return nil, fmt.Errorf("backend %q: %s has no short form: give it a name in the settings", name, kind)
	case short:
		return k.open(name, k.short(text))
	}
	return k.open(name, nil)
}

func open(p Place) (launch.Backend, error) {
	k, known := Kinds[p.Kind]
	if !known {
		return nil, fmt.Errorf("unknown kind %q: there are %s", p.Kind, strings.Join(slices.Sorted(maps.Keys(Kinds)), ", "))
	}
	return k.open(p.Name, p.Options)
}
