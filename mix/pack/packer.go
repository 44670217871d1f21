package pack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Packer is a strategy.
type Packer struct {
	Summary string
	// pack puts every item into a bin. Lengths are in [1, window].
	pack func(lengths []int32, window int32) packing
}

// Packers are the strategies by name.
var Packers = map[string]Packer{
	"best-fit":  {Summary: "longest first, each where it leaves least room: the fewest windows", pack: bestFit},
	"first-fit": {Summary: "each into the first window with room for it, in the order of rows", pack: firstFit},
	"in-order":  {Summary: "windows are filled one after another, so that the order of rows stays", pack: inOrder},
	"none":      {Summary: "every trajectory in a window of its own", pack: apart},
}

// MaxWindow is the longest window, longer than any model reads: packing takes
// eight bytes for each of its tokens.
const MaxWindow = 1 << 24

// Pack puts items into bins of at most window tokens each, by a strategy of
// Packers. A length that no window holds, or of nothing, is an error.
func Pack(strategy string, lengths []int32, window int) (*Bins, error) {
	packer, known := Packers[strategy]
	switch {
	case !known:
		return nil, fmt.Errorf("no way of packing is called %q: known are %s", strategy, strings.Join(slices.Sorted(maps.Keys(Packers)), ", "))
	case window < 1 || window > MaxWindow:
		return nil, fmt.Errorf("pack: a window of %d tokens: want 1 to %d", window, MaxWindow)
	}
	for i, n := range lengths {
		if n < 1 || int(n) > window {
			return nil, fmt.Errorf("pack: item %d has %d tokens: want 1 to the window's %d", i, n, window)
		}
	}
	return packer.pack(lengths, int32(window)).bins(), nil
}

// A packing says, of each item, into which bin it goes, and of each bin, which
// item opened it.
type packing struct{ bin, opener []int32 }

// open gives an item a new bin.
func (p *packing) open(item int) {
	p.bin[item] = int32(len(p.opener))
	p.opener = append(p.opener, int32(item))
}
