//go:build linux

package kubernetes

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/format/durable/disktest"
	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/carry/inside"
)

// shared is a place whose attempts lie on a disk that is seen here.
func shared(t *testing.T, p *controlPlane, disk string, change func(*Options)) *Kubernetes {
	t.Helper()
	return open(t, p, func(o *Options) {
		o.Ephemeral, o.Runs, o.Mounts = false, "/shared/runs", []Mount{{Host: disk, Path: "/shared", Local: disk}}
		if change != nil {
			change(o)
		}
	})
}

// here is where the files of an attempt's pod are seen.
func here(t *testing.T, k *Kubernetes, task launch.Task) string {
	t.Helper()
	there, ok := k.o.volumes().Here(k.inPod(task.Dir))
	if !ok {
		t.Fatal("its files are not seen here")
	}
	return there
}

// process is one that carries the mark of an attempt, by what it runs, or its supervisor.
func process(t *testing.T, k *Kubernetes, task launch.Task, words string) int {
	t.Helper()
	mark := "TRAINYARD_ATTEMPT=" + inside.RecordsDir(k.inPod(task.Dir), 0) + "\x00"
	found := 0
	backendtest.Eventually(t, "a process runs "+words, func() bool {
		procs, err := filepath.Glob("/proc/[0-9]*")
		if err != nil {
			t.Fatal(err)
		}
		for _, proc := range procs {
			line, _ := os.ReadFile(filepath.Join(proc, "cmdline"))
			environ, _ := os.ReadFile(filepath.Join(proc, "environ"))
			supervises := strings.HasSuffix(string(line), "\x00supervise\x00"+inside.RecordsDir(k.inPod(task.Dir), 0)+"\x00")
			if words == "supervise" && supervises || strings.Contains(string(environ), mark) && strings.Contains(string(line), words) {
				found, _ = strconv.Atoi(filepath.Base(proc))
			}
		}
		return found != 0
	})
	return found
}

func TestClusterTellsAKilledTrainerFromOneThatHadNoMemory(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := shared(t, p, t.TempDir(), func(o *Options) { o.Memory = "96Mi" })
	task := newRun(t, k, "wait")
	h := backendtest.Start(t, k, task)
	backendtest.Says(t, k, task.Dir, h, "waiting")
	if err := syscall.Kill(process(t, k, task, "wait"), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s := backendtest.WaitEnded(t, k, task.Dir, h)
	if s.State != launch.Failed || s.Signal != 9 || !strings.Contains(s.Reason, "a kill -9 from outside") {
		t.Errorf("killed: %+v", s)
	}

	group, _, unmake := memoryGroup("probe", "96Mi")
	unmake()
	if group == "" {
		t.Skip("SKIPPED: this machine makes no control group for memory")
	}
	task = newRun(t, k)
	task.Command.Argv = []string{"/bin/sh", "-c", "echo growing; exec tail /dev/zero"}
	s = backendtest.WaitEnded(t, k, task.Dir, backendtest.Start(t, k, task))
	if s.State != launch.Failed || s.Signal != 9 || !strings.Contains(s.Reason, "the kernel killed for want of memory in this run's control group") {
		t.Errorf("without memory: %+v", s)
	}
}

func TestClusterSeesASupervisorThatIsKilled(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := shared(t, p, t.TempDir(), nil)
	task := newRun(t, k)
	task.Command.Argv = []string{"/bin/sh", "-c", "echo waiting; until [ -e go ]; do sleep 0.1; done; echo over"}
	h := backendtest.Start(t, k, task)
	backendtest.Says(t, k, task.Dir, h, "waiting")
	if err := syscall.Kill(process(t, k, task, "supervise"), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	backendtest.Says(t, k, task.Dir, h, "the trainer (pid ")
	if err := os.WriteFile(filepath.Join(here(t, k, task), "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := backendtest.WaitEnded(t, k, task.Dir, h)
	if s.State != launch.Failed || s.Code != -1 || !strings.Contains(s.Reason, "vanished without an exit record") {
		t.Errorf("status %+v", s)
	}
	if log := backendtest.Read(t, k, task.Dir, h, launch.LogName, 0); !strings.Contains(log, "over\n") {
		t.Errorf("log %q: the trainer was not left to its end", log)
	}
}

func TestClusterSeesAContainerThatIsKilledWhole(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := shared(t, p, t.TempDir(), nil)
	task := newRun(t, k, "wait")
	h := backendtest.Start(t, k, task)
	backendtest.Says(t, k, task.Dir, h, "waiting")
	trainer := process(t, k, task, "wait")
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(process(t, k, task, "supervise")) + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	parent := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))[1]
	first, err := strconv.Atoi(parent)
	if err != nil || first <= 1 {
		t.Fatal(first, err)
	}
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s := backendtest.WaitEnded(t, k, task.Dir, h)
	if s.State != launch.Failed || s.Signal != 9 || s.Code != 137 || !strings.Contains(s.Reason, "killed by signal 9") {
		t.Errorf("status %+v", s)
	}
	backendtest.Eventually(t, "its trainer is gone", func() bool { return !backendtest.Living(trainer) })
}

func TestClusterWarnsOfADiskThatFillsUp(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	disk := disktest.Small(t, "64m")
	k := shared(t, p, disk, nil)
	task := newRun(t, k)
	task.Command.Argv = []string{"/bin/sh", "-c", "head -c 62m /dev/zero >checkpoint; echo waiting; sleep 600"}
	h := backendtest.Start(t, k, task)
	backendtest.Says(t, k, task.Dir, h, "GB free, less than")
	backendtest.Eventually(t, "the status says it", func() bool {
		s, err := k.Status(t.Context(), task.Dir, h)
		return err == nil && s.State == launch.Running && strings.Contains(s.Reason, "GB free, less than")
	})
}

func TestClusterEndsAllNodesWhenItIsAsked(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := shared(t, p, t.TempDir(), nil)
	task := newRun(t, k)
	task.Nodes, task.Grace = 3, 30*time.Second
	task.Command.Argv = []string{"/bin/sh", "-c", `trap 'echo "saved $NODE_RANK"; exit 0' TERM; echo waiting; while :; do sleep 0.1; done`}
	h := backendtest.Start(t, k, task)
	backendtest.Eventually(t, "all nodes train", func() bool {
		if _, err := k.Status(t.Context(), task.Dir, h); err != nil {
			t.Fatal(err)
		}
		logs, err := filepath.Glob(filepath.Join(here(t, k, task), "node-*", launch.LogName))
		said := 0
		for _, log := range logs {
			if data, err := os.ReadFile(log); err == nil && string(data) == "waiting\n" {
				said++
			}
		}
		return err == nil && said == 3
	})
	backendtest.Stop(t, k, task.Dir, h, 30*time.Second)
	if s := backendtest.WaitEnded(t, k, task.Dir, h); s.State != launch.Cancelled || s.Code != 0 {
		t.Errorf("status %+v", s)
	}
	for rank, name := range []string{"log", "log-node-1", "log-node-2"} {
		data, err := os.ReadFile(filepath.Join(task.Dir, name))
		if err != nil || !strings.Contains(string(data), "saved "+strconv.Itoa(rank)) {
			t.Errorf("%s: %q, %v", name, data, err)
		}
		if _, err := os.Stat(filepath.Join(here(t, k, task), "node-"+strconv.Itoa(rank), "exit.json")); err != nil {
			t.Error(err)
		}
	}
}

// Kueue takes the pods of a Job away and starts others of the same Job later.
func TestClusterTrainsOnceThoughAQueueStartsItAgain(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := shared(t, p, t.TempDir(), func(o *Options) { o.Queue = "research" })
	task := newRun(t, k)
	task.Command.Argv = []string{"/bin/sh", "-c", `trap 'exit 1' TERM; echo trained >>trained; echo waiting; while :; do sleep 0.1; done`}
	h := backendtest.Start(t, k, task)
	suspend := func(yes bool) {
		t.Helper()
		if err := p.client.do(t.Context(), http.MethodPatch, p.client.job(jobName(task.Dir)), asMerge, object{"spec": object{"suspend": yes}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	suspend(false)
	backendtest.Says(t, k, task.Dir, h, "waiting")
	suspend(true)
	backendtest.Eventually(t, "its pod is gone", func() bool { return len(podsOf(t, p, task)) == 0 })
	if s, err := k.Status(t.Context(), task.Dir, h); err != nil || s.State != launch.Queued {
		t.Errorf("taken away: %+v, %v", s, err)
	}
	suspend(false)
	if s := backendtest.WaitEnded(t, k, task.Dir, h); s.State != launch.Preempted || !strings.Contains(s.Reason, "fence") {
		t.Errorf("started again: %+v", s)
	}
	if data, err := os.ReadFile(filepath.Join(here(t, k, task), "trained")); err != nil || string(data) != "trained\n" {
		t.Errorf("it %q, %v", data, err)
	}
}

func TestClusterRunsTheAgentOfTheImage(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	disk := t.TempDir()
	packed, err := agent()
	if err != nil {
		t.Fatal(err)
	}
	program, err := unpacked(packed.Packed)
	if err := errors.Join(err, os.WriteFile(filepath.Join(disk, "agent"), program, 0o755)); err != nil {
		t.Fatal(err)
	}
	for want, path := range map[string]string{"exited with code 4": "/shared/agent", "/shared/none": "/shared/none"} {
		k := shared(t, p, disk, func(o *Options) { o.Agent = path })
		task := newRun(t, k, "exit", "4", "ran")
		h := backendtest.Start(t, k, task)
		if maps := configMaps(t, p, task); len(maps) != 1 {
			t.Errorf("ConfigMaps %q, though the image has the agent", maps)
		}
		if s := backendtest.WaitEnded(t, k, task.Dir, h); s.State != launch.Failed || !strings.Contains(s.Reason, want) {
			t.Errorf("status %+v does not say %q", s, want)
		}
	}
}
