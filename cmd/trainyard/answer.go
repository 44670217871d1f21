package main

import "trainyard/cmd/trainyard/face"

// answerWith is the end of a command that was to find v: v as JSON where that is asked for, else
// as print has it for people.
func answerWith[T any](t *face.Terminal, s *settings, v T, err error, print func(*face.Terminal, T) error) error {
	switch {
	case err != nil:
		return err
	case s.json():
		return t.PrintJSON(v)
	}
	return print(t, v)
}
