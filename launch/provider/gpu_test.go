package provider_test

import (
	"testing"

	"trainyard/launch/provider"
)

func TestGPUsHaveOneNameWhateverAProviderCallsThem(t *testing.T) {
	for _, c := range []struct {
		words  string
		memory float64
		want   string
	}{
		{"NVIDIA H100 80GB HBM3", 80, "h100-sxm-80gb"},
		{"NVIDIA H100 80GB HBM3", 0, "h100-sxm-80gb"},
		{"H100 (80 GB SXM5)", 0, "h100-sxm-80gb"},
		{"H100 SXM", 81559. / 1024, "h100-sxm-80gb"},
		{"NVIDIA H100 PCIe", 80, "h100-pcie-80gb"},
		{"H100 PCIE", 81559. / 1024, "h100-pcie-80gb"},
		{"NVIDIA H100 NVL", 94, "h100-nvl-94gb"},
		{"H100 NVL", 95830. / 1024, "h100-nvl-94gb"},
		{"NVIDIA H200", 141, "h200-sxm-141gb"},
		{"H200", 143771. / 1024, "h200-sxm-141gb"},
		{"NVIDIA H200 NVL", 0, "h200-nvl-141gb"},
		{"B200 (180 GB SXM6)", 0, "b200-180gb"},
		{"B200", 183359. / 1024, "b200-180gb"},
		{"NVIDIA A100-SXM4-80GB", 80, "a100-sxm-80gb"},
		{"NVIDIA A100 80GB PCIe", 0, "a100-pcie-80gb"},
		{"A100 (40 GB SXM4)", 0, "a100-sxm-40gb"},
		{"A100 SXM4", 40960. / 1024, "a100-sxm-40gb"},
		{"GH200 (96 GB)", 0, "gh200-96gb"},
		{"NVIDIA GeForce RTX 4090", 0, "rtx4090-24gb"},
		{"RTX 4090", 24564. / 1024, "rtx4090-24gb"},
		{"NVIDIA RTX A6000", 48, "a6000-48gb"},
		{"A6000 (48 GB)", 0, "a6000-48gb"},
		{"NVIDIA RTX 6000 Ada Generation", 48, "rtx6000-ada-48gb"},
		{"RTX 6000Ada", 49140. / 1024, "rtx6000-ada-48gb"},
		{"NVIDIA L40S", 46068. / 1024, "l40s-48gb"},
		{"Tesla V100 SXM2 16GB", 0, "v100-sxm-16gb"},
		{"AMD Instinct MI300X OAM", 192, "mi300x-192gb"},
		{"Imaginary 9999", 24, "imaginary-9999-24gb"},
	} {
		if got := provider.GPUName(c.words, c.memory); got != c.want {
			t.Errorf("%q with %.1f GB is %s, not %s", c.words, c.memory, got, c.want)
		}
	}
}

func TestAGPUIsFoundByTheBeginningOfItsName(t *testing.T) {
	for _, c := range []struct {
		name, want string
		match      bool
	}{
		{"h100-sxm-80gb", "", true},
		{"h100-sxm-80gb", "h100", true},
		{"h100-sxm-80gb", "H100-SXM", true},
		{"h100-sxm-80gb", "h100-80gb", true},
		{"h100-sxm-80gb", "h100-pcie", false},
		{"h100-sxm-80gb", "h10", false},
		{"gh200-96gb", "h200", false},
		{"a100-sxm-40gb", "a100-80gb", false},
	} {
		if got := provider.MatchGPU(c.name, c.want); got != c.match {
			t.Errorf("%s as %q: %v", c.name, c.want, got)
		}
	}
}
