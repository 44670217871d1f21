package provider_test

import (
	"strings"
	"testing"

	"trainyard/launch/provider"
)

// FuzzAGPUHasOneName: whatever a provider calls a GPU, our name is one word of lower
// case, is found by itself, and names itself.
func FuzzAGPUHasOneName(f *testing.F) {
	for _, words := range []string{"NVIDIA H100 80GB HBM3", "H100 (80 GB SXM5)", "RTX 6000Ada", "Tesla T4", "", " ", "gb", "99999999999999999999GB", "AMD Instinct MI300X OAM"} {
		f.Add(words, 0.0)
		f.Add(words, 79.6)
	}
	f.Fuzz(func(t *testing.T, words string, memory float64) {
		if !(memory >= 0 && memory < 1e6) {
			return
		}
		name := provider.GPUName(words, memory)
		if strings.ContainsAny(name, " \t\n") || name != strings.ToLower(name) {
			t.Errorf("%q is %q", words, name)
		}
		if name != "" && !provider.MatchGPU(name, name) {
			t.Errorf("%q is not found by its own name %q", words, name)
		}
	})
}
