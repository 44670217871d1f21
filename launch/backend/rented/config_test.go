package rented

import (
	"strings"
	"testing"

	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/provider"
)

// What no order could be made of is told when the settings are read, before there is a
// run that never starts.
func TestAPlaceThatNoBoxCanBeOrderedForIsRefused(t *testing.T) {
	sound := Config{GPU: "h100", MaxPrice: 3}
	for name, c := range map[string]struct {
		kind  string
		edit  func(*Config)
		fault string
	}{
		"of Lambda":                  {"lambda", func(*Config) {}, ""},
		"a container on Lambda":      {"lambda", func(c *Config) { c.Image = "pytorch" }, `image "pytorch": lambda boots its own machine image: leave it out`},
		"RunPod without a container": {"runpod", func(*Config) {}, `image "": runpod boots a container: give its image`},
		"Vast without a container":   {"vast", func(*Config) {}, `image "": vast boots a container`},
		"no GPU":                     {"lambda", func(c *Config) { c.GPU = "" }, "gpu is missing"},
		"no bound of the price":      {"lambda", func(c *Config) { c.MaxPrice = 0 }, "max_price is missing"},
		"nothing that is kept":       {"lambda", func(c *Config) { c.Keep = "everything" }, `keep is "everything"`},
		"a short life":               {"lambda", func(c *Config) { c.MaxLife = "1m" }, `max_life is "1m"`},
	} {
		config := sound
		c.edit(&config)
		_, err := Open(provider.Providers[c.kind], "rent", config, binary.Path)
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v, want %q", name, err, c.fault)
		}
	}
}
