package sweeptest

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A Blow is what can happen to a sweep, by its name; it reports whether it hit anything.
type Blow struct {
	Name   string
	Strike func() bool
}

// trainyard is the name of the blow that every sweep gets, so many times as often as any
// other one.
const (
	trainyard = "trainyard killed"
	often     = 3
)

// Batter strikes so many times at random moments, while trainyards run the sweep: with
// one of the blows, or by killing a trainyard. Where all cells have succeeded, other ones
// are next.
func (s *Sweep) Batter(t testing.TB, times int, blows ...Blow) {
	t.Helper()
	s.struck = map[string]int{}
	s.Write(t)
	for vain := 0; s.hits() < times; {
		before := s.hits()
		said, err := s.round(t, times, blows)
		switch vain++; {
		case err == nil:
			s.generation++
			s.Write(t)
			vain = 0
		case s.hits() > before:
			vain = 0
		case vain == 5:
			s.tellTroubled(t)
			t.Fatalf("untouched it fails: %v\n%s", err, said)
		}
	}
	t.Logf("%v", s.struck)
}

func (s *Sweep) hits() (n int) {
	for _, times := range s.struck {
		n += times
	}
	return n
}

// round runs the sweep, and strikes until all of its trainyards have ended. The error is
// nil where one ended well.
func (s *Sweep) round(t testing.TB, times int, blows []Blow) (said string, err error) {
	var all []*running
	for range max(1, s.Abreast) {
		all = append(all, s.begin(t))
	}
	for _, r := range all {
		for going := true; going; {
			select {
			case err = <-r.done:
				going, said = false, r.said.String()
				if r.cmd.ProcessState.ExitCode() == -1 { // by a signal, which is ours
					s.struck[trainyard]++
				}
			case <-s.moment(r):
				if s.hits() < times {
					s.strike(all, blows)
				}
			}
		}
	}
	return said, err
}

// moment is when the next blow falls: at any time, or a moment after the trainyard has
// said something, so that a busy machine is struck late in a sweep too.
func (s *Sweep) moment(r *running) <-chan time.Time {
	if rand.IntN(2) == 0 {
		return time.After(20*time.Millisecond + rand.N(s.Longest))
	}
	now := make(chan time.Time, 1)
	go func() {
		said := r.said.String()
		for until := time.Now().Add(3 * s.Longest); time.Now().Before(until) && r.said.String() == said; {
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(rand.N(s.Longest / 10))
		now <- time.Now()
	}()
	return now
}

func (s *Sweep) strike(all []*running, blows []Blow) {
	if i := rand.IntN(len(blows) + often); i < len(blows) {
		if blows[i].Strike() {
			s.struck[blows[i].Name]++
		}
		return
	}
	_ = all[rand.IntN(len(all))].cmd.Process.Kill() // it may have ended; what hit is counted when it has
}

// Struck are the blows that hit, by name.
func (s *Sweep) Struck() map[string]int { return maps.Clone(s.struck) }

// KillTrainer kills one of the smoke trainers that run on this machine for the sweep.
func (s *Sweep) KillTrainer() bool { return killOne("smoke-train", s.Home()) }

// KillEvaluation kills one of the evaluations that run on this machine for the sweep.
func (s *Sweep) KillEvaluation() bool { return killOne("soul,failed", s.evaluatesThere()) }

// killOne kills one process, of any, whose command line has all the words.
func killOne(words ...string) bool {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	rand.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	for _, file := range files {
		line, err := os.ReadFile(file)
		lacks := func(word string) bool { return !strings.Contains(string(line), word) }
		if err != nil || slices.ContainsFunc(words, lacks) {
			continue // it has ended meanwhile, or is another one
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil {
			return true
		}
	}
	return false
}
