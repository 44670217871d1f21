package mix

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"hash/maphash"
	"strings"

	"github.com/zeebo/xxh3"

	"trainyard/format"
	"trainyard/mix/shard"
)

// An Item is what planning knows of one trajectory: where it lies and how
// long it is, never what it says. A million of them fit in memory.
type Item struct {
	Source   int32  // index into Config.Sources
	Repo     int32  // interned repository, its normal name; 0 is the empty name
	Tokens   int32  // length of its rows under the template
	Trained  int32  // tokens inside the loss
	Steps    int32  // assistant turns
	Bytes    int32  // text size in a shard, before compression
	Text     uint32 // checksum of the text, the same in every process
	Teacher  int32  // interned name; 0 is the empty one
	Instance uint64 // hash of the instance within this process; 0 is the empty name
	ID       uint64 // of instance id and trajectory id, the same in every process
	Digest   digest
	at       extent // where its rows lie in the stores
	extra    *extra // nil for none
}

// An extra is what few items have, or few recipes ask for.
type extra struct {
	flags flags    // where they are asked for
	bill  *bill    // what its record says that it cost; nil where it says nothing
	fit   *fitting // of one that was over the window, where the recipe makes such ones fit
}

func (it *Item) flags() flags { return it.extras().flags }

func (it *Item) bill() *bill { return it.extras().bill }

func (it *Item) fit() *fitting { return it.extras().fit }

func (it *Item) extras() extra {
	if it.extra == nil {
		return extra{}
	}
	return *it.extra
}

// setExtra gives an item what few have; one that has nothing of it holds nothing.
func (it *Item) setExtra(x extra) {
	if x != (extra{}) {
		it.extra = &x
	}
}

// size is the item's weight in the given unit.
func (it *Item) size(u Unit) int64 {
	switch u {
	case Tokens:
		return int64(it.Tokens)
	case Trained:
		return int64(it.Trained)
	}
	return 1
}

// digest identifies a chat's text, in every process: 128 bits of XXH3, so that
// a million texts clash with odds of 1 in 10^26. Who makes two texts of one
// digest on purpose loses one of them as the other's duplicate, and is told.
type digest [2]uint64

// contentDigest digests a conversation: roles and contents, each with its
// length. It is fifteen times as fast as SHA-256.
func contentDigest(messages []shard.Message) digest {
	var h xxh3.Hasher
	var lengths [16]byte
	for i := range messages {
		m := &messages[i]
		binary.LittleEndian.PutUint64(lengths[:8], uint64(len(m.Role)))
		binary.LittleEndian.PutUint64(lengths[8:], uint64(len(m.Content)))
		_, _ = h.Write(lengths[:])
		_, _ = h.WriteString(m.Role)
		_, _ = h.WriteString(m.Content)
	}
	sum := h.Sum128()
	return digest{sum.Hi, sum.Lo}
}

// instanceSeed is of one process: instances are compared in it alone.
var instanceSeed = maphash.MakeSeed()

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// textSum tells conversations of one id apart, alike in every process.
func textSum(messages []shard.Message) uint32 {
	var buf [512]byte
	sum := uint32(0)
	for i := range messages {
		for _, text := range [...]string{messages[i].Role, messages[i].Content} {
			for len(text) > 0 {
				n := copy(buf[:], text)
				sum, text = crc32.Update(sum, castagnoli, buf[:n]), text[n:]
			}
		}
	}
	return sum
}

// stableID is what a trajectory is known by wherever its record stands.
func stableID(instance, trajectory string) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s%s", len(instance), instance, trajectory))
	return binary.LittleEndian.Uint64(sum[:])
}

// instanceName is what tells an instance from others. A bare number counts the
// records of one source, or of one repository in it.
func instanceName(source, repo, id string) string {
	if strings.Trim(id, "0123456789") == "" && id != "" {
		return source + " " + repo + " " + id
	}
	return format.WithoutAttempt(id)
}

// instanceKey identifies an instance within this process: the odds that two of
// a million clash, and so stand on one side, are 1 in 40 million.
func instanceKey(name string) uint64 {
	if name == "" {
		return 0
	}
	return max(1, maphash.String(instanceSeed, name))
}

// names interns strings, so that items hold numbers. Number 0 is "".
type names struct {
	ids  map[string]int32
	list []string
}

func newNames() *names { return &names{ids: map[string]int32{"": 0}, list: []string{""}} }

func (n *names) id(s string) int32 {
	if id, ok := n.ids[s]; ok {
		return id
	}
	id := int32(len(n.list))
	n.ids[s] = id
	n.list = append(n.list, s)
	return id
}
