package rented

import (
	"context"
	"encoding/json"
	"fmt"

	"trainyard/launch"
	"trainyard/launch/provider"
)

// Render tells what Start would ask the provider for. The offer is chosen at the start,
// and so is the nonce, which stands in the name.
func (r *Rented) Render(_ context.Context, t launch.Task) ([]launch.File, error) {
	life, err := r.c.life(t.Deadline)
	if err != nil {
		return nil, r.named(err)
	}
	if t.Nodes > 1 {
		return nil, r.named(fmt.Errorf("the run wants %d machines: %w", t.Nodes, errNodes))
	}
	p, err := r.kind.Open(provider.Config{Key: "not-asked"})
	if err != nil {
		return nil, r.named(err)
	}
	order, err := json.MarshalIndent(map[string]any{
		"provider": r.kind.Name, "gpu": r.c.GPU, "count": max(1, t.GPUs), "max_price_gpu_hour": r.c.MaxPrice, "region": r.c.Region,
		"spot": r.c.Spot, "image": r.c.Image, "disk_gb": r.c.Disk, "name": "trainyard-NONCE-" + provider.Owner(t.Run, t.Attempt),
		"env": map[string]any{"TRAINYARD_NONCE": "NONCE", "TRAINYARD_MAX_LIFE": int64(life.Seconds())},
	}, "", "  ")
	files := []launch.File{{Name: "order.json", Content: string(order) + "\n"}}
	if script := watchdog(p); script != "" {
		files = append(files, launch.File{Name: "start.sh", Content: script + "\n"})
	}
	return files, err
}
