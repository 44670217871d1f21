package spout

import "time"

// A Bucket holds tokens that flow in at a steady rate up to its size.
type Bucket struct {
	size   float64
	rate   float64 // tokens per second
	tokens float64
	last   time.Time
}

// NewBucket makes a full bucket.
func NewBucket(size, rate float64, now time.Time) *Bucket {
	return &Bucket{size: size, rate: rate, tokens: size, last: now}
}

// refill lets the tokens of the time that has passed flow in.
func (b *Bucket) refill(now time.Time) {
	passed := now.Sub(b.last).Seconds()
	b.tokens += passed * b.rate
	b.last = now
}

// Take removes n tokens and reports whether there were enough of them.
func (b *Bucket) Take(n float64, now time.Time) bool {
	b.refill(now)
	if b.tokens < n {
		return false
	}
	b.tokens -= n
	return true
}

// WaitFor says how long a caller must wait until n tokens are there.
func (b *Bucket) WaitFor(n float64, now time.Time) time.Duration {
	b.refill(now)
	if b.tokens >= n {
		return 0
	}
	missing := n - b.tokens
	return time.Duration(missing / b.rate * float64(time.Second))
}
