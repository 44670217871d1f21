package attempt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trainyard/launch/files"
)

// familyName is the file in which a supervisor keeps which processes run below it: a
// worker that has left its group, its session, its environment, its directory and its
// output behind belongs to nothing any more when its supervisor is killed.
const familyName = "family"

// A familyWatch writes the file. It is written in place and not synced: a line that is
// cut, or of a process that has ended, says nothing.
type familyWatch struct {
	dir   string
	file  *os.File // nil until there is something to write
	known []byte
	next  time.Duration // since boot
}

const (
	familyInterval = time.Second
	// familyShare bounds what looking may cost where a machine has very many processes:
	// a hundredth of one processor.
	familyShare = 100
)

func (w *familyWatch) look(list func() []int) {
	begun := sinceBoot()
	if begun < w.next {
		return
	}
	text := familyText(list())
	w.next = begun + max(familyInterval, familyShare*(sinceBoot()-begun))
	if bytes.Equal(text, w.known) || w.write(text) != nil {
		return // where there is no room the next look may find some
	}
	w.known = text
}

func (w *familyWatch) write(text []byte) (err error) {
	if w.file == nil {
		if w.file, err = os.OpenFile(filepath.Join(w.dir, familyName), os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
			return err
		}
	}
	_, err = w.file.WriteAt(text, 0)
	return errors.Join(err, w.file.Truncate(int64(len(text))))
}

// close leaves no file behind an attempt of which nothing is left.
func (w *familyWatch) close() {
	if w.file == nil {
		return
	}
	w.file.Close()
	if err := os.Remove(w.file.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(os.Stderr, "remove the list of processes:", err)
	}
}

// familyText has the life of the machine that the numbers are counted in, then a line for
// each process.
func familyText(pids []int) []byte {
	slices.Sort(pids)
	text := []byte(lifeOfProcesses() + "\n")
	for _, pid := range pids {
		if start, err := startTime(pid); err == nil {
			text = fmt.Appendf(text, "%d %s\n", pid, start)
		}
	}
	return text
}

func lifeOfProcesses() string {
	boot, _ := bootID() // a word that is the same each time will do
	return boot + " " + pidSpace() + " " + initStart()
}

// maxFamily is the size of a list of some 100,000 processes.
const maxFamily = 4 << 20

// family lists the processes of an attempt that its supervisor has seen and that live.
func family(dir string) (pids []int) {
	f, _, err := files.OpenRegular(filepath.Join(dir, familyName))
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFamily))
	life, rest, _ := strings.Cut(string(data), "\n")
	if err != nil || life != lifeOfProcesses() {
		return nil
	}
	for line := range strings.Lines(rest) {
		var pid int
		var start string
		if _, err := fmt.Sscan(line, &pid, &start); err != nil || pid == os.Getpid() {
			continue
		}
		if now, err := startTime(pid); err == nil && now == start {
			pids = append(pids, pid)
		}
	}
	return pids
}

// stoppedWords tell of a process of a living attempt that a signal keeps from running.
func stoppedWords(dir string) string {
	for _, pid := range family(dir) {
		if stopped(pid) {
			return fmt.Sprintf("process %d (%s) of its trainer is stopped by a signal: `kill -CONT %d` lets it go on", pid, programName(pid), pid)
		}
	}
	return ""
}
