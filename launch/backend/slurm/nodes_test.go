package slurm

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/slurm/node"
)

func TestSeveralNodesKnowTheirRanksAndFindTheFirst(t *testing.T) {
	onCluster(t)
	s := place(t, Config{Time: "1h"})
	task := backendtest.Task(t, s)
	task.Nodes, task.GPUs = 2, 8
	task.Command.Argv = []string{"bash", "-c", `echo "$NODE_RANK of $NNODES at $MASTER_ADDR:$MASTER_PORT with $CUDA_VISIBLE_DEVICES in $PWD"`}
	h := start(t, s, task)
	if got := waitEnded(t, s, task.Dir, h); got.State != launch.Succeeded {
		t.Fatalf("%+v", got)
	}
	for rank, want := range []string{"0 of 2 at n1:", "1 of 2 at n1:"} {
		log, err := os.ReadFile(filepath.Join(node.NodeDir(task.Dir, rank), launch.LogName))
		if err != nil || !strings.HasPrefix(string(log), want) || !strings.Contains(string(log), "with 0,1,2,3,4,5,6,7 in "+task.Dir) {
			t.Errorf("rank %d said %q, %v", rank, log, err)
		}
	}
}

func TestTheNodeThatFailsFirstTellsWhyAndEndsTheOthers(t *testing.T) {
	onCluster(t)
	s := place(t, Config{Time: "1h"})
	task := backendtest.Task(t, s)
	task.Nodes = 2
	task.Command.Argv = []string{"bash", "-c", `if [ "$NODE_RANK" = 1 ]; then echo "ValueError: shard 7 is damaged"; exit 9; fi; sleep 3600 & wait`}
	h := start(t, s, task)
	got := waitEnded(t, s, task.Dir, h)
	if got.State != launch.Failed || got.Code != 9 || !strings.Contains(got.Reason, "node 1 of 2") || !strings.Contains(got.Reason, "shard 7 is damaged") {
		t.Errorf("%+v", got)
	}
}

func TestAStopReachesAllNodes(t *testing.T) {
	onCluster(t)
	s := place(t, Config{Time: "1h"})
	task := backendtest.Task(t, s, "save")
	task.Nodes = 2
	h := running(t, s, task)
	eventually(t, "the other node runs too", func() bool {
		log, err := os.ReadFile(filepath.Join(node.NodeDir(task.Dir, 1), launch.LogName))
		return err == nil && strings.Contains(string(log), "waiting")
	})
	backendtest.Stop(t, s, task.Dir, h, time.Minute)
	if got := waitEnded(t, s, task.Dir, h); got.State != launch.Cancelled {
		t.Errorf("%+v", got)
	}
	for rank := range 2 {
		log, err := os.ReadFile(filepath.Join(node.NodeDir(task.Dir, rank), launch.LogName))
		if err != nil || !strings.Contains(string(log), "saved") {
			t.Errorf("rank %d said %q, %v", rank, log, err)
		}
	}
}

const allReduce = `
import os, sys, torch, torch.distributed as dist
dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
x = torch.tensor([float(rank + 1)])
dist.all_reduce(x)
print(f"rank {rank} of {world}: sum {x.item():g}", flush=True)
if "fail" in sys.argv and rank == 3:
    raise ValueError("rank three has had enough")
dist.barrier()
`

// TestRealTorchrunTrainsOverTwoNodes needs TRAINYARD_TORCHRUN, the path of a torchrun
// whose torch runs on the CPU.
func TestRealTorchrunTrainsOverTwoNodes(t *testing.T) {
	slow(t)
	torchrun := os.Getenv("TRAINYARD_TORCHRUN")
	if torchrun == "" {
		torchrun, _ = exec.LookPath("torchrun")
	}
	if torchrun == "" {
		t.Skip("there is no torchrun: set TRAINYARD_TORCHRUN")
	}
	onCluster(t)
	script := filepath.Join(t.TempDir(), "reduce.py")
	if err := os.WriteFile(script, []byte(allReduce), 0o600); err != nil {
		t.Fatal(err)
	}
	s := place(t, Config{Time: "1h"})
	for _, fail := range []bool{false, true} {
		task := backendtest.Task(t, s)
		task.Nodes = 2
		task.Command.Argv = []string{"bash", "-c", `OMP_NUM_THREADS=1 exec "$0" --nproc-per-node 2 --rdzv-backend c10d --rdzv-id "$SLURM_JOB_ID" --rdzv-endpoint "$MASTER_ADDR:$MASTER_PORT" "$@"`, torchrun, script}
		if fail {
			task.Command.Argv = append(task.Command.Argv, "fail")
		}
		h := start(t, s, task)
		waitLong(t, s, task, h)
		got := status(t, s, task, h)
		var logs strings.Builder
		for rank := range 2 {
			log, err := os.ReadFile(filepath.Join(node.NodeDir(task.Dir, rank), launch.LogName))
			if err != nil {
				t.Error(err)
			}
			logs.Write(log)
		}
		if n := strings.Count(logs.String(), "of 4: sum 10"); n != 4 {
			t.Errorf("%d ranks of 4 had the sum:\n%s", n, logs.String())
		}
		switch {
		case !fail && got.State != launch.Succeeded:
			t.Errorf("%+v\n%s", got, logs.String())
		case fail && (got.State != launch.Failed || !strings.Contains(got.Reason, "rank three has had enough")):
			t.Errorf("%+v", got)
		}
	}
}

// waitLong is for programs that take their time to load.
func waitLong(t *testing.T, s *Slurm, task launch.Task, h launch.Handle) {
	t.Helper()
	for deadline := time.Now().Add(8 * time.Minute); !status(t, s, task, h).State.Ended(); time.Sleep(time.Second) {
		if time.Now().After(deadline) {
			t.Fatal("it never ended")
		}
	}
}
