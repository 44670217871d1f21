package smoke

import (
	"math"
	"slices"
	"testing"
)

func TestEveryEpochTakesEveryRowOnceInAnotherOrder(t *testing.T) {
	p := newPlan(Config{Epochs: 3, BatchSize: 4, LearningRate: 1, Seed: 5}, 10)
	if p.steps != 9 {
		t.Fatalf("%d steps, want 3 epochs of 3", p.steps)
	}
	var orders [][]int32
	for epoch := range 3 {
		var order []int32
		for step := range 3 {
			order = append(order, p.batchOf(epoch*3+step+1)...)
		}
		orders = append(orders, order)
		if sorted := slices.Sorted(slices.Values(order)); !slices.Equal(sorted, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
			t.Errorf("epoch %d takes rows %v", epoch, order)
		}
	}
	if slices.Equal(orders[0], orders[1]) || slices.Equal(orders[1], orders[2]) {
		t.Errorf("orders repeat: %v", orders)
	}
}

func TestStepFindsItsRowsWithoutTheStepsBefore(t *testing.T) {
	cfg := Config{Epochs: 4, BatchSize: 3, LearningRate: 1, Seed: 5}
	walked := newPlan(cfg, 8)
	for step := 1; step <= walked.steps; step++ {
		if got, want := newPlan(cfg, 8).batchOf(step), walked.batchOf(step); !slices.Equal(got, want) {
			t.Errorf("step %d takes %v, want %v", step, got, want)
		}
	}
}

func TestLastEpochMayEndWithin(t *testing.T) {
	p := newPlan(Config{Epochs: 1.5, BatchSize: 1, LearningRate: 1}, 10)
	if p.steps != 15 || !p.epochEnds(10) || !p.epochEnds(15) || p.epochEnds(14) || p.epoch(15) != 1.5 {
		t.Errorf("%d steps, epoch %v at the end", p.steps, p.epoch(15))
	}
}

func TestRateRisesToItsPeakAndFalls(t *testing.T) {
	p := newPlan(Config{Epochs: 100, BatchSize: 1, LearningRate: 0.2}, 1)
	var top float64
	for step := 1; step <= p.steps; step++ {
		rate := p.rate(step)
		if rate <= 0 {
			t.Errorf("rate of step %d is %v", step, rate)
		}
		if rising := rate > p.rate(step-1); step > 1 && rising != (step <= 5) {
			t.Errorf("rate goes from %v to %v at step %d", p.rate(step-1), rate, step)
		}
		top = max(top, rate)
	}
	if math.Abs(top-0.2) > 1e-12 {
		t.Errorf("peak is %v", top)
	}
}
