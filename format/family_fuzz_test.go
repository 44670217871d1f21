package format

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seeds are a dialect's own test records.
func seeds(f *testing.F, dialect string) []string {
	paths, err := filepath.Glob(filepath.Join("testdata", dialect, "*"))
	if err != nil {
		f.Fatal(err)
	}
	var list []string
	for _, path := range paths {
		if strings.HasSuffix(path, ".golden") {
			continue
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if containerOf(path) == lineContainer {
			list = append(list, strings.Split(string(raw), "\n")...)
		} else {
			list = append(list, string(raw))
		}
	}
	return list
}

func FuzzParseSWEAgent(f *testing.F) { fuzzDialect(f, "sweagent", seeds(f, "sweagent")...) }
func FuzzParseSWESmith(f *testing.F) { fuzzDialect(f, "swe-smith", seeds(f, "swe-smith")...) }
func FuzzParseMini(f *testing.F)     { fuzzDialect(f, "mini-swe-agent", seeds(f, "mini-swe-agent")...) }
func FuzzParseR2EGym(f *testing.F)   { fuzzDialect(f, "r2e-gym", seeds(f, "r2e-gym")...) }
func FuzzParseNebius(f *testing.F) {
	fuzzDialect(f, "nebius-swe-agent", seeds(f, "nebius-swe-agent")...)
}
func FuzzParseNebiusOpenHands(f *testing.F) {
	fuzzDialect(f, "nebius-openhands", seeds(f, "nebius-openhands")...)
}
