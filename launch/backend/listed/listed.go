package listed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
)

// A Place is what every service of this kind must be told.
type Place struct {
	Name, Summary string
	// Runs is the directory, where jobs run, for attempts: it outlives their machines.
	Runs    string
	Volumes carry.Volumes
	// Most bounds what is sent along, in bytes.
	Most int
	// Pass are variables of this environment that jobs get as secrets.
	Pass []string
	// Self is the trainyard program where jobs run.
	Self string
	// Fresh is how old a list may be.
	Fresh time.Duration
}

// A Backend runs attempts as jobs of a service.
type Backend struct {
	Place
	Service Service

	looking sync.Mutex
	jobs    []Job
	at      time.Time
	now     func() time.Time // tests set it
}

var (
	_ launch.Backend   = (*Backend)(nil)
	_ launch.Queuer    = (*Backend)(nil)
	_ launch.DryRunner = (*Backend)(nil)
)

// New checks what a place has to say in any case.
func New(p Place, s Service) (*Backend, error) {
	if p.Runs == "" || !path.IsAbs(p.Runs) {
		return nil, fmt.Errorf("runs is %q: give a directory that outlives the machine of a job, on a bucket or a shared file system: checkpoints lie there, and the fence that keeps a restarted job from training twice", p.Runs)
	}
	return &Backend{Place: p, Service: s, now: time.Now}, nil
}

// Name implements launch.Backend.
func (b *Backend) Name() string { return b.Place.Name }

// Summary implements launch.Backend.
func (b *Backend) Summary() string { return b.Place.Summary }

// Queues implements launch.Queuer.
func (b *Backend) Queues() bool { return true }

// Site implements launch.Backend.
func (b *Backend) Site(dir, _ string) launch.Site {
	self := b.Self
	if self == "" {
		self = "trainyard"
	}
	return launch.Site{Dir: b.there(dir), Self: self}
}

// LookPath implements launch.Backend: nothing of the machine is known before it is
// there.
func (b *Backend) LookPath(program string) (string, error) { return program, nil }

// Names in the attempt's directory here.
const (
	askedName  = "asked.json"
	specName   = "spec.json"
	stopName   = "stop.json"
	endName    = "end.json"
	unseenName = "unseen.json"
	recordName = "record.json" // what the script printed last
)

// A handle finds a job by its name: the service's number is looked up, since it may
// not have been told.
type handle struct {
	Name string `json:"name"`
}

func handleOf(name string) launch.Handle {
	text, err := json.Marshal(handle{name})
	if err != nil {
		panic("listed: " + err.Error()) // a string alone
	}
	return launch.Handle(text)
}

func (b *Backend) read(text launch.Handle) (string, error) {
	var h handle
	if err := json.Unmarshal([]byte(text), &h); err != nil || h.Name == "" {
		return "", fmt.Errorf("%s: %q is no handle of a job", b.Place.Name, text)
	}
	return h.Name, nil
}

// order puts together what is submitted.
func (b *Backend) order(task launch.Task) (Order, error) {
	o := Order{Task: task, Name: JobName(task.Dir), There: b.there(task.Dir), Here: task.Dir}
	if len(task.Command.Argv) == 0 {
		return o, errors.New("the command is empty")
	}
	if err := b.Service.Check(task); err != nil {
		return o, err
	}
	var err error
	o.Packed, err = b.Volumes.Pack(task.Command.Files, b.Most, "put it on a bucket or a shared file system, and give the place a mount that says where it is seen there and here")
	if err != nil {
		return o, err
	}
	for _, e := range task.Command.Env {
		if e.Secret() && e.Value != "" {
			o.Secret = append(o.Secret, e)
		}
	}
	for _, name := range b.Pass {
		if value, ok := os.LookupEnv(name); ok {
			launch.KnowSecret(name, value)
			o.Secret = append(o.Secret, launch.Env{Name: name, Value: value})
		}
	}
	return o, nil
}

// Plain are the variables of a command that hold no secret.
func (o Order) Plain() (plain []launch.Env) {
	for _, e := range o.Command.Env {
		if !e.Secret() {
			plain = append(plain, e)
		}
	}
	return append(plain, settings(o.Task)...)
}

// Render implements launch.DryRunner.
func (b *Backend) Render(_ context.Context, task launch.Task) ([]launch.File, error) {
	task.Command.Files, _ = b.Volumes.Rehearsed(task.Command.Files)
	o, err := b.order(task)
	if err == nil {
		for i := range o.Secret {
			o.Secret[i].Value = ""
		}
		var list []launch.File
		if list, err = b.Service.Render(o); err == nil {
			return list, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", b.Place.Name, err)
}

// forget has the next look ask the service.
func (b *Backend) forget() {
	b.looking.Lock()
	defer b.looking.Unlock()
	b.at = time.Time{}
}

// list is the newest snapshot, or a new one.
func (b *Backend) list(ctx context.Context) ([]Job, error) {
	b.looking.Lock()
	defer b.looking.Unlock()
	if age := b.now().Sub(b.at); !b.at.IsZero() && age >= 0 && age < b.Fresh {
		return b.jobs, nil
	}
	jobs, err := b.Service.List(ctx)
	if err != nil {
		return nil, err
	}
	b.jobs, b.at = jobs, b.now()
	return jobs, nil
}

// named are the jobs of exactly this name, the first submitted first. There is more
// than one only where the service was asked twice, which we do not.
func named(jobs []Job, name string) (found []Job) {
	for _, j := range jobs {
		if j.Name == name {
			found = append(found, j)
		}
	}
	for i := 1; i < len(found); i++ {
		if found[i].Submitted.Before(found[0].Submitted) {
			found[0], found[i] = found[i], found[0]
		}
	}
	return found
}

// clean is words of a service in one line.
func clean(text string) string {
	return strings.Join(strings.Fields(launch.Redact(text)), " ")
}
