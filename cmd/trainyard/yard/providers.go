package yard

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"trainyard/launch/provider"
)

// An Unset is a provider that is not asked, because its key is not in the environment.
type Unset struct {
	Provider string `json:"provider"`
	Env      string `json:"env"`
}

// A ProviderFault is a provider that could not be asked.
type ProviderFault struct {
	Provider string `json:"provider"`
	Error    string `json:"error"`
}

// ErrNoProvider says that no key of a provider is in the environment.
var ErrNoProvider = errors.New("no provider is configured")

// Desk rents and returns boxes, with the journal in the state directory.
func (y *Yard) Desk() provider.Desk {
	return provider.Desk{Journal: provider.JournalIn(y.Home), Clock: y.Clock}
}

// Providers opens those whose keys are set, or the one of this name alone.
func (y *Yard) Providers(only string) (open []provider.Provider, unset []Unset, err error) {
	all, missing, err := provider.Configured(os.Getenv, provider.Config{Clock: y.Clock})
	for _, p := range all {
		if only == "" || p.Name() == only {
			open = append(open, p)
		}
	}
	var names []string
	for _, kind := range missing {
		if only == "" || kind.Name == only {
			unset = append(unset, Unset{kind.Name, kind.KeyEnv})
			names = append(names, kind.KeyEnv)
		}
	}
	if err == nil && len(open) == 0 {
		err = fmt.Errorf("%w: set %s", ErrNoProvider, strings.Join(names, " or "))
	}
	return open, unset, err
}

// each asks all providers at once, and tells the faults in their order.
func each[T any](open []provider.Provider, ask func(provider.Provider) (T, error)) (answers []T, faults []ProviderFault) {
	answers = make([]T, len(open))
	failed := make([]error, len(open))
	var all sync.WaitGroup
	for i, p := range open {
		all.Go(func() { answers[i], failed[i] = ask(p) })
	}
	all.Wait()
	for i, err := range failed {
		if err != nil {
			faults = append(faults, ProviderFault{open[i].Name(), err.Error()})
		}
	}
	return answers, faults
}
