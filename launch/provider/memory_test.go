package provider_test

import (
	"context"
	"maps"
	"slices"
	"sync"

	"trainyard/launch/provider"
)

// A memoryJournal outlives a crash as a directory does, without its fsyncs: walks of
// thousands of crashes keep their rentals in it. Those without a fault, and all other
// tests, have a directory.
type memoryJournal struct {
	mu      sync.Mutex
	rentals map[string]provider.Rental
	working sync.Mutex
}

func (m *memoryJournal) Save(r provider.Rental) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r.Extra = slices.Clone(r.Extra)
	m.rentals[r.Nonce] = r
	return nil
}

func (m *memoryJournal) Load(nonce string) (provider.Rental, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, found := m.rentals[nonce]
	r.Extra = slices.Clone(r.Extra)
	return r, found, nil
}

func (m *memoryJournal) All() (all []provider.Rental, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, nonce := range slices.Sorted(maps.Keys(m.rentals)) {
		all = append(all, m.rentals[nonce])
	}
	return all, nil
}

func (m *memoryJournal) Lock(context.Context, string) (func(), error) {
	m.working.Lock()
	return m.working.Unlock, nil
}
