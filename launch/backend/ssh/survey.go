package ssh

import (
	"context"
	"errors"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
)

// Survey implements launch.Surveyor. A host that does not answer in time says nothing;
// where none does, that is the error.
func (s *SSH) Survey(ctx context.Context) (launch.Survey, error) {
	ctx, cancel := context.WithTimeout(ctx, surveyLimit)
	defer cancel()
	var boxes []attempt.Box
	var faults []error
	for _, c := range s.ask(ctx) {
		if c.err != nil {
			faults = append(faults, c.err)
			continue
		}
		boxes = append(boxes, c.box)
	}
	if len(boxes) == 0 {
		return launch.Survey{}, s.named(errors.Join(faults...))
	}
	return surveyOf(boxes), nil
}

// surveyOf is what holds of all of them.
func surveyOf(boxes []attempt.Box) (v launch.Survey) {
	kinds := map[attempt.GPU]bool{}
	for _, b := range boxes {
		if b.Free > 0 && (v.Free == 0 || b.Free < v.Free) {
			v.Free = b.Free
		}
		for _, g := range b.GPUs {
			kinds[attempt.GPU{Name: g.Name, Memory: g.Memory}] = true
		}
	}
	if len(kinds) == 1 {
		for g := range kinds {
			v.GPU, v.Memory = g.Name, g.Memory
		}
	}
	return v
}
