package result

// A Size is how many instances a benchmark has, as its makers publish it.
type Size struct {
	Instances int // 0: it has changed from release to release
	// Scores says that an instance has a share of tests and no verdict: the mean says
	// nothing of how far the instances lie apart.
	Scores bool
	Source string
}

// Sizes are those of benchmarks that are one set of instances, by the spelling of
// [Benchmark]. What an evaluation leaves out, or takes a part of, is for its user to say.
var Sizes = map[string]Size{
	"swe-bench":              {Instances: 2294, Source: "split test of SWE-bench (Jimenez et al., ICLR 2024)"},
	"swe-bench_lite":         {Instances: 300, Source: "split test of SWE-bench/SWE-bench_Lite"},
	"swe-bench_verified":     {Instances: 500, Source: "split test of SWE-bench/SWE-bench_Verified"},
	"swe-bench_multilingual": {Instances: 300, Source: "split test of SWE-bench/SWE-bench_Multilingual"},
	"swt-bench_lite":         {Instances: 276, Source: "split test of nmuendler/SWT-bench_Lite_bm25_27k_zsp"},
	"swt-bench_verified":     {Instances: 433, Source: "swtbench-verified 1.0 of Harbor's registry; the paper's 0.23 % is one of 433"},
	"multi-swe-bench":        {Instances: 1632, Source: "ByteDance-Seed/Multi-SWE-bench, seven languages (arXiv 2504.02605)"},
	"terminal-bench_2.1":     {Instances: 89, Source: "harbor-framework/terminal-bench-2-1 at 7131e43"},
	"commit-0":               {Scores: true, Source: "commit0/harness/constants.py, SPLIT_ALL"},
	"commit-0_lite":          {Scores: true, Source: "commit0/harness/constants.py, SPLIT_LITE"},
}

// SizeOf is the size of a benchmark under any spelling of its name.
func SizeOf(name string) (Size, bool) {
	for known, size := range Sizes {
		if letters(known) == letters(name) {
			return size, true
		}
	}
	return Size{}, false
}
