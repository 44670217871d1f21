package trainer

import (
	"path/filepath"
	"slices"
	"strconv"

	"trainyard/launch"
)

// torchrun starts a module once for each device. On one machine it finds a free port
// by itself, at the loopback; on several, the backend tells each node by the PET_
// variables who it is and where the first one listens, so that all of them have one
// argv.
func torchrun(r request, module string, args ...string) []string {
	argv := []string{"torchrun"}
	if r.NodeCount() == 1 {
		argv = append(argv, "--standalone", "--local-addr="+loopback)
	}
	argv = append(argv, "--nproc-per-node="+strconv.Itoa(r.Devices()), "-m", module)
	return append(argv, args...)
}

// loopback is where the ranks of one machine meet. Without it torchrun names the host
// to them, and on a box that cannot look up its own name they wait for minutes and die.
const loopback = "127.0.0.1"

// environment is what every Python trainer is started in, below the job's own.
func environment(r request, more ...launch.Env) []launch.Env {
	return slices.Concat(unbuffered, rankLogs(r.Dir), calm, more, r.Env)
}

// calm keeps tokenizers from warning about forks, and PyTorch's memory from
// falling to pieces where rows differ in length.
var calm = []launch.Env{
	{Name: "TOKENIZERS_PARALLELISM", Value: "false"},
	{Name: "PYTORCH_CUDA_ALLOC_CONF", Value: "expandable_segments:True"},
}

// unbuffered has Python's lines reach the log as they are printed, in their order
// with those of standard error.
var unbuffered = []launch.Env{{Name: "PYTHONUNBUFFERED", Value: "1"}}

// rankLogs has torchrun write the output of each rank to a file of its own beside
// the common log, where the lines of all ranks stand between each other. It takes
// its options from PET_ variables too (torch/distributed/argparse_util.py).
func rankLogs(dir string) []launch.Env {
	return []launch.Env{
		{Name: "PET_LOG_DIR", Value: filepath.Join(dir, "ranks")},
		{Name: "PET_TEE", Value: "3"}, // standard output and standard error
	}
}
