package attempt

import (
	"path/filepath"
	"strconv"
)

// ranksName is the directory of what each rank says.
const ranksName = "ranks"

// placeEnv tells the trainer its place among several nodes, in the names that most
// programs read and in those of torchrun, whose every option has one with PET_ before
// it (torch/distributed/argparse_util.py).
func (s spec) placeEnv(dir string) (env []string) {
	if s.RankLogs {
		env = append(env, "PET_LOG_DIR="+filepath.Join(dir, ranksName), "PET_TEE=3")
	}
	if s.Nodes < 2 {
		return env
	}
	nodes, rank, port := strconv.Itoa(s.Nodes), strconv.Itoa(s.Rank), strconv.Itoa(s.MasterPort)
	for _, pair := range [][2]string{{"NNODES", nodes}, {"NODE_RANK", rank}, {"MASTER_ADDR", s.Master}, {"MASTER_PORT", port}} {
		env = append(env, pair[0]+"="+pair[1], "PET_"+pair[0]+"="+pair[1])
	}
	return env
}
