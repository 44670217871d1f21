package task

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
)

// AttemptDir is the name of the directory of a run's attempt n, from 1, in that of the run.
func AttemptDir(n int) string { return fmt.Sprintf("attempt-%d", n) }

var attemptDir = regexp.MustCompile(`^attempt-([1-9][0-9]{0,3})$`)

// AttemptOf is the n of an attempt's directory, by its path or name; 0 of any other. No run
// has ten thousand attempts.
func AttemptOf(dir string) (n int) {
	if m := attemptDir.FindStringSubmatch(filepath.Base(dir)); m != nil {
		n, _ = strconv.Atoi(m[1]) // four digits at most
	}
	return n
}

var runID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// RunOf is the name of the directory around an attempt's, and whether it is the id of a
// run, which no other run in the world has.
func RunOf(dir string) (name string, isID bool) {
	name = filepath.Base(filepath.Dir(dir))
	return name, runID.MatchString(name)
}
