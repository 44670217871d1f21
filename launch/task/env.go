package task

import (
	"encoding/json"

	"trainyard/launch/redact"
)

// An Env is one environment variable for the trainer. Its JSON form leaves
// the value out where it is a secret, so no file or ledger row that is made of it can
// hold one.
type Env struct {
	Name  string
	Value string
	// Named says that the user gave the name alone, for the value of this environment:
	// whatever it is called, it may be a secret.
	Named bool
}

// Secret reports whether the value may be stored nowhere.
func (e Env) Secret() bool { return e.Named || redact.SecretName(e.Name) }

// Pair returns NAME=value, the form of os/exec. It must not be stored.
func (e Env) Pair() string { return e.Name + "=" + e.Value }

type storedEnv struct {
	Name   string `json:"name"`
	Value  string `json:"value,omitempty"`
	Secret bool   `json:"secret,omitempty"`
}

// MarshalJSON writes {"name","value"}, or {"name","secret":true}. What is left out here
// is left out of every text of this process from then on.
func (e Env) MarshalJSON() ([]byte, error) {
	if e.Secret() {
		redact.Know(e.Name, e.Value)
		return json.Marshal(storedEnv{Name: e.Name, Secret: true})
	}
	return json.Marshal(storedEnv{Name: e.Name, Value: e.Value})
}

// UnmarshalJSON reads what MarshalJSON wrote; a secret comes back empty, and this process
// knows its name.
func (e *Env) UnmarshalJSON(data []byte) error {
	var s storedEnv
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	e.Name, e.Value, e.Named = s.Name, s.Value, s.Secret && !redact.SecretName(s.Name)
	if e.Secret() {
		redact.Know(e.Name, "")
	}
	return nil
}
