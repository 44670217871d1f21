package slurm

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A row is a job as squeue or sacct tells it.
type row struct {
	key       string // 12, or 12_3
	name      string
	state     string // PENDING, …; the first word of "CANCELLED by 1000"
	by        string // who cancelled it, where that is told
	reason    string
	submitted time.Time // zero where it is not known
	started   time.Time
	ended     time.Time // of a running job: its time limit
	nodes     string
	limit     string
	exit      string // of the batch script, CODE:SIGNAL, where that is told
}

// epoch has Slurm's programs print times as seconds: their own form has no zone.
var epoch = []string{"env", "SLURM_TIME_FORMAT=%s"}

const queueFields = "%F|%K|%j|%T|%V|%S|%e|%l|%N|%r"

// queued asks squeue for the jobs of the user, ended ones that it has not forgotten
// included; -r tells each element of an array.
func (s *Slurm) queued(ctx context.Context, more ...string) ([]row, error) {
	out, err := s.ask(ctx, append(append(epoch, "squeue", "-h", "-r", "-t", "all", "--me", "-o", queueFields), more...)...)
	if err != nil {
		return nil, err
	}
	var rows []row
	for line := range strings.Lines(out) {
		f := strings.SplitN(strings.TrimRight(line, "\n"), "|", 10)
		if len(f) != 10 {
			return nil, fmt.Errorf("squeue printed %q, which are not the fields %s", line, queueFields)
		}
		r := row{key: f[0], name: f[2], state: f[3], submitted: at(f[4]), started: at(f[5]), ended: at(f[6]), limit: f[7], nodes: f[8], reason: f[9]}
		if _, err := strconv.Atoi(f[1]); err == nil {
			r.key += "_" + f[1]
		}
		rows = append(rows, r)
	}
	return rows, nil
}

const accountFields = "JobID,JobName,State,ExitCode,Submit,Start,End,NodeList,Reason"

// accounted asks sacct for a job that squeue has forgotten, or for all of a name. Of the
// rows of one job, one for each start, the last comes last. Where the cluster keeps no
// accounts, known is false.
func (s *Slurm) accounted(ctx context.Context, since time.Time, which ...string) (rows []row, known bool, err error) {
	argv := append(append(epoch, "sacct", "-P", "-n", "-X", "-D", "-o", accountFields), which...)
	if !since.IsZero() {
		argv = append(argv, "-S", since.Local().Format("2006-01-02T15:04:05"))
	}
	out, err := s.ask(ctx, argv...)
	if err != nil {
		if strings.Contains(err.Error(), "disabled") || strings.Contains(err.Error(), "not found") {
			err = nil
		}
		return nil, false, err
	}
	for line := range strings.Lines(out) {
		f := strings.SplitN(strings.TrimRight(line, "\n"), "|", 9)
		if len(f) != 9 {
			return nil, false, fmt.Errorf("sacct printed %q, which are not the fields %s", line, accountFields)
		}
		r := row{key: f[0], name: f[1], exit: f[3], submitted: at(f[4]), started: at(f[5]), ended: at(f[6]), nodes: f[7], reason: f[8]}
		r.state, r.by, _ = strings.Cut(f[2], " by ")
		rows = append(rows, r)
	}
	return rows, true, nil
}

// at reads seconds; what is none, such as N/A or Unknown, is zero.
func at(text string) time.Time {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.Unix(n, 0)
}

// ask runs a program of Slurm on the login node and returns what it printed. A code
// other than 0 is an error with its words.
func (s *Slurm) ask(ctx context.Context, argv ...string) (string, error) {
	m, err := s.machine(ctx)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	result, err := m.Exec(ctx, argv, nil)
	if err != nil {
		return "", fmt.Errorf("%s: %w", program(argv), err)
	}
	if result.Code != 0 {
		return "", fmt.Errorf("%s: code %d: %s", program(argv), result.Code, strings.TrimSpace(string(result.Stderr)))
	}
	return string(result.Stdout), nil
}

// askLimit is more than a busy slurmctld takes; its programs try for longer.
const askLimit = 20 * time.Second

func program(argv []string) string {
	for _, arg := range argv {
		if arg != "env" && !strings.Contains(arg, "=") {
			return arg
		}
	}
	return argv[0]
}
