package slurm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/slurm/node"
)

// records are what the nodes of an attempt's newest start have left.
type records struct {
	restart int
	nodes   int // that the job has
	exits   []ended
	orders  node.Orders
	said    string // the last words of Slurm and the script
}

// An ended is the exit record of one rank.
type ended struct {
	attempt.Exit
	rank int
}

func (s *Slurm) records(ctx context.Context, m attempt.Machine, dir string) (records, error) {
	var sub submission
	if _, err := readJSON(ctx, m, dir, submissionName, &sub); err != nil {
		return records{}, err
	}
	found := records{nodes: max(1, sub.Nodes)}
	_, try, err := s.newestIn(ctx, m, dir)
	if errors.Is(err, launch.ErrGone) || errors.Is(err, fs.ErrNotExist) {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	found.restart = node.Restart(path.Base(try))
	for rank := range found.nodes {
		var exit attempt.Exit
		there, err := readJSON(ctx, m, node.NodeDir(try, rank), node.ExitName, &exit)
		var damaged *json.SyntaxError
		if err != nil && !errors.As(err, &damaged) {
			return found, err
		}
		if there && err == nil && !exit.Ended.IsZero() {
			found.exits = append(found.exits, ended{exit, rank})
		}
	}
	orders, err := readFile(ctx, m, dir, node.OrdersName)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return found, err
	}
	found.orders = node.ParseOrders(orders)
	if !found.any() {
		found.said = lastWords(ctx, m, sub.Out)
	}
	return found, nil
}

func (f records) any() bool { return len(f.exits) > 0 }

// lastWords are the last lines of what the batch script and Slurm said.
func lastWords(ctx context.Context, m attempt.Machine, out string) string {
	text, err := readFile(ctx, m, path.Dir(out), path.Base(out))
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(text), "\uFFFD")), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}

// judge puts the word of Slurm on why the job ended together with that of the record on
// how its trainer did.
func (f records) judge(r row, state launch.State) launch.Status {
	s := f.own(r)
	warning, warned := f.orders.Warned[f.restart]
	switch {
	case s.State == launch.Succeeded && !warned && f.all():
		return s
	case !f.orders.Stop.At.IsZero():
		s.State, s.Reason = launch.Cancelled, ordered(s.Reason)
	case state == launch.Cancelled:
		s.State, s.Reason = launch.Cancelled, because(cancelled(r), s.Reason)
	case ends[r.state] != "":
		s.State, s.Reason = state, because(ends[r.state]+f.limit(r), s.Reason)
	case warned && !warning.ForLimit() && f.any():
		s.State, s.Reason = launch.Preempted, because(ends["PREEMPTED"], s.Reason)
	case warned && f.any() && s.State != launch.Succeeded:
		s.State, s.Reason = launch.Failed, because("it ended after Slurm had warned it of its time limit", s.Reason)
	case s.State == launch.Succeeded && !f.all():
		s.State, s.Reason = launch.Lost, fmt.Sprintf("%d of %d nodes left no exit record; another says: %s", f.nodes-len(f.exits), f.nodes, s.Reason)
	}
	return s
}

// all reports whether every node left its record, and each a success.
func (f records) all() bool {
	for _, e := range f.exits {
		if e.State() != launch.Succeeded {
			return false
		}
	}
	return len(f.exits) == f.nodes
}

// own is what the trainer says of itself: the record of the node that failed first. Where
// there is none, Slurm's word is all there is, and a success needs evidence.
func (f records) own(r row) launch.Status {
	if !f.any() {
		s := launch.Status{State: launch.Failed, Code: -1, StartedAt: r.started, EndedAt: r.ended, Reason: "no exit record was left"}
		if r.state == "COMPLETED" || r.state == "" {
			s.State = launch.Lost
		}
		if f.said != "" {
			s.Reason += "; the batch script said: " + f.said
		}
		return s
	}
	first := f.first()
	s := launch.Status{
		State: first.State(), Reason: first.Reason, Code: first.Code, Signal: first.Signal, StartedAt: first.Started, EndedAt: first.Ended,
		Error: first.Error, ErrorLast: first.ErrorLast, Interrupted: first.Outside,
	}
	if f.nodes > 1 {
		s.Reason = fmt.Sprintf("node %d of %d: %s", first.rank, f.nodes, s.Reason)
	}
	return s
}

// first is the record that tells why all ended: the earliest failure that no signal of
// Slurm was the cause of, since one node that fails has the others ended. Else that of
// the first node.
func (f records) first() ended {
	best := f.exits[0]
	for _, e := range f.exits[1:] {
		if e.weight() > best.weight() || e.weight() == best.weight() && e.weight() > 0 && e.Ended.Before(best.Ended) {
			best = e
		}
	}
	return best
}

// weight is how much a record says about why the attempt ended.
func (e ended) weight() int {
	switch {
	case e.State() == launch.Succeeded:
		return 0
	case e.Signal == 15 || e.Code == 128+15 || e.Stopped:
		return 1 // it was asked to end
	}
	return 2
}

func (f records) limit(r row) string {
	if r.state == "TIMEOUT" && r.limit != "" {
		return " (" + r.limit + ")"
	}
	return ""
}

func cancelled(r row) string {
	if r.by != "" {
		return "cancelled by the user with the id " + r.by + ", by scancel"
	}
	return "cancelled by scancel"
}

func because(why, reason string) string { return why + "; " + reason }

// ordered says that the end was asked for, once.
func ordered(reason string) string {
	const words = "stopped on request"
	if strings.Contains(reason, words) {
		return reason
	}
	return because(words, reason)
}
