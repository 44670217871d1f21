package stats

import "math/rand/v2"

// draws gives random integers. They come from PCG-DXSM, whose output the standard
// library holds fixed; how an integer below a limit is made of it is spelled out
// here, because the library may change its own way.
type draws struct {
	source *rand.PCG
	spare  uint64
	has    bool
}

// streams keep the uses of one seed apart.
const (
	forInstances uint64 = iota + 1
	forSigns
	forSeedsOfFirst
	forSeedsOfSecond
)

// newDraws seeds a generator for one use.
func newDraws(seed, stream uint64) *draws {
	return &draws{source: rand.NewPCG(seed, stream)}
}

// below gives an integer of [0, limit). It takes 32 bits, the low half first: for a
// limit of 500 an integer is then too likely by 1e-7 at most.
func (d *draws) below(limit int) int {
	half := d.spare
	if d.has = !d.has; d.has {
		word := d.source.Uint64()
		half, d.spare = word&0xffffffff, word>>32
	}
	return int(half * uint64(limit) >> 32)
}
