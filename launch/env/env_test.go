package env

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"trainyard/launch/trainer"
)

func TestEveryTrainerHasALockOrAReason(t *testing.T) {
	for name := range trainer.Trainers {
		lock, err := Of(name)
		if why := Unlocked[name]; (err == nil) == (why != "") || err != nil && !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, and the reason is %q", name, err, why)
		}
		if err == nil && (lock.Trainer != name || lock.Packages() < 30) {
			t.Errorf("%s: lock of %q with %d packages", name, lock.Trainer, lock.Packages())
		}
	}
	for _, name := range Names() {
		if trainer.Trainers[name] == nil {
			t.Errorf("a lock of %s, which is no trainer", name)
		}
	}
	if _, err := Of("torchtune"); err == nil || !strings.Contains(err.Error(), "there are axolotl") {
		t.Errorf("no trainer: %v", err)
	}
}

var pinned = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*(\[[a-z0-9,-]+\])?==[0-9][A-Za-z0-9.+!]*$`)

// TestEveryPackageOfALockHasItsVersion, and torch is one for all.
func TestEveryPackageOfALockHasItsVersion(t *testing.T) {
	for _, name := range Names() {
		lock, err := Of(name)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.Lines(lock.Text) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
				lines = append(lines, line)
			}
		}
		for _, line := range lines {
			if !pinned.MatchString(line) {
				t.Errorf("%s: %q is no package with its version", name, line)
			}
		}
		if !slices.Contains(lines, "torch==2.11.0") {
			t.Errorf("%s: another torch", name)
		}
		if len(lines) != lock.Packages() {
			t.Errorf("%s: %d lines, %d packages", name, len(lines), lock.Packages())
		}
	}
}

func TestAPlanHasNoShellAndItsMarkerLast(t *testing.T) {
	lock, err := Of("trl")
	if err != nil {
		t.Fatal(err)
	}
	p := lock.Plan(Where{Root: "/srv/train yard", UV: "/opt/uv"})
	dir := "/srv/train yard/envs/" + lock.Hash()
	if p.Dir != dir || p.Marker != dir+".done" || p.Files[0].Name != lock.Hash()+".txt" || p.Files[0].Content != lock.Text {
		t.Errorf("%+v", p)
	}
	want := [][]string{
		{"/opt/uv", "venv", "--clear", "--python", "3.11", dir},
		{"/opt/uv", "pip", "sync", "--python", dir, dir + ".txt"},
		{"/opt/uv", "pip", "install", "--python", dir, "--no-build-isolation", "--no-deps", "flash-attn==2.8.3"},
	}
	for i, step := range p.Steps {
		if !slices.Equal(step.Argv, want[i]) {
			t.Errorf("step %d is %q, want %q", i, step.Argv, want[i])
		}
	}
	if len(p.Steps) != len(want) || p.Steps[2].Needs != "nvcc" || p.Steps[1].Needs != "" {
		t.Errorf("%d steps: %+v", len(p.Steps), p.Steps)
	}
	if got := p.Activate("/usr/bin")[0].Value; got != dir+"/bin:/usr/bin" {
		t.Errorf("PATH is %s", got)
	}
}

func TestALockThatChangedIsAnotherEnvironment(t *testing.T) {
	lock, err := Of("trl")
	if err != nil {
		t.Fatal(err)
	}
	changed := lock
	changed.Text += "numpy==1.0\n"
	if lock.Hash() == changed.Hash() || len(lock.Hash()) != 32 {
		t.Errorf("%s, %s", lock.Hash(), changed.Hash())
	}
}

func TestAHeadThatIsNotUnderstoodIsAFault(t *testing.T) {
	for text, want := range map[string]string{
		"# trainer: x\n# pyton: 3.11\n": `"pyton: 3.11" is no line`,
		"# trainer: x\na==1\n":          "lacks",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
