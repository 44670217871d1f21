package shard

import (
	"fmt"
	"testing"
)

func TestSpansAreTheRunsOfLabels(t *testing.T) {
	for _, c := range []struct {
		labels []int32
		want   string
	}{
		{nil, "[]"},
		{[]int32{Ignored, Ignored}, "[]"},
		{[]int32{7}, "[{0 1}]"},
		{[]int32{Ignored, 7, 0, Ignored, 9}, "[{1 3} {4 5}]"},
		{[]int32{7, Ignored, 7, 7}, "[{0 1} {2 4}]"},
	} {
		if got := fmt.Sprint(AppendSpans(nil, c.labels)); got != c.want {
			t.Errorf("%v: %s, want %s", c.labels, got, c.want)
		}
	}
}
