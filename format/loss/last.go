package loss

import (
	"trainyard/format"
	"trainyard/format/behaviour"
)

// lastPolicy with 1 is what LLaMA-Factory's mask_history and ms-swift's loss_scale
// last_round do.
var lastPolicy = Policy{
	Summary: "the last n turns alone",
	Takes:   "a whole number above zero",
	Limits:  "a turn that a style writes as several, one for each call, counts once",
	prepare: func(given any) ([]rule, error) {
		n, ok := whole(given)
		if !ok || n < 1 {
			return nil, wants("a whole number above zero", given)
		}
		return always(format.NoteLossLast, func(t *behaviour.Turn) bool { return t.FromEnd <= n }), nil
	},
}

// whole takes every type that decoders give whole numbers.
func whole(given any) (int, bool) {
	switch n := given.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case float64:
		return int(n), n == float64(int(n))
	}
	return 0, false
}
