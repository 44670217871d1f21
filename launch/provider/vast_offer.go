package provider

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// vastGPUs are the names that searches go by, of the chips one fine-tunes on. What
// is not here is found among all offers.
var vastGPUs = []string{
	"H100 SXM", "H100 PCIE", "H100 NVL", "H200", "H200 NVL", "B200", "B300", "GH200 SXM", "A100 SXM4", "A100 PCIE", "A100X",
	"L40S", "L40", "L4", "RTX A6000", "RTX 6000Ada", "RTX 4090", "RTX 5090", "RTX 3090", "A40", "A10", "Tesla V100", "Tesla T4",
}

type vastSearch map[string]any

func (w Want) vastSearch() vastSearch {
	eq := func(v any) map[string]any { return map[string]any{"eq": v} }
	search := vastSearch{
		"type": "ondemand", "verified": eq(true), "rentable": eq(true), "rented": eq(false),
		"direct_port_count": map[string]any{"gte": 1}, "order": [][]string{{"dph_total", "asc"}, {"id", "asc"}}, "limit": 200,
	}
	if w.Count > 0 {
		search["num_gpus"] = eq(w.Count)
	}
	if w.DiskGB > 0 {
		search["allocated_storage"] = w.DiskGB
		search["disk_space"] = map[string]any{"gte": w.DiskGB}
	}
	var names []string
	for _, name := range vastGPUs {
		if w.GPU != "" && MatchGPU(GPUName(name, 0), strings.SplitN(w.GPU, "-", 2)[0]) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		search["gpu_name"] = map[string]any{"in": names}
	}
	return search
}

type vastOffer struct {
	ID          int64   `json:"id"`
	GPUName     string  `json:"gpu_name"`
	NumGPUs     int     `json:"num_gpus"`
	GPURAM      float64 `json:"gpu_ram"` // MB of one GPU
	DPHTotal    float64 `json:"dph_total"`
	Geolocation string  `json:"geolocation"`
	Rentable    bool    `json:"rentable"`
	CPUCores    float64 `json:"cpu_cores_effective"`
	CPURAM      float64 `json:"cpu_ram"` // MB
	DiskSpace   float64 `json:"disk_space"`
}

func (p vast) Offers(ctx context.Context, want Want) ([]Offer, error) {
	var offers []Offer
	for _, spot := range []bool{false, true} {
		if spot && !want.Spot {
			continue
		}
		search := want.vastSearch()
		if spot {
			search["type"] = "bid"
		}
		var reply struct {
			Offers []vastOffer `json:"offers"`
		}
		err := p.c.do(ctx, request{doing: "search offers", method: http.MethodPost, path: "/api/v0/bundles/", body: search, paces: []string{"search"}, into: &reply})
		if err != nil {
			return nil, err
		}
		for _, v := range reply.Offers {
			if o := v.offer(spot, p.c.clock.Now()); want.fits(o) {
				offers = append(offers, o)
			}
		}
	}
	return offers, nil
}

func (v vastOffer) offer(spot bool, now time.Time) Offer {
	stock := "none"
	if v.Rentable {
		stock = "one"
	}
	return Offer{
		Provider: "vast", ID: strconv.FormatInt(v.ID, 10), GPU: GPUName(v.GPUName, v.GPURAM/1024), Count: v.NumGPUs, GPUMemory: NominalGB(v.GPURAM / 1024),
		PricePerHour: v.DPHTotal, Region: v.Geolocation, Stock: stock, Spot: spot,
		CPU: int(v.CPUCores), RAM: int(v.CPURAM / 1024), Disk: int(v.DiskSpace), AsOf: now, Note: "without traffic",
	}
}
