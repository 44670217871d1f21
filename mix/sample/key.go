package sample

import (
	"crypto/sha256"
	"encoding/binary"
)

// Key is where an item stands in the order of one decision: the same whatever
// else there is, so that a record more moves no other one. ids are what the
// item is known by.
func Key(seed int64, decision string, ids ...uint64) uint64 {
	text := binary.LittleEndian.AppendUint64(make([]byte, 0, 64), uint64(seed))
	for _, id := range ids {
		text = binary.LittleEndian.AppendUint64(text, id)
	}
	sum := sha256.Sum256(append(text, decision...))
	return binary.LittleEndian.Uint64(sum[:])
}
