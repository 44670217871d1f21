package spout

import (
	"net"
	"strings"
	"time"
)

// hostOf cuts the port off an address and leaves a bare host alone.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

// ClientKey names a client by the first forwarded address, else by its peer.
func ClientKey(forwarded, peer string) string {
	first, _, _ := strings.Cut(forwarded, ",")
	if first != "" {
		return first
	}
	return hostOf(peer)
}

// A Limiter keeps one bucket per client.
type Limiter struct {
	size, rate float64
	buckets    map[string]*Bucket
}

// Serve decides whether a client may have one more request now.
func (l *Limiter) Serve(forwarded, peer string, now time.Time) bool {
	key := ClientKey(forwarded, peer)
	bucket := l.buckets[key]
	if bucket == nil {
		bucket = NewBucket(l.size, l.rate, now)
		l.buckets[key] = bucket
	}
	return bucket.Take(1, now)
}
