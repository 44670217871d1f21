package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"trainyard/launch/files"
	"trainyard/launch/task"
)

// Names in an attempt's directory.
const (
	TaskName   = "task.json"
	GateName   = "gate.json"
	OrdersName = "orders"
	ExitName   = "exit.json" // in the directory of a node
)

// A Job is task.json.
type Job struct {
	Task task.Task
	// Requeue says that Slurm may start the job again, and the trainer goes on then.
	Requeue bool
}

// A Gate is gate.json. An empty Job closes the attempt: nothing will start in it.
type Gate struct {
	Job string // as Slurm names it: 12, or 12_3 for an element of an array
}

// TryDir is where the job's Nth restart runs; 0 is its first start. Slashes, wherever
// it is read.
func TryDir(dir string, restart int) string {
	if restart == 0 {
		return dir
	}
	return path.Join(dir, restartPrefix+strconv.Itoa(restart))
}

const restartPrefix = "restart-"

// Restart is the number in the name of a restart's directory; 0 for other names.
func Restart(name string) int {
	number, is := strings.CutPrefix(name, restartPrefix)
	n, err := strconv.Atoi(number)
	if !is || err != nil {
		return 0
	}
	return n
}

// NodeDir is the directory of the supervisor of a rank.
func NodeDir(try string, rank int) string { return path.Join(try, fmt.Sprint("node-", rank)) }

// moved is text with the paths below dir as they are below try. A path that merely
// begins like dir stays.
func moved(text, dir, try string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, dir)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		if next := []rune(after); len(next) > 0 && (unicode.IsLetter(next[0]) || unicode.IsDigit(next[0]) || strings.ContainsRune("-_.", next[0])) {
			out.WriteString(dir)
		} else {
			out.WriteString(try)
		}
		text = after
	}
}

// movedCommand is the command with all its paths below try.
func movedCommand(c task.Command, dir, try string) task.Command {
	argv, env, placed := make([]string, len(c.Argv)), make([]task.Env, len(c.Env)), make([]task.File, len(c.Files))
	for i, arg := range c.Argv {
		argv[i] = moved(arg, dir, try)
	}
	for i, e := range c.Env {
		env[i] = task.Env{Name: e.Name, Value: moved(e.Value, dir, try)}
	}
	for i, f := range c.Files {
		placed[i] = task.File{Name: f.Name, Content: moved(f.Content, dir, try), Link: moved(f.Link, dir, try)}
	}
	c.Argv, c.Env, c.Files, c.Dir = argv, env, placed, moved(c.Dir, dir, try)
	return c
}

func readJob(dir string) (job Job, err error) {
	found, err := files.ReadJSON(dir, TaskName, &job)
	if err == nil && !found {
		err = fmt.Errorf("there is no %s in %s: not the directory of an attempt", TaskName, dir)
	}
	return job, err
}

// started reports whether the supervisor of a rank was ever asked for in a try.
func started(try string) bool {
	_, err := os.Stat(filepath.FromSlash(NodeDir(try, 0)))
	return !errors.Is(err, fs.ErrNotExist)
}
