package main

import (
	"fmt"

	"trainyard/launch/alert"
	"trainyard/launch/backend"
)

// alertsKey is the list, in config.yaml, of where alerts go.
const alertsKey = "alerts"

type alertEntry struct {
	On      []alert.Kind `json:"on"`
	Command []string     `json:"command"`
	Webhook string       `json:"webhook"`
}

// alerts reads the list, and reports what is wrong with an entry.
func (s *settings) alerts() ([]alert.Channel, error) {
	if !s.v.IsSet(alertsKey) {
		return nil, nil
	}
	entries, err := backend.Read[[]alertEntry](alertsKey, s.v.Get(alertsKey))
	if err != nil {
		return nil, fmt.Errorf("settings %s: %w", s.v.ConfigFileUsed(), err)
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
