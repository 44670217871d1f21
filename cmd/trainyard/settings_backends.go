package main

import (
	"fmt"

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
//
// Every other key is one of the kind's options.
const backendsKey = "backends"

// backends opens what the list names.
func (s *settings) backends() (map[string]launch.Backend, error) {
	places, err := s.places()
	if err != nil {
		return nil, err
	}
	opened, err := backend.Open(places)
	if err != nil {
		return nil, fmt.Errorf("settings %s: %w", s.v.ConfigFileUsed(), err)
	}
	for _, b := range opened {
		if r, ok := b.(interface{ WaitBy(provider.Clock) }); ok && providerClock != nil {
			r.WaitBy(providerClock)
		}
	}
	return opened, nil
}

func (s *settings) places() (places []backend.Place, err error) {
	if !s.v.IsSet(backendsKey) {
		return nil, nil
	}
	list, ok := s.v.Get(backendsKey).([]any)
	if !ok {
		return nil, fmt.Errorf("settings %s: %s is no list", s.v.ConfigFileUsed(), backendsKey)
	}
	for i, entry := range list {
		options, ok := entry.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("settings %s: %s[%d] is no mapping with name and kind", s.v.ConfigFileUsed(), backendsKey, i)
		}
		p := backend.Place{Options: map[string]any{}}
		for key, value := range options {
			switch key {
			case "name":
				p.Name = fmt.Sprint(value)
			case "kind":
				p.Kind = fmt.Sprint(value)
			default:
				p.Options[key] = value
			}
		}
		places = append(places, p)
	}
	return places, nil
}
