package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

// rentals is a command of scripts about fakes of providers, which live as long as the
// script:
//
//	rentals start PROVIDER            its key and its address are in the environment from then on
//	rentals forget PROVIDER           takes its key out of the environment
//	rentals box PROVIDER NAME         a box whose name bears no mark
//	rentals rent PROVIDER FILE N      a box of attempt N of the run whose id the file has
//	rentals fault PROVIDER N FAULT    its next N requests that the fault is about fail
//	rentals billed PROVIDER N         fails unless so many boxes cost money
//	rentals asked PROVIDER N REQUEST  fails unless it was asked so often
func rentals(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: rentals VERB PROVIDER [ARGUMENT …]")
	}
	verb, name, rest := args[0], args[1], args[2:]
	if verb == "start" {
		startRentals(ts, name)
		return
	}
	fake := rented(ts, name)
	switch verb {
	case "forget":
		ts.Setenv(provider.Providers[name].KeyEnv, "")
	case "box":
		fake.Foreign(rest[0])
	case "rent":
		id := strings.TrimSpace(ts.ReadFile(rest[0]))
		fake.Foreign("trainyard-" + provider.NewNonce() + "-" + provider.Owner(id, count(ts, rest[1])))
	case "fault":
		fake.Inject(providertest.Fault(strings.Join(rest[1:], " ")), count(ts, rest[0]))
	case "billed":
		if n := len(fake.Billed()); n != count(ts, rest[0]) {
			ts.Fatalf("%d boxes cost money: %+v", n, fake.Billed())
		}
	case "asked":
		if n := fake.Requests()[strings.Join(rest[1:], " ")]; n != count(ts, rest[0]) {
			ts.Fatalf("it was asked %d times: %v", n, fake.Requests())
		}
	default:
		ts.Fatalf("rentals has no verb %q", verb)
	}
}

func count(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}

// fakes are those of all scripts, by their addresses: a script has nothing of its own
// to keep them in but its environment.
var fakes sync.Map

func startRentals(ts *testscript.TestScript, name string) {
	kind, ok := provider.Providers[name]
	if !ok {
		ts.Fatalf("there is no provider %q", name)
	}
	fake := providertest.New(name, provider.SystemClock{})
	fake.Unpaced() // the program's clock is another
	fakes.Store(fake.URL, fake)
	ts.Setenv(kind.URLEnv, fake.URL)
	ts.Setenv(kind.KeyEnv, providertest.Key)
	ts.Defer(func() {
		fakes.Delete(fake.URL)
		fake.Close()
	})
}

func rented(ts *testscript.TestScript, name string) *providertest.Fake {
	fake, ok := fakes.Load(ts.Getenv(provider.Providers[name].URLEnv))
	if !ok {
		ts.Fatalf("%s", fmt.Sprintf("the fake of %q was not started", name))
	}
	return fake.(*providertest.Fake)
}
