package ssh

import (
	"crypto/rand"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/remote"
	"trainyard/launch/remote/boxtest"
	"trainyard/launch/stage"
	"trainyard/launch/task"
)

// benchSize is that of a shard or of a part of a checkpoint.
const benchSize = 512 << 20

// BenchmarkBringing compares staging with what ssh itself carries.
func BenchmarkBringing(b *testing.B) {
	box := boxtest.Up(b, boxtest.Options{})
	file := filepath.Join(b.TempDir(), "shard")
	fill := func() {
		f, err := os.Create(file)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		if _, err := io.CopyN(f, rand.Reader, benchSize); err != nil {
			b.Fatal(err)
		}
	}
	fill()
	line := remote.NewLine(box.Host())
	defer func() { _ = line.Close() }()
	if _, err := line.Run(b.Context(), "true", nil); err != nil {
		b.Fatal(err)
	}
	open := func() *os.File {
		f, err := os.Open(file)
		if err != nil {
			b.Fatal(err)
		}
		return f
	}
	b.Run("ssh-cat", func(b *testing.B) {
		b.SetBytes(benchSize)
		for b.Loop() {
			f := open()
			cmd := exec.Command("ssh", "-F", box.Config, box.Address(), "cat > /root/there")
			cmd.Stdin = f
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
			f.Close()
		}
	})
	b.Run("line-cat", func(b *testing.B) {
		b.SetBytes(benchSize)
		for b.Loop() {
			f := open()
			if _, err := line.Run(b.Context(), "cat > /root/there", f); err != nil {
				b.Fatal(err)
			}
			f.Close()
		}
	})
	bring := func(b *testing.B) {
		lab, err := Open("lab", Config{Hosts: []HostConfig{{Host: box.Address()}}, SSHConfig: box.Config}, binary.Path)
		if err != nil {
			b.Fatal(err)
		}
		m := lab.machine(lab.node(lab.hosts[0], ""))
		if _, err := m.Hello(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(benchSize)
		for b.Loop() {
			b.StopTimer()
			if err := os.RemoveAll(box.Here("/root/.trainyard/store")); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			_, err := m.stager.Bring(b.Context(), stage.Bringing{Site: stage.Site{Root: "~/x", Self: "~/x/y"}, Command: task.Command{Files: []task.File{{Name: "x", Link: file}}}})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("stage", bring)
	b.Run("stage-on-a-line", func(b *testing.B) {
		box.Limit(b, "200mbit")
		bring(b)
		b.ReportMetric(100*benchSize*float64(b.N)*8/b.Elapsed().Seconds()/200e6, "%-of-line")
	})
}
