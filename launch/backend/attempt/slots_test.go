package attempt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
)

// onGPUs is an order for n of a box's four GPUs.
func onGPUs(t *testing.T, n int) Order {
	t.Helper()
	order := shell(t, `echo "sees $CUDA_VISIBLE_DEVICES"; exec sleep 1000`)
	order.Slots = n
	order.Command.Env = []launch.Env{{Name: "CUDA_VISIBLE_DEVICES", Value: "0,1,2,3"}}
	return order
}

func waits(t *testing.T, dir string, h launch.Handle, words string) {
	t.Helper()
	eventually(t, "it "+words, func() bool {
		s := status(t, dir, h)
		return s.State == launch.Queued && strings.Contains(s.Reason, words)
	})
}

func sees(t *testing.T, dir string, h launch.Handle) string {
	t.Helper()
	says(t, Local{}, dir, h, "sees")
	return strings.TrimSpace(strings.TrimPrefix(read(t, Local{}, dir, h, launch.LogName, 0), "sees "))
}

func TestGPUsAreTakenInTheOrderOfTheQueue(t *testing.T) {
	m := Here(t.TempDir())
	first, second, third := onGPUs(t, 3), onGPUs(t, 4), onGPUs(t, 1)
	h1 := ordered(t, m, first)
	if got := sees(t, first.Dir, h1); got != "0,1,2" {
		t.Errorf("the first sees %q", got)
	}
	h2 := ordered(t, m, second)
	waits(t, second.Dir, h2, "waits for 4 of 4 GPUs; 1 free, first in the queue")
	h3 := ordered(t, m, third)
	waits(t, third.Dir, h3, "1 before it in the queue") // one is free, and it does not overtake
	askEnd(t, Local{m}, first.Dir, h1, 0)
	if got := sees(t, second.Dir, h2); got != "0,1,2,3" {
		t.Errorf("the second sees %q", got)
	}
	waits(t, third.Dir, h3, "0 free, first in the queue")
	askEnd(t, Local{m}, second.Dir, h2, 0)
	if got := sees(t, third.Dir, h3); got != "0" {
		t.Errorf("the third sees %q", got)
	}
}

func TestWhatWaitsForGPUsCanBeStopped(t *testing.T) {
	m := Here(t.TempDir())
	first, second, third := onGPUs(t, 4), onGPUs(t, 4), onGPUs(t, 4)
	h1 := ordered(t, m, first)
	sees(t, first.Dir, h1)
	h2 := ordered(t, m, second)
	waits(t, second.Dir, h2, "first in the queue")
	h3 := ordered(t, m, third)
	waits(t, third.Dir, h3, "1 before it")
	askEnd(t, Local{m}, second.Dir, h2, time.Minute)
	if s := waitEnded(t, Local{}, second.Dir, h2); s.State != launch.Cancelled || !strings.Contains(s.Reason, "while it waited for GPUs") {
		t.Errorf("status %+v", s)
	}
	waits(t, third.Dir, h3, "first in the queue")
	killSupervisor(t, h3)
	if s := waitEnded(t, Local{}, third.Dir, h3); s.State != launch.Lost {
		t.Errorf("a waiting supervisor that was killed: %+v", s)
	}
	fourth := onGPUs(t, 4)
	waits(t, fourth.Dir, ordered(t, m, fourth), "first in the queue")
}

func TestAGPUIsNotFreeWhileItsTrainerOutlivesItsSupervisor(t *testing.T) {
	m := Here(t.TempDir())
	first, second := onGPUs(t, 4), onGPUs(t, 2)
	h1 := ordered(t, m, first)
	sees(t, first.Dir, h1)
	eventually(t, "the trainer is written down", func() bool { _, err := os.Stat(filepath.Join(first.Dir, trainerName)); return err == nil })
	killSupervisor(t, h1)
	h2 := ordered(t, m, second)
	waits(t, second.Dir, h2, "0 free")
	killTrainer(t, first.Dir)
	if got := sees(t, second.Dir, h2); got != "0,1" {
		t.Errorf("it sees %q", got)
	}
}

func TestMoreGPUsThanTheBoxHasAreAFailure(t *testing.T) {
	order := onGPUs(t, 5)
	s := waitEnded(t, Local{}, order.Dir, ordered(t, Here(t.TempDir()), order))
	if s.State != launch.Failed || !strings.Contains(s.Reason, "asks for 5 GPUs, and there are 4") {
		t.Errorf("status %+v", s)
	}
}

func TestWhatNvidiaSmiSaysIsRead(t *testing.T) {
	gpus := parseGPUs("0, NVIDIA H100 80GB HBM3, 81559\n1, NVIDIA GH200, [N/A]\nNo devices were found\n")
	if len(gpus) != 2 || gpus[0] != (GPU{0, "NVIDIA H100 80GB HBM3", 81559 << 20}) || gpus[1] != (GPU{Index: 1, Name: "NVIDIA GH200"}) {
		t.Errorf("%+v", gpus)
	}
	dev := t.TempDir()
	for _, name := range []string{"nvidia3", "nvidia5", "nvidiactl", "nvidia-uvm"} {
		if err := os.WriteFile(filepath.Join(dev, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if gpus := deviceGPUs(dev); len(gpus) != 2 || gpus[1] != (GPU{Index: 1}) {
		t.Errorf("a container that sees two of many: %+v", gpus)
	}
}
