package slurm

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/slurm/node"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "slurm" {
		os.Exit(node.Main(context.Background(), os.Args[2:]))
	}
	if len(os.Args) > 2 && os.Args[1] == "serve" {
		if err := attempt.Serve(context.Background(), os.Stdin, os.Stdout, os.Args[2]); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) > 4 && os.Args[1] == "launch" {
		launchHere(os.Args[2], os.Args[3], os.Args[4])
		os.Exit(0)
	}
	backendtest.Main(m, attempt.Supervise)
}

// A cluster is two real nodes with 8 GPUs of no device each.
type cluster struct {
	dir   string
	fault string
	alive io.Closer // the cluster ends when it is closed, or collected
}

// shared is the cluster of all tests of this package that break nothing. It ends with
// the test binary, whatever ends that: its script reads a pipe of ours.
var shared = sync.OnceValue(func() *cluster { return newCluster(3600) })

// onCluster skips the test where there is no Slurm, and points Slurm's programs at ours.
func onCluster(t *testing.T) *cluster {
	t.Helper()
	c := shared()
	c.use(t)
	return c
}

func (c *cluster) use(t *testing.T) {
	t.Helper()
	if c.fault != "" {
		t.Skip("no Slurm cluster: " + c.fault)
	}
}

// slow skips what takes long unless it is asked for, as .ci/slurm does.
func slow(t *testing.T) {
	t.Helper()
	if os.Getenv("TRAINYARD_SLOW_TESTS") == "" {
		t.Skip("it takes long: set TRAINYARD_SLOW_TESTS, or run .ci/slurm")
	}
}

func newCluster(age int) *cluster {
	for _, program := range []string{"slurmctld", "slurmd", "munged", "sbatch"} {
		if _, err := exec.LookPath(program); err != nil {
			return &cluster{fault: "apt-get install slurm-wlm munge: " + err.Error()}
		}
	}
	if os.Getuid() != 0 {
		return &cluster{fault: "it takes root"}
	}
	dir, err := os.MkdirTemp("", "ty-slurm-") // a short path: sockets have a limit
	if err != nil {
		return &cluster{fault: err.Error()}
	}
	c := &cluster{dir: dir}
	if err := c.up(age); err != nil {
		c.fault = err.Error()
	}
	return c
}

func (c *cluster) up(age int) (err error) {
	args := append([]string{c.dir}, freePorts(3)...)
	if c.alive, err = backendtest.Engine("slurm-up", append(args, fmt.Sprint(age))...); err != nil {
		return err
	}
	return os.Setenv("SLURM_CONF", filepath.Join(c.dir, "slurm.conf"))
}

func freePorts(n int) (ports []string) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		ports = append(ports, port)
	}
	return ports
}

// run runs a program of Slurm.
func run(t *testing.T, argv ...string) string {
	t.Helper()
	out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, out)
	}
	return string(out)
}

// place is a place on the cluster with the given configuration.
func place(t *testing.T, config Config) *Slurm {
	t.Helper()
	s, err := Open("slurm", config, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSlurmKeepsTheContract(t *testing.T) {
	onCluster(t)
	backendtest.Conform(t, "slurm", place(t, Config{Time: "1h"}))
}

// controller starts slurmctld again.
func (c *cluster) controller(t *testing.T) {
	t.Helper()
	cmd := exec.Command("slurmctld", "-D")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait() }() // the cluster's script ends it
	backendtest.Eventually(t, "slurmctld answers", func() bool { return exec.Command("squeue", "-h").Run() == nil })
}
