package pyjson

import "encoding/binary"

// A block says where in 64 bytes of JSON a string may end or needs more than
// copying, bit i for byte i. Escapes are so frequent, one in fourteen bytes of
// a trajectory, that a branch for each of them costs more than all the rest.
type block struct {
	quotes, slashes uint64
	controls        uint64 // bytes below 0x20
	high            uint64 // bytes that are not ASCII
}

const blockSize = 64

// blockAt looks at the 64 bytes from i on. Zeros, which are controls, stand in
// for those behind the end of src.
func blockAt(src []byte, i int) (b block) {
	if len(src)-i < blockSize {
		var tail [blockSize]byte
		copy(tail[:], src[i:])
		b.find(&tail)
	} else {
		b.find((*[blockSize]byte)(src[i:]))
	}
	return b
}

func (b *block) find(w *[blockSize]byte) {
	if haveAVX2 {
		findAVX2(b, w)
	} else {
		b.findWords(w)
	}
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// findWords works on eight bytes at a time where there is no AVX2.
func (b *block) findWords(w *[blockSize]byte) {
	*b = block{}
	for i := 0; i < blockSize; i += 8 {
		x := binary.LittleEndian.Uint64(w[i : i+8])
		low := x &^ highs
		b.high |= gather(x) << i
		b.quotes |= gather(^(low^ones*'"'+ones*0x7F)&^x) << i
		b.slashes |= gather(^(low^ones*'\\'+ones*0x7F)&^x) << i
		b.controls |= gather(^(low+ones*0x60)&^x) << i
	}
}

// gather packs the top bits of eight bytes into the low eight bits.
func gather(x uint64) uint64 { return (x & highs >> 7) * 0x0102040810204080 >> 56 }
