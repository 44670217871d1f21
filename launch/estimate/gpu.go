package estimate

import (
	"maps"
	"slices"
)

// A Range is a figure with its likely value and its two ends, Low ≤ Likely ≤ High.
type Range struct {
	Low    float64 `json:"low"`
	Likely float64 `json:"likely"`
	High   float64 `json:"high"`
}

// times multiplies two ranges of numbers above 0, end by end.
func (r Range) times(s Range) Range {
	return Range{r.Low * s.Low, r.Likely * s.Likely, r.High * s.High}
}

// under divides n by the range: its high end gives the low one.
func (r Range) under(n float64) Range { return Range{n / r.High, n / r.Likely, n / r.Low} }

func exactly(v float64) Range { return Range{v, v, v} }

// A GPU is one kind of accelerator.
type GPU struct {
	Summary string
	Memory  float64 // bytes
	Peak    float64 // operations a second in dense bfloat16
	// Price is dollars for one GPU and one hour, on demand. The list prices were
	// read between August and November 2026; see PricesRead.
	Price Range
}

// PricesRead says when the prices of [GPUs] were read.
const PricesRead = "2026-08-26 to 2026-11-09"

// GPUs is the registry by name. Peaks are NVIDIA's data sheets without sparsity.
// The three prices are the lowest, a usual and the highest that were found on
// price lists: of the sellers named beside each, with the day of 2026.
var GPUs = map[string]GPU{
	// RunPod community 11-09; RunPod secure 11-09; AWS p4de 11-09.
	"a100": {"A100 SXM, 80 GB", 80e9, 312e12, Range{1.39, 1.79, 3.43}},
	// Hyperstack 08-26; the same; Verda 10-29. Half of the 309.7 TFLOPS of the data
	// sheet, which are with sparsity.
	"a6000": {"RTX A6000, 48 GB", 48e9, 154.8e12, Range{0.50, 0.50, 0.82}},
	// Akash 09-20; Lambda, eight of them, 09-20; RunPod secure 10-07.
	"b200": {"B200 SXM, 180 GB", 180e9, 2250e12, Range{5.00, 6.69, 6.79}},
	// RunPod community 11-09; RunPod secure 11-09 and Lambda, eight of them, 09-20;
	// AWS p5 11-09. Azure asks 12.29.
	"h100": {"H100 SXM, 80 GB", 80e9, 989e12, Range{2.69, 3.99, 6.88}},
	// Hyperstack 08-26; RunPod secure 10-07; CoreWeave 10-24.
	"h200": {"H200 SXM, 141 GB", 141e9, 989e12, Range{3.99, 4.59, 6.31}},
}

// GPUNames are those of [GPUs], sorted.
func GPUNames() []string { return slices.Sorted(maps.Keys(GPUs)) }

// node is how many GPUs a machine of those price lists has.
const node = 8
