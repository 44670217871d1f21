package attempt

import (
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch/cause"
	"trainyard/launch/files"
)

// logged is the cause that a log with these words tells.
func logged(t *testing.T, log string) cause.Cause {
	t.Helper()
	found, err := cause.Find(strings.NewReader(log), func(s string) string { return s })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestReasonsTellWhatPeopleLookFor(t *testing.T) {
	for name, c := range map[string]struct {
		end  ending
		log  string
		want []string
	}{
		"host memory":              {ending{exit: Exit{Code: 137, Signal: 9}}, "", []string{"killed by signal 9", "ran out of memory"}},
		"counted in our group":     {ending{exit: Exit{Code: 137, Signal: 9}, killed: groupKill}, "", []string{"the kernel killed for want of memory in this run's control group"}},
		"counted on the machine":   {ending{exit: Exit{Code: 137, Signal: 9}, killed: elsewhere}, "", []string{"a kill -9 from outside, or the kernel", "some process of this machine"}},
		"not counted":              {ending{exit: Exit{Code: 137, Signal: 9}, killed: noKill}, "", []string{"a kill -9", "killed nothing of this run"}},
		"137 passed on":            {ending{exit: Exit{Code: 137}}, "", []string{"exited with code 137", "ran out of memory"}},
		"term":                     {ending{exit: Exit{Code: 143, Signal: 15}}, "", []string{"signal 15", "asked to end from outside"}},
		"a shutdown":               {ending{exit: Exit{Code: 143}, outside: syscall.SIGTERM}, "", []string{"the supervisor got terminated from outside"}},
		"a stop":                   {ending{exit: Exit{Code: 143, Stopped: true}}, "", []string{"stopped on request", "143"}},
		"a stop that went 0":       {ending{exit: Exit{Stopped: true}}, "", []string{"stopped on request", "code 0"}},
		"a stall":                  {ending{exit: Exit{Code: 143, Stalled: true}, stallAfter: time.Hour}, "", []string{"told nothing for 1h0m0s"}},
		"a process that stays":     {ending{exit: Exit{Code: 1}, left: []int{12, 13}}, "", []string{"could not be ended: 12 13"}},
		"a full disk, no log":      {ending{exit: Exit{Code: 1}, full: true}, "", []string{"the log is empty", "the disk is full"}},
		"GPU memory":               {ending{exit: Exit{Code: 1}}, "Traceback (most recent call last):\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate\n", []string{"code 1", "OutOfMemoryError", "the GPU ran out of memory"}},
		"NCCL":                     {ending{exit: Exit{Code: 134, Signal: 6}}, "Watchdog caught collective operation timeout: WorkNCCL(", []string{"signal 6", "NCCL collective timed out"}},
		"a killed worker":          {ending{exit: Exit{Code: 1}}, "Root Cause (first observed failure):\n[0]:\n  rank      : 3 (local_rank: 1)\n  exitcode  : -9 (pid: 12)\n====\n", []string{"code 1", "rank 3 was killed by signal 9", "ran out of memory"}},
		"last line":                {ending{exit: Exit{Code: 1}}, "10%|#\r20%|##\nno column 'loss'\n\n", []string{`ends with "no column 'loss'"`}},
		"a log that is gone":       {ending{exit: Exit{Code: 1}, logFault: fs.ErrNotExist}, "", []string{"its log was removed"}},
		"a pipe for a log":         {ending{exit: Exit{Code: 1}, logFault: files.ErrNotRegular}, "", []string{"could not be read", "not a regular file"}},
		"a scheduler's word":       {ending{exit: Exit{Code: 143}}, "slurmstepd: error: *** JOB 123 ON node1 CANCELLED DUE TO PREEMPTION ***\n", []string{"DUE TO PREEMPTION"}},
		"no words at all":          {ending{exit: Exit{Code: 1}}, "", []string{"the log is empty"}},
		"a handled want of memory": {ending{exit: Exit{Code: 1}}, "torch.OutOfMemoryError: CUDA out of memory.\nretrying\nTraceback (most recent call last):\nKeyError: 'messages'\n", []string{"KeyError: 'messages'"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.end.cause = logged(t, c.log)
			got := c.end.reason()
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q lacks %q", got, want)
				}
			}
		})
	}
}

func TestASuccessHasNothingToExplain(t *testing.T) {
	end := ending{cause: logged(t, "Traceback (most recent call last):\nValueError: caught, going on without flash_attn")}
	if got := end.reason(); got != "exited with code 0" {
		t.Errorf("%q", got)
	}
}

func TestAStopNeedsNoHint(t *testing.T) {
	end := ending{exit: Exit{Code: 143, Stopped: true}, cause: logged(t, "saved checkpoint-90")}
	if got := end.reason(); got != "stopped on request; exited with code 143" {
		t.Errorf("%q", got)
	}
}

func TestAKillForWantOfMemoryIsToldFromOneElsewhere(t *testing.T) {
	for _, c := range []struct {
		before, after oomCount
		want          memoryKill
	}{
		{oomCount{0, 0}, oomCount{1, 1}, groupKill},
		{oomCount{0, 0}, oomCount{0, 1}, noKill},
		{oomCount{-1, 0}, oomCount{-1, 1}, elsewhere},
		{oomCount{-1, 3}, oomCount{-1, 3}, noKill},
		{oomCount{-1, -1}, oomCount{-1, -1}, unknownKill},
	} {
		if got := killedForMemory(c.before, c.after); got != c.want {
			t.Errorf("%+v to %+v: %d, want %d", c.before, c.after, got, c.want)
		}
	}
}
