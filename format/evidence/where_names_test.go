package evidence

import (
	"maps"
	"slices"
	"testing"
)

func TestEveryNameOfAnExpressionIsExplained(t *testing.T) {
	explained, known := slices.Sorted(maps.Keys(WhereNames)), slices.Sorted(maps.Keys(whereNames))
	if !slices.Equal(explained, known) {
		t.Errorf("WhereNames explains %q, there are %q", explained, known)
	}
	explained, known = slices.Sorted(maps.Keys(KeepNames)), append(slices.Sorted(maps.Keys(keepNames)), fileFunction, recallFunction)
	if slices.Sort(known); !slices.Equal(explained, known) {
		t.Errorf("KeepNames explains %q, there are %q", explained, known)
	}
}
