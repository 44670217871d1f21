package trainer

import (
	"fmt"

	"trainyard/launch"
)

// splitBatch divides the batch of the job: rows on a device, times the groups of
// devices that share a row, times the rounds whose gradients are summed.
func splitBatch(name string, job launch.Job, rows int) (perDevice, accumulation int, err error) {
	groups := max(1, job.World()/job.Share())
	step := rows * groups
	if job.Batch <= 0 || job.Batch%step == 0 {
		return rows, job.Batch / step, nil
	}
	devices := fmt.Sprintf("%d GPUs", job.Devices())
	if job.NodeCount() > 1 {
		devices = fmt.Sprintf("%d nodes of %d GPUs", job.NodeCount(), job.Devices())
	}
	if job.Share() > 1 {
		devices += fmt.Sprintf(", %d to a row", job.Share())
	}
	return 0, 0, fmt.Errorf("%s: train.batch %d does not divide among %s with %d rows each: choose a multiple of %d", name, job.Batch, devices, rows, step)
}
