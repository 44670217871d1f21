package result

import "testing"

func TestASizeIsFoundUnderAnySpelling(t *testing.T) {
	for name, want := range map[string]int{
		"SWE-bench Verified": 500, "princeton-nlp/SWE-bench_Verified": 500, "swe-bench_lite": 300, "SWE-bench": 2294,
		"SWT-bench Verified": 433, "Terminal-Bench 2.1": 89,
	} {
		if size, known := SizeOf(name); !known || size.Instances != want || size.Source == "" {
			t.Errorf("%s: %+v, %v", name, size, known)
		}
	}
	if size, known := SizeOf("swe-bench_verified_mini"); known {
		t.Errorf("a benchmark that begins alike has a size of its own: %+v", size)
	}
}

// The names are the spelling that reports are given, or no figure would be found.
func TestSizesAreNamedAsReportsAre(t *testing.T) {
	for name, size := range Sizes {
		if Benchmark(name) != name {
			t.Errorf("%s is spelled %s", name, Benchmark(name))
		}
		if (size.Instances == 0) != size.Scores {
			t.Errorf("%s: %+v", name, size)
		}
	}
}
