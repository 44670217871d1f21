package launch_test

import (
	"os"
	"path/filepath"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/backend/local"
	"trainyard/launch/backend/ssh"
	"trainyard/launch/remote/boxtest"
)

// Variables by which the programs that a test starts know of its box.
const (
	backendVariable = "TRAINYARD_TEST_BACKEND" // which the jobs run on
	boxVariable     = "TRAINYARD_TEST_BOX"     // its address
	configVariable  = "TRAINYARD_TEST_BOX_CONFIG"
)

func backends() map[string]launch.Backend {
	all := map[string]launch.Backend{"local": local.Local{}}
	if address := os.Getenv(boxVariable); address != "" {
		config := ssh.Config{Hosts: []ssh.HostConfig{{Host: address}}, SSHConfig: os.Getenv(configVariable)}
		box, err := ssh.Open("box", config, binary.Path)
		check(err)
		all["box"] = box
	}
	return all
}

// onABox has the jobs of the test run in a box.
func onABox(t *testing.T) *boxtest.Box {
	t.Helper()
	box := boxtest.Up(t, boxtest.Options{})
	t.Setenv(backendVariable, "box")
	t.Setenv(boxVariable, box.Address())
	t.Setenv(configVariable, box.Config)
	return box
}

// newPlaceOn is a place whose trainers leave their marks in the box.
func newPlaceOn(t *testing.T, box *boxtest.Box, mark string) place {
	t.Helper()
	p := newPlace(t)
	p.dataset = datasetOf(t)
	p.mark, p.there = box.Here("/root/"+mark), "/root/"+mark
	return p
}

// inABox makes places of one box.
func inABox(t *testing.T) anew {
	box := onABox(t)
	return func(t *testing.T, mark string) place { return newPlaceOn(t, box, mark) }
}

// datasetOf is a shard that can be brought to a box.
func datasetOf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"manifest.json", "train-00000-of-00001.parquet"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestALauncherKilledAtAnyPointNeverStartsARunOnABoxTwice(t *testing.T) {
	startsOnce(t, inABox(t))
}

func TestALauncherKilledAfterAnyPointLeavesATrueLedgerOfABox(t *testing.T) {
	leavesTheTruth(t, 1, inABox(t))
}

func TestManyThatLookAtAnAbandonedRunOfABoxAdoptItOnce(t *testing.T) {
	adoptsOnce(t, newPlaceOn(t, onABox(t), "mark"))
}

func TestARunOnABoxGoesOnWhenItsLauncherIsKilled(t *testing.T) {
	goesOn(t, newPlaceOn(t, onABox(t), "mark"))
}
