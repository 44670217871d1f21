package mix

import (
	"slices"

	"trainyard/format/behaviour"
)

// flags are the flags of one row, a bit for each of behaviour.FlagNames: a
// million rows keep theirs until it is known which of them are in a shard.
type flags uint64

var flagNames = behaviour.FlagNames()

func flagsOf(raised []string) (f flags) {
	for _, name := range raised {
		if i, known := slices.BinarySearch(flagNames, name); known {
			f |= 1 << i
		}
	}
	return f
}

// count adds the flags of a row of some shard to their counts.
func (f flags) count(to map[string]int64) {
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			to[name]++
		}
	}
}
