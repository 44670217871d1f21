package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/launch/backend"
	"trainyard/launch/provider"
)

// backendsKey is the list, in config.yaml, of machines that runs may go to:
//
//	backends:
//	  - name: lab
//	    kind: ssh
//	    hosts: […]
//	    price: 2.10    # of one GPU for an hour, in US dollars
//
// Every other key is one of the kind's options. Files in the directory backends beside
// config.yaml have such a list too, so that one place is a file.
const backendsKey = "backends"

// backends opens what the list names. gpuHours are the prices that it gives, by name.
func (s *settings) backends() (opened map[string]launch.Backend, gpuHours map[string]float64, err error) {
	places, err := s.places()
	if err != nil {
		return nil, nil, err
	}
	if opened, err = backend.Open(places); err != nil {
		return nil, nil, fmt.Errorf("settings %s: %w", s.v.ConfigFileUsed(), err)
	}
	for _, b := range opened {
		if r, ok := b.(interface{ WaitBy(provider.Clock) }); ok && providerClock != nil {
			r.WaitBy(providerClock)
		}
	}
	gpuHours = map[string]float64{}
	for _, p := range places {
		if p.Price != nil {
			gpuHours[p.Name] = *p.Price
		}
	}
	return opened, gpuHours, nil
}

func (s *settings) places() (places []backend.Place, err error) {
	places, err = s.listed()
	if err != nil || s.v.ConfigFileUsed() == "" {
		return places, err
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(s.v.ConfigFileUsed()), backendsKey, "*.yaml"))
	for _, file := range files {
		one := newSettings()
		one.v.SetConfigFile(file)
		if err := one.v.ReadInConfig(); err != nil {
			return nil, unreadable(file, err)
		}
		if keys := one.v.AllSettings(); len(keys) != 1 || !one.v.IsSet(backendsKey) {
			return nil, fmt.Errorf("settings %s: it has %s: give %s: [{name: lab, kind: ssh, hosts: [gpu1]}], and nothing beside it", file, strings.Join(slices.Sorted(maps.Keys(keys)), ", "), backendsKey)
		}
		more, err := one.listed()
		if err != nil {
			return nil, err
		}
		places = append(places, more...)
	}
	return places, err
}

// listed are the places that the list of one file has.
func (s *settings) listed() (places []backend.Place, err error) {
	if !s.v.IsSet(backendsKey) {
		return nil, nil
	}
	list, ok := s.v.Get(backendsKey).([]any)
	if !ok {
		return nil, s.misfit(backendsKey, s.v.Get(backendsKey), "a list, such as [{name: lab, kind: ssh, hosts: [gpu1]}]")
	}
	for i, entry := range list {
		options, ok := entry.(map[string]any)
		if !ok {
			return nil, s.misfit(fmt.Sprintf("%s[%d]", backendsKey, i), entry, "a mapping with name and kind, such as {name: lab, kind: ssh, hosts: [gpu1]}")
		}
		p, err := s.place(i, options)
		if err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, nil
}

// A placeHead is what an entry of the list says whichever its kind is.
type placeHead struct {
	Name  string   `json:"name"`
	Kind  string   `json:"kind"`
	Price *float64 `json:"price"`
}

// keyTwice is how the YAML library tells of a key that stands there a second time.
var keyTwice = regexp.MustCompile(`mapping key "?([^" ]+)"? already defined at line (\d+)`)

// unreadable is the error of a file of settings.
func unreadable(file string, err error) error {
	err = fmt.Errorf("read settings %s: %w", file, err)
	if m := keyTwice.FindStringSubmatch(err.Error()); m != nil {
		err = fmt.Errorf("%w: %s stands there twice: put the items of the second into the list of line %s", err, m[1], m[2])
		if m[1] == backendsKey {
			err = fmt.Errorf("%w, or into a file of their own, %s", err, filepath.Join(filepath.Dir(file), backendsKey, "NAME.yaml"))
		}
	}
	return err
}

// place is one entry of the list.
func (s *settings) place(i int, given map[string]any) (backend.Place, error) {
	ours, options := map[string]any{}, map[string]any{}
	for key, value := range given {
		if key == "name" || key == "kind" || key == "price" {
			ours[key] = value
		} else {
			options[key] = value
		}
	}
	head, err := backend.Read[placeHead](fmt.Sprintf("%s[%d]", backendsKey, i), ours)
	if err != nil {
		return backend.Place{}, fmt.Errorf("settings %s: %w", s.v.ConfigFileUsed(), err)
	}
	return backend.Place{Name: head.Name, Kind: head.Kind, Price: head.Price, Options: options}, nil
}

// misfit is a value of the settings that is none of its kind.
func (s *settings) misfit(key string, value any, want string) error {
	return fmt.Errorf("settings %s: %s is %s: give %s", s.v.ConfigFileUsed(), key, backend.Seen(value), want)
}
