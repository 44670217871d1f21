package main

import (
	"fmt"

	"trainyard/launch/alert"
)

// alertsKey is the list, in config.yaml, of where alerts go.
const alertsKey = "alerts"

// alerts reads the list, and reports what is wrong with an entry.
func (s *settings) alerts() ([]alert.Channel, error) {
	if !s.v.IsSet(alertsKey) {
		return nil, nil
	}
	var entries []struct {
		On      []alert.Kind
		Command []string
		Webhook string
	}
	if err := s.v.UnmarshalKey(alertsKey, &entries); err != nil {
		return nil, fmt.Errorf("settings %s: %s: %w", s.v.ConfigFileUsed(), alertsKey, err)
	}
	var channels []alert.Channel
	for _, e := range entries {
		c := alert.Channel{On: e.On, Command: e.Command, Webhook: e.Webhook}
		if err := c.Check(); err != nil {
			return nil, fmt.Errorf("settings %s: %w", s.v.ConfigFileUsed(), err)
		}
		channels = append(channels, c)
	}
	return channels, nil
}
