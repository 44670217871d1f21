package node

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"trainyard/launch/task"
)

// masterPort differs between jobs that share a node.
func masterPort(job int) int { return 20000 + job%20000 }

// alone gives the trainer of a job of one node a port of its own: the default of
// torchrun is the same for all. A command's own environment comes after and wins.
func alone(job int) []task.Env {
	port := fmt.Sprint(masterPort(job))
	return []task.Env{{Name: "MASTER_PORT", Value: port}, {Name: "PET_MASTER_PORT", Value: port}}
}

// firstNode is the name of the node of rank 0, as the others reach it.
func firstNode() (string, error) {
	list := os.Getenv("SLURM_JOB_NODELIST")
	out, err := exec.Command("scontrol", "show", "hostnames", list).Output()
	name, _, _ := strings.Cut(string(out), "\n")
	if err != nil || name == "" {
		return "", fmt.Errorf("the first node of %q: scontrol show hostnames: %w", list, err)
	}
	return name, nil
}
