package attempt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"trainyard/format/durable"
	"trainyard/launch/files"
)

// The GPUs of a box are shared through files below its root: gpus/I.lock is locked by
// who has GPU I, and gpus/queue has a ticket for each attempt that waits, in the order
// in which they came, locked by who drew it. Locks end with the process that holds
// them, so what dies gives back its place and its GPUs.

// queueName tells, in an attempt's directory, why it waits.
const queueName = "queue.json"

// A waiting is what queue.json says.
type waiting struct {
	Since  time.Time `json:"since"`
	Reason string    `json:"reason"`
}

// A queue is that of a box's GPUs.
type queue struct {
	dir  string
	gpus []string // indices, or what CUDA calls them
}

// gpuName is the form of a GPU in CUDA_VISIBLE_DEVICES: an index, or a UUID of a GPU or
// of a part of one.
var gpuName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// openQueue finds the GPUs: those that CUDA_VISIBLE_DEVICES names, where a scheduler or
// the user has set it, else all of the box.
func openQueue(root string) (queue, error) {
	return queueOf(root, func() []GPU { return findGPUs(context.Background()) })
}

func queueOf(root string, gpus func() []GPU) (queue, error) {
	if root == "" {
		return queue{}, errNoRoot
	}
	q := queue{dir: filepath.Join(root, "gpus")}
	if named, set := os.LookupEnv("CUDA_VISIBLE_DEVICES"); set {
		for name := range strings.SplitSeq(named, ",") {
			if name = strings.TrimSpace(name); gpuName.MatchString(name) && !slices.Contains(q.gpus, name) {
				q.gpus = append(q.gpus, name)
			}
		}
	} else {
		for _, gpu := range gpus() {
			q.gpus = append(q.gpus, strconv.Itoa(gpu.Index))
		}
	}
	return q, os.MkdirAll(filepath.Join(q.dir, "queue"), 0o700)
}

// countSlots tells how busy the GPUs are, for a caller that chooses among boxes: by the
// time of its start that may have changed, and the queue decides.
func (b *Box) countSlots(root string) error {
	q, err := queueOf(root, func() []GPU { return b.GPUs })
	if err != nil {
		return err
	}
	b.Slots = len(q.gpus)
	return q.alone(func() error {
		names, err := q.tickets()
		if err != nil {
			return err
		}
		free, err := q.free(len(q.gpus))
		b.Waiting, b.Taken = len(names), len(q.gpus)-len(free)
		return errors.Join(err, release(free))
	})
}

// A ticket is a place in the queue, held by its lock.
type ticket struct {
	queue queue
	name  string
	file  *os.File
}

// draw takes the place behind all others.
func (q queue) draw() (t ticket, err error) {
	err = q.alone(func() error {
		names, err := q.tickets()
		if err != nil {
			return err
		}
		next := 1
		if len(names) > 0 {
			last, err := strconv.Atoi(names[len(names)-1])
			if err != nil {
				return err
			}
			next = last + 1
		}
		t = ticket{queue: q, name: fmt.Sprintf("%012d", next)}
		t.file, err = durable.Lock(q.ticket(t.name), 0o600)
		return err
	})
	return t, err
}

func (q queue) ticket(name string) string { return filepath.Join(q.dir, "queue", name) }

var ticketName = regexp.MustCompile(`^\d{12}$`)

// tickets are those of the living, in order; the others are removed. The caller is alone.
func (q queue) tickets() (names []string, err error) {
	entries, err := os.ReadDir(filepath.Join(q.dir, "queue"))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !ticketName.MatchString(e.Name()) {
			continue
		}
		f, err := durable.Lock(q.ticket(e.Name()), 0o600)
		switch {
		case errors.Is(err, durable.ErrLocked):
			names = append(names, e.Name())
		case err != nil:
			return nil, err
		default:
			if err := errors.Join(os.Remove(f.Name()), f.Close()); err != nil {
				return nil, err
			}
		}
	}
	return names, nil
}

// alone waits for its turn to look at the queue and change it.
func (q queue) alone(do func() error) error {
	for {
		lock, err := durable.Lock(filepath.Join(q.dir, "queue.lock"), 0o600)
		if errors.Is(err, durable.ErrLocked) {
			time.Sleep(time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		return errors.Join(do(), lock.Close())
	}
}

// A slot is a GPU that is held.
type slot struct {
	gpu  string
	lock *os.File
}

// take gives n GPUs to the ticket that is first, once as many are free; else the reason
// to wait. Later tickets wait for the first one, so that an attempt that needs many is
// not overtaken for ever by those that need few.
func (t ticket) take(n int) (slots []slot, reason string, err error) {
	err = t.queue.alone(func() error {
		names, err := t.queue.tickets()
		if err != nil {
			return err
		}
		if ahead := slices.Index(names, t.name); ahead > 0 {
			reason = fmt.Sprintf("waits for %d of %d GPUs; %d before it in the queue", n, len(t.queue.gpus), ahead)
			return nil
		}
		if slots, err = t.queue.free(n); err != nil || len(slots) == n {
			return err
		}
		reason = fmt.Sprintf("waits for %d of %d GPUs; %d free, first in the queue", n, len(t.queue.gpus), len(slots))
		return release(slots)
	})
	if err != nil || reason != "" {
		return nil, reason, err
	}
	return slots, "", t.leave()
}

// free locks up to n GPUs.
func (q queue) free(n int) (slots []slot, err error) {
	for _, gpu := range q.gpus {
		if len(slots) == n {
			break
		}
		f, err := durable.Lock(filepath.Join(q.dir, gpu+".lock"), 0o600)
		switch {
		case err == nil:
			slots = append(slots, slot{gpu, f})
		case !errors.Is(err, durable.ErrLocked):
			return nil, errors.Join(err, release(slots))
		}
	}
	return slots, nil
}

func (t ticket) leave() error { return errors.Join(os.Remove(t.file.Name()), t.file.Close()) }

func release(slots []slot) (err error) {
	for _, s := range slots {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}

// awaitSlots waits in the queue until the attempt has its GPUs, or until a signal asks
// it to end.
func (s *supervisor) awaitSlots(signals <-chan os.Signal) (asked os.Signal, err error) {
	q, err := openQueue(s.spec.Root)
	if err != nil {
		return nil, err
	}
	if s.spec.Slots > len(q.gpus) {
		return nil, fmt.Errorf("it asks for %d GPUs, and there are %d: %s", s.spec.Slots, len(q.gpus), strings.Join(q.gpus, ","))
	}
	t, err := q.draw()
	if err != nil {
		return nil, err
	}
	tick := time.NewTicker(queueInterval)
	defer tick.Stop()
	var told waiting
	for {
		slots, reason, err := t.take(s.spec.Slots)
		if err != nil {
			return nil, err
		}
		if reason == "" {
			s.slots = slots
			return nil, s.unqueue()
		}
		if told.Reason != reason {
			told = waiting{Since: s.queuedSince(told), Reason: reason}
			if err := files.WriteJSON(s.dir, queueName, told); err != nil && !errors.Is(err, syscall.ENOSPC) {
				return nil, err
			}
		}
		select {
		case sig := <-signals:
			if sig == syscall.SIGUSR1 {
				s.warned = time.Now()
				continue
			}
			return sig, errors.Join(t.leave(), s.unqueue())
		case <-tick.C:
		}
	}
}

// queueInterval is how often a waiting attempt looks for free GPUs.
const queueInterval = 200 * time.Millisecond

func (s *supervisor) queuedSince(told waiting) time.Time {
	if told.Since.IsZero() {
		return time.Now()
	}
	return told.Since
}

func (s *supervisor) unqueue() error {
	return os.RemoveAll(filepath.Join(s.dir, queueName))
}

// slotEnv lets the trainer see its GPUs alone.
func (s *supervisor) slotEnv() []string {
	var names []string
	for _, slot := range s.slots {
		names = append(names, slot.gpu)
	}
	if names == nil {
		return nil
	}
	env := []string{"CUDA_VISIBLE_DEVICES=" + strings.Join(names, ",")}
	if _, set := os.LookupEnv("CUDA_VISIBLE_DEVICES"); !set {
		env = append(env, "CUDA_DEVICE_ORDER=PCI_BUS_ID") // the indices are nvidia-smi's
	}
	return env
}

// slotFiles go to the trainer, which keeps the locks also when its supervisor is
// killed: its GPUs are not free before it has ended.
func (s *supervisor) slotFiles() (all []*os.File) {
	for _, slot := range s.slots {
		all = append(all, slot.lock)
	}
	return all
}
