package cause

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch/redact"
)

func causeOf(t *testing.T, log string) Cause {
	t.Helper()
	c, err := Find(strings.NewReader(log), redact.New([]string{"MY_TOKEN=correct \"horse\" battery"}).Text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	trace = "Traceback (most recent call last):\n  File \"train.py\", line 10, in <module>\n    main()\n    ^^^^^^\n"
	// block is torchrun's, for a rank and its exit code.
	block = "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: \n" +
		"============================================================\ntrain.py FAILED\n------------------------------------------------------------\nFailures:\n" +
		"[1]:\n  time      : 2026-11-28_03:00:01\n  host      : b\n  rank      : 5 (local_rank: 1)\n  exitcode  : -15 (pid: 7)\n  error_file: <N/A>\n  traceback : Signal 15\n" +
		"------------------------------------------------------------\nRoot Cause (first observed failure):\n[0]:\n  time      : TIME\n  host      : HOST\n" +
		"  rank      : RANK (local_rank: 0)\n  exitcode  : CODE (pid: 1234)\n  error_file: <N/A>\n  traceback : TRACE\n============================================================\n"
)

func failed(time, host, rank, code, trace string) string {
	return strings.NewReplacer("TIME", time, "HOST", host, "RANK", rank, "CODE", code, "TRACE", trace).Replace(block)
}

func TestTheCauseIsTheErrorThatEndedTheRun(t *testing.T) {
	const none = "To enable traceback see: https://pytorch.org"
	noise := strings.Repeat("[rank1]:[W1128 03:00:00.000 ProcessGroupNCCL.cpp:1250] Warning: process group has NOT been destroyed\n", 400)
	for name, c := range map[string]struct{ log, want string }{
		"one exception":             {trace + "ValueError: no such column\n", "ValueError: no such column"},
		"the last one":              {trace + "OSError: first\nretrying\n" + trace + "KeyError: 'messages'\n", "KeyError: 'messages'"},
		"a chain":                   {trace + "RuntimeError: CUDA out of memory\n\nDuring handling of the above exception, another exception occurred:\n\n" + trace + "KeyError: 'x'\n", "KeyError: 'x'"},
		"a message on its own line": {trace + "RuntimeError: \nthe words\n", "RuntimeError: the words"},
		"no message":                {trace + "AssertionError\n", "AssertionError"},
		"at the very end":           {trace + "RuntimeError:", "RuntimeError:"},
		"behind bars":               {" 10%|#  | 1/10\r 20%|## | 2/10\r" + strings.ReplaceAll(trace, "\n", "\r\n") + "ValueError: x\r\n", "ValueError: x"},
		"coloured":                  {"\x1b[31m" + trace + "ValueError: x\x1b[0m\n", "ValueError: x"},
		"a rank before much noise":  {"[rank0]: " + strings.ReplaceAll(strings.TrimSpace(trace), "\n", "\n[rank0]: ") + "\n[rank0]: ValueError: x\n" + noise + failed("1", "a", "0", "1", none), "rank 0: ValueError: x"},
		"the rank that failed first": {
			"[rank1]: " + tracebackStart + "\n[rank1]: RuntimeError: Connection closed by peer\n[rank3]: " + tracebackStart + "\n[rank3]: KeyError: 'y'\n" + failed("1", "a", "3", "1", none),
			"rank 3: KeyError: 'y'",
		},
		"what torchrun recorded": {failed("1", "a", "2", "1", "Traceback (most recent call last):\n    File \"t.py\", line 3, in f\n  ZeroDivisionError: division by zero\n  "), "rank 2: ZeroDivisionError: division by zero"},
		"torchrun's tee":         {"[default0]:" + tracebackStart + "\n[default0]:[rank4]: " + tracebackStart + "\n[default0]:[rank4]: TypeError: z\n" + failed("1", "a", "4", "1", none), "rank 4: TypeError: z"},
		"a rank without a word":  {"[rank0]: " + tracebackStart + "\n[rank0]: RuntimeError: Connection closed by peer\n" + failed("1", "a", "2", "9", none), "rank 2 on a exited with code 9"},
		"a killed rank":          {failed("1", "a", "3", "-9", "Signal 9 (SIGKILL) received by PID 5"), "rank 3 on a was killed by signal 9 (SIGKILL: most often the host ran out of memory; else a kill -9)"},
		"two machines":           {failed("2026-11-28_04:00:09", "b", "9", "1", none) + failed("2026-11-28_04:00:01", "a", "2", "9", none), "rank 2 on a exited with code 9"},
		"asked to end is not first": {
			failed("2026-11-28_04:00:01", "b", "9", "-15", none) + failed("2026-11-28_04:00:02", "a", "2", "7", none), "rank 2 on a exited with code 7",
		},
		"ranks without a number": {trace + "ValueError: x\n" + trace + failed("1", "a", "0", "1", none), "ValueError: x"},
		"srun's labels":          {"0: [rank0]: " + tracebackStart + "\n0: [rank0]: ValueError: x\n", "rank 0: ValueError: x"},
		"a launcher's error":     {trace + "ValueError: x\n" + trace + "subprocess.CalledProcessError: Command '['torchrun']' returned non-zero exit status 1.\n", "ValueError: x"},
		"only a launcher's":      {trace + "subprocess.CalledProcessError: Command 'x' returned 1\n", "subprocess.CalledProcessError: Command 'x' returned 1"},
		"an exception group": {
			"  + Exception Group Traceback (most recent call last):\n  |   File \"x.py\", line 1, in f\n  | ExceptionGroup: many (1 sub-exception)\n  +-+---------------- 1 ----------------\n    | " +
				tracebackStart + "\n    |   File \"x.py\", line 2, in g\n    | ValueError: inner\n    +------------------------------------\n", "ValueError: inner",
		},
		"what Python could not raise": {trace + "ValueError: x\nException ignored in: <function f>\n" + trace + "OSError: handle is closed\n", "ValueError: x"},
		"a secret in it":              {trace + `HTTPError: 401 for correct "horse" battery at https://me:pw-of-mine@hub` + "\n", "HTTPError: 401 for [redacted] at https://me:[redacted]@hub"},
		"printed, not raised":         {trace + "KeyError: 'x'\nretrying\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB\n", "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB"},
		"printed, then handled":       {"torch.OutOfMemoryError: CUDA out of memory\nretrying with batch 1\n", ""},
		"an exception's direct cause": {trace + "KeyError: 'messages'\n\nThe above exception was the direct cause of the following exception:\n\n" + trace + "DatasetGenerationError: no dataset\n", "DatasetGenerationError: no dataset, caused by KeyError: 'messages'"},
		"a task of Ray": {
			trace + "ray.exceptions.RayTaskError(ValueError): \x1b[36mray::TaskRunner.run()\x1b[39m (pid=4, ip=10.0.0.1)\n  File \"/x.py\", line 1, in run\nValueError: too small\n\nSet the environment variable HYDRA_FULL_ERROR=1 for a complete stack trace.\n",
			"ValueError: too small",
		},
		"a worker of Ray":                      {"(Worker pid=4) " + strings.ReplaceAll(strings.TrimSpace(trace), "\n", "\n(Worker pid=4) ") + "\n(Other pid=5, ip=10.0.0.2) step 5\n(Worker pid=4) ValueError: x\n(Other pid=5, ip=10.0.0.2) bye\n", "ValueError: x"},
		"mpirun's labels":                      {"[1,1]<stderr>:" + strings.ReplaceAll(strings.TrimSpace(trace), "\n", "\n[1,1]<stderr>:") + "\n[1,1]<stderr>:ValueError: x\nmpirun detected that one or more processes exited\n", "ValueError: x"},
		"pdsh's labels":                        {"worker-1: " + strings.ReplaceAll(strings.TrimSpace(trace), "\n", "\nworker-1: ") + "\nworker-1: ValueError: x\npdsh@head: worker-1: ssh exited with exit code 1\n", "ValueError: x"},
		"a logger's line":                      {"2026-11-28 ERROR " + trace + "ValueError: x\nbye\n", "ValueError: x"},
		"a box of rich":                        {"╭──── Traceback (most recent call last) ────╮\n│ /x.py:12 in main │\n│ ❱ 12 train()     │\n╰──────────────────╯\nValueError: x\nbye\n", "ValueError: x"},
		"loguru's arrow":                       {tracebackStart + "\n\n> File \"train.py\", line 10, in <module>\n    main()\n    └ <function main>\n\nValueError: x\nbye\n", "ValueError: x"},
		"a task that was left alone":           {trace + "KeyError: 'real'\nTask exception was never retrieved\nfuture: <Task finished name='Task-2'>\n" + trace + "ValueError: beside\n", "KeyError: 'real'"},
		"a thread":                             {"Exception in thread Thread-1 (f):\n" + trace + "ValueError: in a thread\ngoing on\n", "ValueError: in a thread"},
		"a log line that could not be written": {trace + "KeyError: 'x'\n--- Logging error ---\n" + trace + "TypeError: not all arguments converted\nCall stack:\n  File \"x.py\", line 1\nMessage: 'a'\n", "KeyError: 'x'"},
		"C++":                                  {"step 1\nterminate called after throwing an instance of 'c10::Error'\n  what():  CUDA error: an illegal memory access was encountered\nframe #0: c10::Error\n", "c10::Error: CUDA error: an illegal memory access was encountered"},
		"C++ behind an exception":              {trace + "ValueError: x\nterminate called after throwing an instance of 'c10::Error'\n  what():  driver shutting down\n", "ValueError: x"},
		"C++ after a handled one":              {trace + "OSError: x\n" + strings.Repeat("step\n", 9) + "terminate called after throwing an instance of 'c10::Error'\n  what():  illegal access\n", "c10::Error: illegal access"},
		"the fault handler":                    {"Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f (most recent call first):\n  File \"x.py\", line 1 in f\nrun.sh: line 1: 9 Segmentation fault      python x.py\n", "run.sh: line 1: 9 Segmentation fault python x.py"},
		"a shell's word":                       {"step 1\nbash: line 3:  4242 Killed                  python train.py\n", "bash: line 3: 4242 Killed python train.py"},
		"a shell's word, but not all":          {trace + "ValueError: x\nbash: line 3:  4242 Killed                  nvidia-smi dmon\n", "ValueError: x"},
		"Killed, in a sentence":                {"Killed by the watchdog? no\n", ""},
		"no exception":                         {"epoch 1\nepoch 2\n", ""},
		"a notice is no exception":             {"[W1128 04:36:23 TCPStore.cpp:115] recvVector failed\nException raised from recvBytes at Utils.hpp:786 (most recent call first):\nframe #0: c10::Error\n", ""},
	} {
		if got := causeOf(t, c.log); got.Text != c.want {
			t.Errorf("%s: %q, want %q", name, got.Text, c.want)
		}
	}
}

func TestACauseSaysWhetherTheLogEndsWithIt(t *testing.T) {
	for name, c := range map[string]struct {
		log  string
		last bool
	}{
		"the end":                 {trace + "ValueError: x\n", true},
		"a shell's last word":     {trace + "ValueError: x\ndone\n", true},
		"warnings":                {trace + "ValueError: x\n" + strings.Repeat("[W1128 03:00:00] x\n", 50), true},
		"handled":                 {trace + "ValueError: x\n" + strings.Repeat("step\n", 9), false},
		"none":                    {"step\n", false},
		"torchrun's block":        {"[rank1]: " + tracebackStart + "\n[rank1]: ValueError: x\n" + strings.Repeat("[rank0]: words\n", 9) + failed("1", "a", "1", "1", "none"), true},
		"a launcher's error":      {trace + "ValueError: x\n" + strings.Repeat("words\n", 9) + trace + "subprocess.CalledProcessError: Command 'x' returned 1\n", true},
		"a message of many lines": {trace + "ValidationError: 3 errors\n" + strings.Repeat("field\n  Field required [type=missing]\n    For further information visit https://x\n", 9), true},
		"bars behind it":          {trace + "ValueError: x\n" + strings.Repeat("  5%|#   | 5/100\r", 9), false},
		"another rank's end":      {trace + "ValueError: handled\n" + strings.Repeat("step\n", 9) + trace + "torch.distributed.DistNetworkError: Failed to recv\n", false},
		"a crash":                 {"step\nrun.sh: line 1: 9 Segmentation fault (core dumped) python x.py\n", true},
		"a shell's kill":          {"step\nrun.sh: line 1: 9 Killed nvidia-smi dmon\n", false},
	} {
		if got := causeOf(t, c.log); got.Last != c.last {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if c := causeOf(t, trace+"torch.distributed.DistNetworkError: Failed to recv\n"); c.Own {
		t.Errorf("the end of another process passes for a cause: %+v", c)
	}
}

func TestALogThatASchedulerEndsEndsWithItsWord(t *testing.T) {
	c := causeOf(t, "slurmstepd: error: *** JOB 123 ON node1 CANCELLED AT 2026-11-28T03:00:00 DUE TO PREEMPTION ***\n")
	if c.Text != "" || !strings.Contains(c.End, "DUE TO PREEMPTION") {
		t.Errorf("%+v", c)
	}
}

func TestAVeryLongLogCostsLittleMemory(t *testing.T) {
	log := strings.Repeat(trace+"ValueError: caught\n", 20_000) + strings.Repeat("x", 5<<20) + "\n" + trace + "KeyError: 'end'\n"
	if got := causeOf(t, log); got.Text != "KeyError: 'end'" {
		t.Errorf("%+v", got)
	}
}

// The logs are of torchrun on two machines whose trainer failed, was killed, and
// ended well.
func TestTheLogsOfTwoMachinesTellTheRankThatFailedFirst(t *testing.T) {
	for file, want := range map[string]string{
		"torchrun-2nodes-fail.log": "rank 2 on localhost exited with code 9",
		"torchrun-2nodes-kill.log": "rank 3 on localhost was killed by signal 9 (SIGKILL: most often the host ran out of memory; else a kill -9)",
		"torchrun-2nodes-ok.log":   "",
	} {
		log, err := os.ReadFile(filepath.Join("../../../shared/cases/runs", file))
		if err != nil {
			t.Skip(err)
		}
		if got := causeOf(t, string(log)); got.Text != want {
			t.Errorf("%s: %q, want %q", file, got.Text, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add(trace + "ValueError: x\n" + failed("1", "a", "0", "1", "none"))
	f.Add("[rank0]: " + tracebackStart + "\n[rank0]: KeyError: 'x'\r 10%|\x1b[31m")
	f.Fuzz(func(t *testing.T, log string) {
		c := causeOf(t, log)
		if len([]rune(c.Text)) > maxCause+1 || strings.ContainsAny(c.Text+c.End, "\n\r\x1b") {
			t.Errorf("%+v", c)
		}
	})
}

// BenchmarkFind reads a log of many progress lines that ends in an exception.
func BenchmarkFind(b *testing.B) {
	log := strings.Repeat(" 12%|#####               | 1234/9999 [10:00<1:00:00,  1.23it/s]\r{'loss': '0.5', 'grad_norm': '1.2', 'learning_rate': '1e-05', 'epoch': '0.1'}\n[rank1]: a line of a rank that says nothing much\n", 60_000) +
		trace + "ValueError: x\n"
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		if c, err := Find(strings.NewReader(log), func(s string) string { return s }); err != nil || c.Text != "ValueError: x" {
			b.Fatal(c, err)
		}
	}
}
