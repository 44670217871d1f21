package yard

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"time"

	"trainyard/mix"
	"trainyard/mix/cache"
)

// CacheDir is where what was made of files is kept; empty where nothing is.
func (y *Yard) CacheDir() string {
	switch y.Cache {
	case "":
		return filepath.Join(y.Home, "cache")
	case "off":
		return ""
	}
	return y.Cache
}

// Cached tells what a prepare had of the cache, and what the cache lost to it.
type Cached struct {
	Read      int64  `json:"read"`            // bytes of input that were converted
	FromCache int64  `json:"from_cache"`      // bytes of input whose rows were there
	Fault     string `json:"fault,omitempty"` // why it was not added to, or not pruned
	Full      bool   `json:"full,omitempty"`  // because its disk is full
	// Pruned are the entries that were removed to stay within the limit.
	Pruned cache.Pruned `json:"pruned"`
	Limit  int64        `json:"limit"` // bytes
}

// settle keeps the cache within its limit after a prepare. The dataset is made by
// then: what is wrong with the cache is told, and no error.
func (y *Yard) settle(res *mix.Result) *Cached {
	if y.CacheDir() == "" || res.Reused {
		return nil
	}
	c := &Cached{Read: res.Read, FromCache: res.FromCache, Limit: y.CacheLimit}
	fault := res.Uncached
	if fault == nil {
		c.Pruned, fault = cache.Prune(y.CacheDir(), time.Time{}, y.CacheLimit)
	}
	if fault != nil && !errors.Is(fault, cache.ErrInUse) { // the last one to use it prunes
		c.Fault, c.Full = fault.Error(), errors.Is(fault, syscall.ENOSPC)
	}
	return c
}

// A CacheListing is what the cache holds.
type CacheListing struct {
	Dir          string          `json:"dir"`
	Bytes        int64           `json:"bytes"`
	Limit        int64           `json:"limit"`
	Preparations []cache.Listing `json:"preparations"` // last used first
}

// ErrNoCache says that the settings turn the cache off.
var ErrNoCache = errors.New("the cache is off (setting cache)")

// ListCache tells what the cache holds.
func (y *Yard) ListCache() (*CacheListing, error) {
	if y.CacheDir() == "" {
		return nil, ErrNoCache
	}
	list, err := cache.List(y.CacheDir())
	l := &CacheListing{Dir: y.CacheDir(), Limit: y.CacheLimit, Preparations: list}
	for _, p := range list {
		l.Bytes += p.Bytes
	}
	return l, err
}

// PruneCache removes what was not used for as long, 0 meaning however short, and
// then those not used for longest until limit bytes are left.
func (y *Yard) PruneCache(unused time.Duration, limit int64) (cache.Pruned, error) {
	if y.CacheDir() == "" {
		return cache.Pruned{}, ErrNoCache
	}
	since := time.Time{}
	if unused > 0 {
		since = time.Now().Add(-unused)
	}
	done, err := cache.Prune(y.CacheDir(), since, limit)
	if errors.Is(err, cache.ErrInUse) {
		return done, fmt.Errorf("%s: %w by a prepare: prune when it has ended", y.CacheDir(), err)
	}
	return done, err
}
