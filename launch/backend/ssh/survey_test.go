package ssh

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/remote/boxtest"
	"trainyard/launch/stage"
)

// The box has no GPU: what stands for nvidia-smi says what a machine with two does.
const smi = "#!/bin/sh\nprintf '0, NVIDIA H100 80GB HBM3, 81559\\n1, NVIDIA H100 80GB HBM3, 81559\\n'\n"

func TestASurveyTellsGPUsAndFreeRoom(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	if err := os.MkdirAll(filepath.Join(box.Home, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(box.Home, "bin", "nvidia-smi"), []byte(smi), 0o700); err != nil {
		t.Fatal(err)
	}
	c := configOf([]*boxtest.Box{box})
	c.Path = []string{"/root/bin"}
	s, err := Open("lab", c, binary.Path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Survey(t.Context())
	if err != nil || v.GPU != "NVIDIA H100 80GB HBM3" || v.Memory != 81559<<20 || v.Free <= 0 {
		t.Errorf("%+v, %v", v, err)
	}
	box.Unplug(t)
	if v, err := place(t, box).Survey(t.Context()); err == nil {
		t.Errorf("of a box without a cable: %+v", v)
	}
}

func TestASurveySaysOfSeveralWhatHoldsOfAll(t *testing.T) {
	a := attempt.Box{Free: 5, GPUs: []attempt.GPU{{Index: 0, Name: "H100", Memory: 80}}}
	b := attempt.Box{Free: 3, GPUs: []attempt.GPU{{Index: 1, Name: "H100", Memory: 80}}}
	other := attempt.Box{GPUs: []attempt.GPU{{Name: "A100", Memory: 80}}}
	if got, want := surveyOf([]attempt.Box{a, b}), (launch.Survey{GPU: "H100", Memory: 80, Free: 3}); got != want {
		t.Errorf("%+v", got)
	}
	if got, want := surveyOf([]attempt.Box{a, other}), (launch.Survey{Free: 5}); got != want {
		t.Errorf("%+v", got)
	}
}

// A host that does not answer is no reason to wait; that another one has the run instead is
// told at the start, and as long as it runs.
func TestAHostThatIsPassedOverIsTold(t *testing.T) {
	dead, alive := boxtest.Up(t, boxtest.Options{}), boxtest.Up(t, boxtest.Options{})
	boxtest.Join(t, dead, alive)
	s := place(t, dead, alive)
	dead.Kill()
	var told []string
	ctx := stage.WithTell(t.Context(), func(p stage.Progress) {
		if p.Doing != "" {
			told = append(told, p.Machine+": "+p.Doing)
		}
	})
	task := backendtest.Task(t, s, "save")
	h, err := s.Start(ctx, task)
	if err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(told, "\n"); !strings.Contains(all, dead.Address()) || !strings.Contains(all, "passed over: ") || strings.Contains(all, alive.Address()+": passed over") {
		t.Errorf("told %q", told)
	}
	status, err := s.Status(t.Context(), task.Dir, h)
	if err != nil || !strings.Contains(status.Reason, "passed over at its start: ") || !strings.Contains(status.Reason, dead.Address()) {
		t.Errorf("%+v, %v", status, err)
	}
	backendtest.Stop(t, s, task.Dir, h, 0)
	if status := backendtest.WaitEnded(t, s, task.Dir, h); strings.Contains(status.Reason, "passed over") {
		t.Errorf("%+v", status)
	}
}
