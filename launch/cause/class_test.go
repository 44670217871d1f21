package cause

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryClassHasAPolicy(t *testing.T) {
	for _, m := range marks {
		if _, ok := Policies[m.class]; !ok {
			t.Errorf("%s has no policy", m.class)
		}
	}
	for class, p := range Policies {
		if p.Advice == "" {
			t.Errorf("%s has no advice", class)
		}
	}
}

func TestALogShowsItsMostTellingTrouble(t *testing.T) {
	for _, c := range []struct {
		log  string
		want Class
		line string
	}{
		{"step 3\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n[rank1] Watchdog caught collective operation timeout: WorkNCCL\n", OutOfMemory, "Tried to allocate"},
		{"[rank3]:[E] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=12)\n", Collective, "SeqNum"},
		{"RuntimeError: CUDA error: uncorrectable ECC error encountered\nCUDA out of memory\n", Hardware, "uncorrectable"},
		{"NVRM: Xid (PCI:0000:41:00): 79, pid=1, GPU has fallen off the bus.\n", Hardware, "Xid"},
		{"RuntimeError: DataLoader worker (pid 71) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.\n", HostMemory, "Bus error"},
		{"slurmstepd: error: Detected 1 oom_kill event in StepId=7.0\n", HostMemory, "oom_kill"},
		{"OSError: [Errno 28] No space left on device: 'out/checkpoint-50/optimizer.pt'\n", DiskFull, "checkpoint-50"},
		{"huggingface_hub.errors.GatedRepoError: 401 Client Error.\n", Access, "Gated"},
		{"RuntimeError: Cannot find valid samples, check `data/README.md` for the data format.\n", BadData, "valid samples"},
		{"ModuleNotFoundError: No module named 'flash_attn'\n", Environment, "flash_attn"},
		{"ValueError: Some specified arguments are not used by the HfArgumentParser: ['cutof_len']\n", Configuration, "cutof_len"},
		{"ray.exceptions.OutOfMemoryError: Task was killed due to the node running low on memory.\n", HostMemory, "low on memory"},
		{"NCCL WARN Cuda failure 2 'out of memory'\ntorch.distributed.DistBackendError: NCCL error\n", OutOfMemory, "failure 2"},
		{"torch.OutOfMemoryError: HIP out of memory.\n", OutOfMemory, "HIP"},
		{"slurmstepd: error: Exceeded job memory limit\n", HostMemory, "limit"},
		{"srun: error: node1: task 0: Out Of Memory\n", HostMemory, "task 0"},
		{"slurmstepd: error: *** JOB 123 ON node1 CANCELLED AT 2026-11-28T03:00:00 DUE TO PREEMPTION ***\n", Preempted, "123"},
		{"slurmstepd: error: *** STEP 7.0 ON node1 CANCELLED AT 2026-11-28T03:00:00 DUE TO TIME LIMIT ***\n", OverTime, "7.0"},
		{"slurmstepd: error: *** JOB 7 ON node1 CANCELLED AT 2026-11-28T03:00:00 DUE TO NODE FAILURE, SEE SLURMCTLD LOG ***\n", Hardware, "NODE"},
		{"terminate called after throwing an instance of 'std::bad_alloc'\n", HostMemory, "bad_alloc"},
		{"all is well\nstep 4\n", Unrecognized, ""},
	} {
		got, err := Classify(strings.NewReader(c.log), 0, func(s string) string { return s })
		if err != nil || got.Class != c.want || !strings.Contains(strings.Join(got.Lines, "\n"), c.line) {
			t.Errorf("%q is %+v, %v; want %s", c.log, got, err, c.want)
		}
	}
}

func TestAFloodOfLinesIsBounded(t *testing.T) {
	line := "CUDA out of memory " + strings.Repeat("x", 5000) + "\n"
	got, err := Classify(strings.NewReader(strings.Repeat(line, 1000)), 0, func(s string) string { return s })
	if err != nil || len(got.Lines) != maxClassLines || len(got.Lines[0]) > maxClassLineLen+4 {
		t.Errorf("%d lines, %v", len(got.Lines), err)
	}
}

// The logs of real endings: what each shows stands in its name.
func TestRealLogsAreClassified(t *testing.T) {
	logs, err := filepath.Glob("../../../shared/cases/runs/*.log")
	if err != nil || len(logs) == 0 {
		t.Skip("no logs of real endings beside the project")
	}
	for _, name := range logs {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Classify(f, 0, func(s string) string { return s })
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if err != nil {
			t.Error(err)
		}
		t.Logf("%s: %s %q", filepath.Base(name), got.Class, got.Lines)
	}
}
