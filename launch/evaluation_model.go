package launch

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"trainyard/launch/fetch"
	"trainyard/launch/files"
)

// A ComingError says that a model is on its way to where an evaluation can be given it.
type ComingError struct {
	From        string // the backend that the model lies on
	Done, Total int64  // bytes; 0 while they are not counted
}

func (e *ComingError) Error() string {
	words := fmt.Sprintf("its model is being brought from %s", e.From)
	if e.Total > 0 {
		words += fmt.Sprintf(", %.1f of %.1f GB so far", float64(e.Done)/1e9, float64(e.Total)/1e9)
	}
	return words + "; `trainyard serve` brings it to its end, or this command when it is asked again"
}

// A bringing is the model of an attempt that is to lie in a directory here.
type bringing struct {
	source Backend
	owner  Run
	name   string // below the attempt's directory
	to     string
}

// A coming is a bringing that goes on in this process.
type coming struct {
	done        chan struct{}
	err         error // once done is closed
	came, total atomic.Int64
}

// A porter has the models that are on their way, by where to. The zero value is ready.
type porter struct {
	mu  sync.Mutex
	way map[string]*coming
}

// bringModel brings a model, once for all who ask in this process, and waits so long.
func (l *Launcher) bringModel(ctx context.Context, b bringing, wait time.Duration) error {
	if whole(b.to) {
		return nil
	}
	c := l.porter.start(b.to, func(c *coming) error { return l.bringOnce(ctx, b, c) })
	late := time.NewTimer(wait)
	defer late.Stop()
	select {
	case <-c.done:
		l.porter.end(b.to, c)
		return c.err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-late.C:
		select {
		case <-c.done: // what is done is told, however short the wait
			l.porter.end(b.to, c)
			return c.err
		default:
		}
		return &ComingError{From: b.owner.Job.Backend, Done: c.came.Load(), Total: c.total.Load()}
	}
}

func (p *porter) start(to string, bring func(*coming) error) *coming {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.way[to]; c != nil && !c.over() {
		return c
	}
	if p.way == nil {
		p.way = map[string]*coming{}
	}
	c := &coming{done: make(chan struct{})}
	p.way[to] = c
	go func() {
		defer close(c.done)
		c.err = bring(c)
	}()
	return c
}

// over reports whether it has come, and so is asked for again because it was cleared away.
func (c *coming) over() bool {
	select {
	case <-c.done:
		return c.err == nil
	default:
		return false
	}
}

// end takes one that is done away, once its error has been told.
func (p *porter) end(to string, c *coming) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.way[to] == c {
		delete(p.way, to)
	}
}

// whole reports whether a directory has all that was to be fetched into it.
func whole(dir string) bool {
	var mark fetch.Fetched
	found, err := files.ReadJSON(dir, fetch.MarkerName, &mark)
	return err == nil && found
}

// abreast are the models that one process brings at once: more share one line.
var abreast = make(chan struct{}, 2)

// bringOnce brings a model while no other process does.
func (l *Launcher) bringOnce(ctx context.Context, b bringing, c *coming) error {
	select {
	case abreast <- struct{}{}:
		defer func() { <-abreast }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := os.MkdirAll(filepath.Dir(b.to), 0o755); err != nil {
		return fmt.Errorf("bring the model: %w", err)
	}
	unlock, err := files.WaitLock(ctx, filepath.Join(l.runDir(b.owner.ID), "fetch.lock"))
	if err != nil {
		return fmt.Errorf("bring the model: %w", err)
	}
	defer unlock()
	if whole(b.to) {
		return nil
	}
	a := fetch.Attempt{Source: b.source, Run: b.owner.ID, N: b.owner.N, Dir: l.Dir(b.owner), Handle: b.owner.Handle, Keep: keptOf(b.name)}
	if _, err := fetch.Fetch(ctx, a, b.name, b.to, func(done, total int64) { c.came.Store(done); c.total.Store(total) }); err != nil {
		return fmt.Errorf("bring the model from %s: %w", b.owner.Job.Backend, err)
	}
	l.reached("brought")
	return nil
}

// optimizerState matches the states of the optimizer that are saved beside a model, which
// are larger than it: optimizer.pt of transformers, optimizer_0 of FSDP's shards, and what
// DeepSpeed writes for each rank (deepspeed/runtime/engine.py, _get_zero_ckpt_name).
var optimizerState = regexp.MustCompile(`^optimizer(\.|_\d+$)|_optim_states\.pt$`)

// keptOf leaves out what an evaluation of a model does not read: the states of its
// optimizer, and the checkpoints beside a finished model.
func keptOf(name string) func(string, Entry) bool {
	return func(below string, e Entry) bool {
		beside := e.Dir && !isSaving(name) && path.Dir(below) == path.Clean(name) && isSaving(below)
		return !beside && !optimizerState.MatchString(e.Name)
	}
}

// isSaving reports whether a directory is a checkpoint by its name.
func isSaving(name string) bool {
	return slices.ContainsFunc(savings, func(s saving) bool { return s.name.MatchString(path.Base(name)) })
}
