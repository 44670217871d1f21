package slurm

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
)

//go:embed batch.sh
var script string

// Start implements launch.Backend.
func (s *Slurm) Start(ctx context.Context, task launch.Task) (launch.Handle, error) {
	handles, err := s.submit(ctx, []launch.Task{task}, false)
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.name, err)
	}
	return handles[0], nil
}

// StartMany implements launch.ManyStarter: one array job, an element for each attempt.
func (s *Slurm) StartMany(ctx context.Context, tasks []launch.Task) ([]launch.Handle, error) {
	handles, err := s.submit(ctx, tasks, true)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return handles, nil
}

// submit claims, asks Slurm once, and keeps what it answered.
func (s *Slurm) submit(ctx context.Context, tasks []launch.Task, array bool) ([]launch.Handle, error) {
	b, err := s.newBatch(tasks, array)
	if err != nil {
		return nil, err
	}
	environ, err := b.environ()
	if err != nil {
		return nil, err
	}
	m, err := s.machine(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.bring(ctx, m, b.tasks); err != nil {
		return nil, err
	}
	b.sub.Asked = time.Now()
	if err := b.claimed(ctx, m, s.config.Requeue); err != nil {
		return nil, err
	}
	// Only what is asked may be cut short; what was answered is kept.
	result, err := m.Exec(ctx, append([]string{"sh", "-c", withEnviron, "sh"}, s.argv(b)...), environ)
	if err == nil && result.Code != 0 {
		err = fmt.Errorf("code %d: %s", result.Code, strings.TrimSpace(string(result.Stderr)))
	}
	if err != nil {
		return nil, fmt.Errorf("sbatch: %w", err)
	}
	id, err := parseSubmitted(result.Stdout)
	if err != nil {
		return nil, err
	}
	return s.record(context.WithoutCancel(ctx), m, b, id)
}

// record keeps the handle of every attempt of the batch.
func (s *Slurm) record(ctx context.Context, m attempt.Machine, b batch, id string) (handles []launch.Handle, err error) {
	for i, t := range b.tasks {
		j := job{ID: id, Name: b.sub.Name, Submitted: b.sub.Asked.Truncate(time.Second)}
		if b.array {
			j.Index = &i
		}
		h, err := s.keep(ctx, m, t.Dir, j)
		if err != nil {
			return nil, err
		}
		handles = append(handles, h)
	}
	return handles, nil
}

// keep writes a job's handle into the directory of its attempt.
func (s *Slurm) keep(ctx context.Context, m attempt.Machine, dir string, j job) (launch.Handle, error) {
	h, err := j.handle()
	if err != nil {
		return "", err
	}
	return h, m.Place(ctx, dir, []launch.File{{Name: jobName, Content: string(h) + "\n"}})
}

// argv is the call of sbatch. No value goes through a shell, nor into the script.
func (s *Slurm) argv(b batch) []string {
	first, warning := b.tasks[0], 0
	warning, _ = s.config.warning() // checked when the place was opened
	argv := []string{
		"sbatch", "--parsable", "--job-name=" + b.sub.Name,
		fmt.Sprintf("--comment=trainyard nonce=%s", b.sub.Nonce),
		"--chdir=/", "--open-mode=append", "--export=ALL",
		fmt.Sprintf("--signal=B:USR1@%d", warning),
		fmt.Sprintf("--nodes=%d", first.Nodes), "--ntasks-per-node=1",
	}
	if limit := s.limit(first); limit != "" {
		argv = append(argv, "--time="+limit)
	}
	if b.array {
		argv = append(argv, "--array="+arrayRange(len(b.tasks), s.config.Limit), "--output="+pattern(path.Join(first.Dir, "slurm-"))+"%a.out")
	} else {
		// The belt: another job of this name does not run beside it.
		argv = append(argv, "--dependency=singleton", "--output="+pattern(b.sub.Out))
	}
	argv = append(append(argv, s.config.gpus(first.GPUs)...), s.config.options()...)
	return append(argv, path.Join(first.Dir, scriptName), path.Join(first.Dir, dirsName), s.program(first), "slurm")
}

func arrayRange(n, limit int) string {
	if limit > 0 {
		return fmt.Sprintf("0-%d%%%d", n-1, limit)
	}
	return fmt.Sprintf("0-%d", n-1)
}

// pattern is a path in which sbatch replaces nothing.
func pattern(path string) string { return strings.ReplaceAll(path, "%", "%%") }

// limit is the time limit of the job: somewhat more than the attempt's own deadline,
// which is watched where it runs.
func (s *Slurm) limit(t launch.Task) string {
	limit, _ := minutes(s.config.Time) // checked when the place was opened
	if t.Deadline > 0 {
		limit, _ = minutes((t.Deadline + t.Grace + deadlineRoom).String())
	}
	return limit
}

// deadlineRoom is for what a job does before its trainer starts and after it has ended.
const deadlineRoom = 10 * time.Minute

// withEnviron sets the environment that comes on standard input, so that no argv has it,
// and becomes sbatch, which needs a working directory that is there.
const withEnviron = `cd / && eval "$(cat)" && exec "$@"`

// variable are the names that a shell can set.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// environ is what sbatch is to have beside what the login node gives it, as lines of a
// shell. What surrounds us is left out, should this be part of another job.
func (b batch) environ() ([]byte, error) {
	values := map[string]string{}
	for _, t := range b.tasks {
		for _, e := range t.Command.Env {
			was, set := values[e.Name]
			switch {
			case e.Value == "" && launch.SecretName(e.Name):
			case !variable.MatchString(e.Name):
				return nil, fmt.Errorf("env %q is no name of a variable", e.Name)
			case set && was != e.Value && launch.SecretName(e.Name):
				return nil, fmt.Errorf("env %s differs between attempts of one array, whose jobs have one environment: start them one by one", e.Name)
			default:
				values[e.Name] = e.Value // others than secrets are set on the nodes, for each attempt
			}
		}
	}
	var lines strings.Builder
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if surrounds(name) && variable.MatchString(name) {
			fmt.Fprintf(&lines, "unset %s\n", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&lines, "export %s=%s\n", name, quoted(values[name]))
	}
	if strings.ContainsRune(lines.String(), 0) {
		return nil, errors.New("a value of env has a zero byte")
	}
	return []byte(lines.String()), nil
}

// surrounds names variables of a job or an attempt that this process is part of.
func surrounds(name string) bool {
	return name == "TRAINYARD_ATTEMPT" || strings.HasPrefix(name, "SBATCH_") || strings.HasPrefix(name, "SLURM_") && name != "SLURM_CONF"
}

// quoted is text as one word of a shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
