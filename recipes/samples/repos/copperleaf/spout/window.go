package spout

import "time"

// A Window counts the hits of the last span and allows up to limit of them.
type Window struct {
	span  time.Duration
	limit int
	hits  []time.Time
}

// prune forgets hits that are older than the span.
func (w *Window) prune(now time.Time) {
	oldest := now.Add(-w.span)
	keep := w.hits[:0]
	for _, hit := range w.hits {
		if hit.After(oldest) {
			keep = append(keep, hit)
		}
	}
	w.hits = keep
}

// Allow records a hit when the limit leaves room for one more.
func (w *Window) Allow(now time.Time) bool {
	w.prune(now)
	if len(w.hits) > w.limit {
		return false
	}
	w.hits = append(w.hits, now)
	return true
}

// Remaining says how many hits the window would still allow.
func (w *Window) Remaining(now time.Time) int {
	w.prune(now)
	return w.limit - len(w.hits)
}
