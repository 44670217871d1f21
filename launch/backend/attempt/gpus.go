package attempt

import (
	"context"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// findGPUs asks nvidia-smi, and where there is none or it does not answer, /dev.
func findGPUs(ctx context.Context) []GPU {
	ctx, cancel := context.WithTimeout(ctx, gpuLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "nvidia-smi", "--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if gpus := parseGPUs(string(out)); err == nil && len(gpus) > 0 {
		return gpus
	}
	return deviceGPUs("/dev")
}

// gpuLimit is for nvidia-smi, which takes seconds where the driver sleeps and never
// answers where a GPU has failed.
const gpuLimit = 20 * time.Second

// parseGPUs reads lines such as "0, NVIDIA H100 80GB HBM3, 81559", memory in MiB.
func parseGPUs(text string) (gpus []GPU) {
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimSpace(line), ", ")
		if len(fields) != 3 {
			continue
		}
		index, err := strconv.Atoi(fields[0])
		if err != nil {
			continue
		}
		memory, _ := strconv.ParseInt(fields[2], 10, 64) // "[N/A]" on some: not known
		gpus = append(gpus, GPU{Index: index, Name: fields[1], Memory: memory << 20})
	}
	return gpus
}

// deviceGPUs are the character devices of NVIDIA's GPUs, by number.
func deviceGPUs(dev string) (gpus []GPU) {
	names, err := filepath.Glob(filepath.Join(dev, "nvidia[0-9]*"))
	if err != nil {
		return nil
	}
	for _, name := range names {
		if index, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(name), "nvidia")); err == nil {
			gpus = append(gpus, GPU{Index: index})
		}
	}
	return gpus
}
