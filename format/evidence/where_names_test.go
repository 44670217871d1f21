package evidence

import (
	"maps"
	"slices"
	"testing"
)

func TestEveryNameOfAnExpressionIsExplained(t *testing.T) {
	explained, known := slices.Sorted(maps.Keys(WhereNames)), slices.Sorted(maps.Keys(trajectoryNames))
	if !slices.Equal(explained, known) {
		t.Errorf("WhereNames explains %q, there are %q", explained, known)
	}
}
