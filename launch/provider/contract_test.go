//go:build contract

package provider_test

import (
	"os"
	"testing"
	"time"

	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

// nowhere are ids of the right form that no account has.
var nowhere = map[string]string{"lambda": "00000000000000000000000000000000", "runpod": "nosuchpod00000", "vast": "1"}

// TestTheRealProvidersKeepThePromisesOfTheInterface asks the real APIs whose keys are
// in the environment:
//
//	go test -tags contract -run RealProviders -v ./launch/provider
//
// It reads. With TRAINYARD_CONTRACT_SPEND=1 it also rents the cheapest box below a
// dollar an hour for a few minutes, and gives it back.
func TestTheRealProvidersKeepThePromisesOfTheInterface(t *testing.T) {
	open, missing, err := provider.Configured(os.Getenv, provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range missing {
		t.Run(kind.Name, func(t *testing.T) { t.Skipf("%s is not set", kind.KeyEnv) })
	}
	for _, p := range open {
		t.Run(p.Name(), func(t *testing.T) {
			providertest.Conformance(t, providertest.Place{
				Provider: p, Desk: provider.Desk{Journal: provider.DirJournal(t.TempDir())},
				Spend: os.Getenv("TRAINYARD_CONTRACT_SPEND") == "1", Most: 1, Absent: nowhere[p.Name()], Ready: 20 * time.Minute,
			})
		})
	}
}
