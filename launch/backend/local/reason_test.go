package local

import (
	"strings"
	"syscall"
	"testing"
)

func TestReasonsTellWhatPeopleLookFor(t *testing.T) {
	yes, no := true, false
	for name, c := range map[string]struct {
		end  ending
		want []string
	}{
		"host memory":               {ending{exit: Exit{Code: 137, Signal: 9}}, []string{"killed by signal 9", "ran out of memory"}},
		"counted by the kernel":     {ending{exit: Exit{Code: 137, Signal: 9}, oom: &yes}, []string{"the kernel killed for want of memory"}},
		"not counted by the kernel": {ending{exit: Exit{Code: 137, Signal: 9}, oom: &no}, []string{"somebody's kill -9"}},
		"137 passed on":             {ending{exit: Exit{Code: 137}}, []string{"exited with code 137", "ran out of memory"}},
		"term":                      {ending{exit: Exit{Code: 143, Signal: 15}}, []string{"signal 15", "asked to end from outside"}},
		"a shutdown":                {ending{exit: Exit{Code: 143}, outside: syscall.SIGTERM}, []string{"the supervisor got terminated from outside"}},
		"a stop":                    {ending{exit: Exit{Code: 143, Stopped: true}}, []string{"stopped on request", "143"}},
		"a stop that went 0":        {ending{exit: Exit{Stopped: true}}, []string{"stopped on request", "code 0"}},
		"GPU memory": {
			ending{exit: Exit{Code: 1}, tail: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate\nTraceback\n"},
			[]string{"code 1", "the GPU ran out of memory"},
		},
		"NCCL": {
			ending{exit: Exit{Code: 134, Signal: 6}, tail: "Watchdog caught collective operation timeout: WorkNCCL("},
			[]string{"signal 6", "NCCL collective timed out"},
		},
		"a killed worker of torchrun": {
			ending{exit: Exit{Code: 1}, tail: "  exitcode  : -9 (pid: 12)\nChildFailedError\n"},
			[]string{"code 1", "a worker was killed"},
		},
		"last line":       {ending{exit: Exit{Code: 1}, tail: "10%|#\r20%|##\nKeyError: 'loss'\n\n"}, []string{`ends with "KeyError: 'loss'"`}},
		"no words at all": {ending{exit: Exit{Code: 1}}, []string{"the log is empty"}},
	} {
		t.Run(name, func(t *testing.T) {
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
	if got := (ending{tail: "No module named flash_attn, going on without"}).reason(); got != "exited with code 0" {
		t.Errorf("%q", got)
	}
}

func TestALongLastLineIsCut(t *testing.T) {
	if got := lastLine(strings.Repeat("ä", 1000)); len([]rune(got)) != 201 {
		t.Errorf("%d runes", len([]rune(got)))
	}
}

func TestAStopNeedsNoHint(t *testing.T) {
	end := ending{exit: Exit{Code: 143, Stopped: true}, tail: "saved checkpoint-90"}
	if got := end.reason(); got != "stopped on request; exited with code 143" {
		t.Errorf("%q", got)
	}
}
