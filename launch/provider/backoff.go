package provider

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	firstWait   = time.Second
	mostWait    = 30 * time.Second
	longestWait = 5 * time.Minute // a provider that asks for more is told to the caller
)

// backoff is how long to wait after the nth failure, from 1: twice as long each
// time, and between half of it and all of it, so that callers who failed together do
// not come back together. What the provider asks for is the least.
func backoff(n int, asked time.Duration) time.Duration {
	wait := min(firstWait<<min(n-1, 10), mostWait)
	wait = wait/2 + rand.N(wait/2)
	if asked > 0 {
		return asked + wait/4
	}
	return wait
}

// retryAfter reads the header, seconds or a date; 0: it is not there.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return min(time.Duration(n), 1<<20) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
