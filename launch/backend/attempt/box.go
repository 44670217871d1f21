package attempt

import (
	"context"
	"errors"
)

// A BoxID tells one life of a machine or a container from another: what was restarted
// has another one, and an address that was given to another box too.
type BoxID struct {
	Host      string // its name
	BootID    string // of its kernel
	PIDSpace  string // of its processes; empty where there are none
	InitStart string // start time of process 1 there
	Provider  string `json:",omitempty"` // the provider's id for it, where the environment tells
}

// Hello implements Machine.
func (m here) Hello(context.Context) (Box, error) { return Box{}, errors.ErrUnsupported }
