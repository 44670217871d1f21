package attempt

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"trainyard/launch/cause"
	"trainyard/launch/files"
	"trainyard/launch/redact"
	"trainyard/launch/task"
)

// Supervise is the hidden command `trainyard supervise DIR`: it starts the
// trainer of the attempt in dir, waits for it and writes how it ended. It
// returns nil when the exit record is written, whatever it says. It closes
// standard output, where it prints nothing, when it has taken over and tried to
// start the trainer: that is how the process that started it hears of it.
func Supervise(dir string) error {
	// Heard from here on, before another process can know our pid from the claim.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1, noRoom)
	signal.Ignore(syscall.SIGHUP)

	reached("heard")
	s := supervisor{dir: dir, took: sinceBoot()}
	if err := s.takeOver(); err != nil {
		return fmt.Errorf("supervise %s: %w", dir, err)
	}
	err := s.run(signals)
	return errors.Join(err, s.afterwards(signals))
}

// reached is where tests kill a process: between any two steps.
var reached = func(string) {}

// takeOver reads what to run and claims it. Whatever fails here fails before
// the claim, so that the next look finds an attempt that never started.
func (s *supervisor) takeOver() error {
	if found, err := files.ReadJSON(s.dir, specName, &s.spec); err != nil {
		return err
	} else if !found {
		return fmt.Errorf("there is no %s: not the directory of an attempt", specName)
	}
	self, err := identify(os.Getpid())
	if err != nil {
		return err
	}
	self.Provider = providerID()
	if err := s.reserve(); err != nil {
		return err
	}
	reached("reserved")
	err = holdLock(s.dir)
	reached("locked")
	if err == nil {
		err = files.ClaimJSON(s.dir, supervisorName, self)
	}
	if err == nil {
		reached("claimed")
		return nil
	}
	if errors.Is(err, fs.ErrExist) {
		err = task.ErrClaimed
	}
	return errors.Join(err, s.record.Close(), os.Remove(s.record.Name()))
}

type supervisor struct {
	dir     string
	spec    spec
	record  *os.File      // holds the room of the exit record
	took    time.Duration // since boot, when it took over
	started time.Time
	stop    stopRequest // zero until a request came
	stopBy  time.Time   // when its grace is over, by the clock that goes on evenly
	outside os.Signal   // a signal that was not sent by a stop of ours
	warned  time.Time   // when the platform said that it will take the machine away; zero if never
	by      ender       // what else ended the trainer
	byWords string      // and in words
	slots   []slot      // GPUs that it holds
	stalled bool        // it was ended because it told nothing any more
	left    []int       // processes that could not be ended
	oom     oomCount    // when the trainer was started
}

func (s *supervisor) run(signals <-chan os.Signal) error {
	if found, err := files.ReadJSON(s.dir, stopName, &s.stop); err == nil && found {
		return s.finish(Exit{Code: -1, Stopped: true, Reason: "stopped on request before the trainer was started"})
	}
	if s.spec.Slots > 0 {
		os.Stdout.Close() // it has taken over; the queue may be long
		if ended, err := s.queue(signals); ended || err != nil {
			return err
		}
	}
	if err := adoptOrphans(); err != nil {
		fmt.Fprintln(os.Stderr, "adopt orphans:", err) // those without the mark may be left behind then
	}
	cmd, err := s.start()
	os.Stdout.Close()
	if err != nil {
		err = errors.Join(err, s.releaseSlots())
		return s.finish(Exit{Code: startCode(err), Reason: redact.Here("the trainer could not be started: " + err.Error())})
	}
	exited := make(chan struct{})
	go func() {
		awaitExit(func() error { return waitExited(cmd.Process.Pid) }, cmd.Wait)
		close(exited)
	}()
	mask := newLogMask(s.dir, s.spec)
	s.attend(cmd.Process.Pid, signals, exited, mask)
	reached("ended")
	mask.look(true)
	_ = cmd.Wait() // not nil for every code but 0, or when awaitExit waited; ProcessState says it better
	if err := s.releaseSlots(); err != nil {
		fmt.Fprintln(os.Stderr, "give back GPUs:", err)
	}
	return s.finish(s.judge(cmd.ProcessState))
}

// queue waits for GPUs. ended says that the attempt is over without a trainer.
func (s *supervisor) queue(signals <-chan os.Signal) (ended bool, err error) {
	sig, err := s.awaitSlots(signals)
	switch {
	case err != nil:
		return true, s.finish(Exit{Code: -1, Reason: "no GPUs for it: " + err.Error()})
	case sig == nil:
		return false, nil
	}
	s.asked(sig)
	if s.outside != nil {
		return true, s.finish(Exit{Code: -1, By: s.by, Reason: fmt.Sprintf("the supervisor got %v from outside, as at a shutdown, while it waited for GPUs", s.outside)})
	}
	return true, s.finish(Exit{Code: -1, Stopped: true, Reason: "stopped on request while it waited for GPUs"})
}

func (s *supervisor) releaseSlots() error {
	slots := s.slots
	s.slots = nil
	return release(slots)
}

// awaitExit returns when the trainer has ended. An error of look says nothing
// about that, and an exit that was none would have the trainer killed: it looks
// again, and at last waits in the way that reaps, whose price is that the name
// of the trainer's group is free before the group is swept.
func awaitExit(look, wait func() error) {
	for range failedLooks {
		if look() == nil {
			return
		}
		pause()
	}
	_ = wait() // ProcessState says how it ended
}

// failedLooks is how often in a trainer's life looking may fail.
const failedLooks = 50

// start runs the trainer as leader of its own process group, its output in the
// log, without a terminal.
func (s *supervisor) start() (*exec.Cmd, error) {
	log, err := os.OpenFile(filepath.Join(s.dir, task.LogName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(s.spec.Argv[0], s.spec.Argv[1:]...)
	if s.spec.Argv[0] == s.spec.Self {
		cmd.Path, cmd.Err = selfProgram(s.spec.Self), nil
	}
	cmd.Dir = s.spec.Dir
	cmd.Env = slices.Concat(s.trainerEnv(), []string{markName + "=" + s.dir}, s.spec.placeEnv(s.dir), s.slotEnv())
	cmd.ExtraFiles = s.slotFiles()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s.started, s.oom = time.Now(), countOOM()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	reached("started")
	id, err := identify(cmd.Process.Pid)
	if err == nil {
		err = files.WriteJSON(s.dir, trainerName, id)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "record the trainer's identity:", err) // a trainer that ended at once has none
	}
	reached("written down")
	return cmd, nil
}

// trainerEnv is our own without the key that destroys the box: a trainer has no use for
// it.
func (s *supervisor) trainerEnv() []string {
	if s.spec.Destroy == nil {
		return os.Environ()
	}
	names := s.spec.Destroy.names()
	return slices.DeleteFunc(os.Environ(), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return slices.Contains(names, name) && redact.SecretName(name)
	})
}

// startCode is what a shell would say: 126 found but not runnable, 127 not
// found.
func startCode(err error) int {
	if errors.Is(err, fs.ErrPermission) {
		return 126
	}
	return 127
}

// judge puts together what is known of the end.
func (s *supervisor) judge(state *os.ProcessState) Exit {
	exit := Exit{Code: state.ExitCode(), Stopped: !s.stop.At.IsZero(), Stalled: s.stalled, By: s.by}
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		exit.Signal = int(ws.Signal())
		exit.Code = 128 + exit.Signal
	}
	cause, logFault := s.cause()
	end := ending{
		exit: exit, outside: s.outside, warned: !s.warned.IsZero(), by: s.byWords, left: s.left, stallAfter: s.spec.StallAfter, cause: cause, logFault: logFault,
		killed: killedForMemory(s.oom, countOOM()), full: full(s.dir),
	}
	exit.Reason = end.reason()
	if exit.Code == 0 && exit.Signal == 0 {
		exit.Outside = end.outsideWords()
	}
	if exit.Code == 0 && end.cause.Own {
		exit.Error, exit.ErrorLast = end.cause.Text, end.cause.Last
		if end.cause.Hint != "" {
			exit.Error += " (" + end.cause.Hint + ")"
		}
	}
	return exit
}

// cause reads the log, the last part of a very long one.
func (s *supervisor) cause() (cause.Cause, error) {
	f, info, err := files.OpenRegular(filepath.Join(s.dir, task.LogName))
	if err != nil {
		return cause.Cause{}, err
	}
	defer f.Close()
	from := max(0, info.Size()-maxCauseLog)
	return cause.Find(io.NewSectionReader(f, from, maxCauseLog), redact.Process().Text)
}

// maxCauseLog is how much of a log is searched for the cause of its end.
const maxCauseLog = 64 << 20
