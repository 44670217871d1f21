package task

import (
	"slices"
	"testing"
)

var everyState = []State{Pending, Starting, Queued, Running, Stopping, Succeeded, Failed, Cancelled, Preempted, Lost}

func TestTheTableKnowsEveryStateAndNoOther(t *testing.T) {
	if len(moves) != len(everyState) {
		t.Errorf("%d states in the table, %d exist", len(moves), len(everyState))
	}
	for from, targets := range moves {
		for _, s := range append([]State{from}, targets...) {
			if !slices.Contains(everyState, s) {
				t.Errorf("%s is in the table and no state", s)
			}
		}
	}
}

func TestWhatHasItsWordKeepsIt(t *testing.T) {
	for _, from := range []State{Succeeded, Failed, Cancelled, Preempted} {
		for _, to := range everyState {
			if from.May(to) {
				t.Errorf("%s may become %s", from, to)
			}
		}
	}
}

func TestNothingStartsTwice(t *testing.T) {
	for _, from := range everyState {
		if from.May(Pending) {
			t.Errorf("%s may become pending", from)
		}
		if from != Pending && from.May(Starting) {
			t.Errorf("%s may become starting", from)
		}
		if from.May(from) {
			t.Errorf("%s may become itself", from)
		}
	}
}

func TestNothingSucceedsThatNoBackendWasAskedFor(t *testing.T) {
	if Pending.May(Succeeded) || Pending.May(Running) {
		t.Error("a pending attempt skips starting")
	}
}

func TestEveryLivingStateCanEnd(t *testing.T) {
	for _, from := range everyState {
		if !from.Ended() && !from.May(Failed) {
			t.Errorf("%s cannot fail", from)
		}
	}
}
